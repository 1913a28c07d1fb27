"""What a request says of each mode's defaults, against upstream's presets."""

from pathlib import Path

import pytest

from actionmesh_wrapper.contract.engines import ACTIONMESH, MODES, Mode
from actionmesh_wrapper.contract.recipe import TWO_WINDOWS


@pytest.mark.parametrize("mode", MODES)
def test_presets_have_the_defaults_that_the_contract_states(sources: Path, mode: Mode) -> None:
    from actionmesh_wrapper.engines.actionmesh.upstream import read_knobs

    preset = read_knobs()[mode]
    named = ("stage_0_steps", "stage_1_steps", "guidance_scale", "face_decimation", "floaters_threshold")
    stated = {name: ACTIONMESH.knobs[name].value(mode) for name in named}
    assert {name: getattr(preset, name) for name in named} == stated
    assert preset.split_cfg_batch is preset.clear_autocast is ("low_ram" in mode)


def test_the_window_is_upstreams(sources: Path) -> None:
    from actionmesh.utils import load_config

    from actionmesh_wrapper.engines.actionmesh.knobs import CONFIGS
    from actionmesh_wrapper.engines.actionmesh.upstream import config_dir

    config = load_config(CONFIGS["default"], str(config_dir()))
    window = config.model.temporal_3D_denoiser.temporal_context_size
    assert window == config.model.temporal_3D_vae.temporal_context_size
    assert config.sliding_window_denoiser == config.sliding_window_autoencoder == window - 1
    assert (ACTIONMESH.frames.window, ACTIONMESH.frames.least) == (window, window)
    assert 2 * window - 1 == TWO_WINDOWS
    assert ACTIONMESH.frames.most == (window - 1) ** 2 + 1
