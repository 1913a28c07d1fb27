import pytest

from actionmesh_wrapper.contract.engines import (
    ENGINES,
    MAX_FRAMES,
    MIN_FRAMES,
    MODES,
    EngineFacts,
    Knob,
    defaults_in_words,
    knobs_called,
)
from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.contract.request import Request
from actionmesh_wrapper.settings import Settings

EACH = pytest.mark.parametrize("facts", ENGINES.values(), ids=ENGINES)


@EACH
def test_it_heeds_fields_that_there_are(facts: EngineFacts) -> None:
    assert facts.heeded <= set(Options.model_fields)
    assert facts.not_with_mesh <= facts.heeded
    assert not facts.options & facts.knobs.keys()


@EACH
def test_it_says_what_each_mode_costs(facts: EngineFacts) -> None:
    assert tuple(facts.modes) == MODES
    assert MIN_FRAMES <= facts.frames.least <= facts.frames.most <= MAX_FRAMES


@EACH
def test_a_requests_bounds_hold_those_of_each_engine(facts: EngineFacts) -> None:
    properties = Request.model_json_schema()["properties"]
    for name, knob in facts.knobs.items():
        bounds = next((option for option in properties[name].get("anyOf", ())), properties[name])
        assert bounds["minimum"] <= knob.least <= knob.default <= knob.most <= bounds["maximum"]


def test_the_settings_name_every_engine() -> None:
    assert Settings.from_env({"ENGINE": "auto"}).engine == "auto"
    for name in ENGINES:
        assert Settings.from_env({"ENGINE": name}).engine == name


def test_a_knobs_default_may_hang_on_the_mode() -> None:
    knob = Knob(1, 200, 100, {"fast": 50, "fast_low_ram": 50, "low_ram": 70})
    assert [knob.value(mode) for mode in MODES] == [100, 50, 70, 50]
    assert str(knob) == "100, in fast and fast_low_ram 50, in low_ram 70"
    assert str(Knob(0, 30, 7.5)) == "7.5"


def test_engines_that_differ_are_named() -> None:
    assert defaults_in_words("face_decimation") == "40,000 with actionmesh, 16,000 with silhouette"
    assert defaults_in_words("guidance_scale") == "7.5"
    assert set(knobs_called("face_decimation")) == {"actionmesh", "silhouette"}
    assert set(knobs_called("seed")) == set()
