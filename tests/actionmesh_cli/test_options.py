from typing import Any

import click
import pytest
from click.testing import CliRunner

from actionmesh_cli.options import options_of, value_of
from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.contract.request import parse
from actionmesh_wrapper.errors import InvalidInput


def given(*arguments: str) -> dict[str, Any]:
    """What a command with a recipe's options makes of its arguments."""
    seen: dict[str, Any] = {}
    command = click.Command("x", params=[*options_of(Recipe)], callback=lambda **values: seen.update(values))
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    return {name: value for name, value in seen.items() if value is not None}


def test_each_field_has_an_option_that_says_what_the_field_says() -> None:
    options = {option.name: option for option in options_of(Recipe)}
    assert list(options) == list(Recipe.model_fields)
    for name, field in Recipe.model_fields.items():
        assert (options[name].help or "").startswith(field.description or "?")


def test_what_is_left_out_has_none() -> None:
    assert "cache" not in {option.name for option in options_of(Recipe, without={"cache"})}


def test_without_options_nothing_is_asked_for() -> None:
    assert given() == {}


@pytest.mark.parametrize(
    ("arguments", "field", "value"),
    [
        (["--num-frames", "20"], "num_frames", 20),
        (["--num-frames", "auto"], "num_frames", "auto"),
        (["--start-s", "0.5"], "start_s", 0.5),
        (["--mode", "fast"], "mode", "fast"),
        (["--subject-box", "0.2,0.1,0.8,0.9"], "subject_box", (0.2, 0.1, 0.8, 0.9)),
        (["--subject-box", "[0.2, 0.1, 0.8, 0.9]"], "subject_box", (0.2, 0.1, 0.8, 0.9)),
        (["--subject-box", ".2,.1,.8,.9"], "subject_box", (0.2, 0.1, 0.8, 0.9)),
        (["--subject-box", "[.2,0.1,.8,0.9]"], "subject_box", (0.2, 0.1, 0.8, 0.9)),
        (
            ["--subject-points", "[0.5,0.5,true],[0.1,0.1,false]"],
            "subject_points",
            ((0.5, 0.5, True), (0.1, 0.1, False)),
        ),
        (["--subject-points", "0.5,0.5,true"], "subject_points", ((0.5, 0.5, True),)),
        (["--subject-points", "[0.5,0.5,true]"], "subject_points", ((0.5, 0.5, True),)),
        (
            ["--subject-points", "[.5,.5,true],[.1,.1,false]"],
            "subject_points",
            ((0.5, 0.5, True), (0.1, 0.1, False)),
        ),
        (["--subject-points", "null"], "subject_points", None),
        (["--subject-points", "[[0.5,0.5,true]]"], "subject_points", ((0.5, 0.5, True),)),
        (["--outputs", "preview"], "outputs", ("preview",)),
        (["--outputs", "preview, masks"], "outputs", ("preview", "masks")),
        (["--outputs", '["preview","masks"]'], "outputs", ("preview", "masks")),
        (["--guidance-scale", "null"], "guidance_scale", None),
        (["--blender-export"], "blender_export", True),
        (["--no-cache"], "cache", False),
    ],
)
def test_the_schema_takes_the_values(arguments: list[str], field: str, value: object) -> None:
    assert getattr(parse(given(*arguments), Recipe), field) == value


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (["--mode", "fat"], "mode"),
        (["--num-frames", "3"], "num_frames"),
        (["--num-frames", "9" * 5000], "num_frames"),
        (["--start-s", "NaN"], "start_s"),
        (["--seed", "x"], "seed"),
        (["--subject-box", "0.2,0.1"], "subject_box"),
        (["--subject-box", "[0.2"], "subject_box"),
        (["--subject-box", "0..2,.1,.8,.9"], "subject_box"),
        (["--outputs", ""], "outputs"),
        (["--outputs", "preview,film"], "outputs"),
    ],
)
def test_the_schema_refuses_the_others(arguments: list[str], field: str) -> None:
    with pytest.raises(InvalidInput, match=f"^INVALID_INPUT: {field}"):
        parse(given(*arguments), Recipe)


def test_deep_json_is_no_value() -> None:
    assert value_of("[" * 100_000) == "[" * 100_000


def test_choices_and_bounds_are_shown() -> None:
    metavars = {option.name: option.metavar for option in options_of(Recipe)}
    assert metavars["num_frames"] == "16..226|auto"
    assert metavars["mode"] == "default|fast|low_ram|fast_low_ram"
    assert metavars["start_s"] == "0.."
    assert metavars["subject_box"] == "LIST"
