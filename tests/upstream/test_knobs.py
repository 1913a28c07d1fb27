"""What the request says of a mode's own values, against upstream's presets."""

from pathlib import Path

import pytest

from actionmesh_wrapper.contract.request import Mode, Options
from actionmesh_wrapper.engines.actionmesh.knobs import Knobs


@pytest.mark.parametrize(
    ("mode", "knobs"),
    [
        ("default", Knobs(100, 30, 7.5, 40_000, 0.02, split_cfg_batch=False, clear_autocast=False)),
        ("fast", Knobs(50, 15, 7.5, 40_000, 0.02, split_cfg_batch=False, clear_autocast=False)),
        ("low_ram", Knobs(100, 30, 7.5, 40_000, 0.02, split_cfg_batch=True, clear_autocast=True)),
        ("fast_low_ram", Knobs(50, 15, 7.5, 40_000, 0.02, split_cfg_batch=True, clear_autocast=True)),
    ],
)
def test_presets_are_as_described(sources: Path, mode: Mode, knobs: Knobs) -> None:
    from actionmesh_wrapper.engines.actionmesh.upstream import read_knobs

    assert read_knobs()[mode] == knobs


def test_descriptions_name_those_values() -> None:
    described = {name: field.description or "" for name, field in Options.model_fields.items()}
    assert "null is 100, in the fast modes 50" in described["stage_0_steps"]
    assert "null is 30, in the fast modes 15" in described["stage_1_steps"]
    assert "null is 7.5" in described["guidance_scale"]
    assert "null is 40,000 with actionmesh" in described["face_decimation"]
    assert "null is 0.02" in described["floaters_threshold"]
