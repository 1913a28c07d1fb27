from typing import Any

import pytest

from actionmesh_wrapper.contract.fields import About
from actionmesh_wrapper.contract.outputs import CHOICES
from actionmesh_wrapper.contract.recipe import Recipe, frame_counts
from actionmesh_wrapper.contract.request import Request, parse
from actionmesh_wrapper.contract.result import AnimatedMeshInfo
from actionmesh_wrapper.errors import InvalidInput

VIDEO = {"video_base64": "AAAA"}
OF_ANIMATION = "of an animation can be made animated_mesh, rig, usdz, alembic, fbx, meshes, obj, archive."
ANIMATION = {"animation_url": "https://a/b", "outputs": ["usdz"]}


def test_defaults() -> None:
    request = parse(VIDEO, Request)
    assert (request.mode, request.num_frames, request.seed) == ("default", 16, 44)
    assert request.outputs == ("animated_mesh", "meshes", "preview")
    assert request.stage_0_steps is None
    assert request.animated_mesh_profile == "standard"


def test_the_worker_may_have_another_default_mode() -> None:
    assert parse(VIDEO, Request, default_mode="fast").mode == "fast"
    assert parse(VIDEO | {"mode": "default"}, Request, default_mode="fast").mode == "default"


@pytest.mark.parametrize(("former", "name"), [("default", "quantized"), ("exact", "standard")])
def test_profiles_may_have_their_former_names(former: str, name: str) -> None:
    assert parse(VIDEO | {"animated_mesh_profile": former}, Request).animated_mesh_profile == name
    assert AnimatedMeshInfo.model_validate({"profile": former, "max_error": 0}).profile == name


def test_is_frozen() -> None:
    request: Any = parse(VIDEO, Request)
    with pytest.raises(ValueError, match="frozen"):
        request.seed = 1


def test_points_may_say_is_subject_as_a_number() -> None:
    request = parse(VIDEO | {"subject_points": [[0.5, 0.25, 1], [0, 1, False]]}, Request)
    assert request.subject_points == ((0.5, 0.25, True), (0.0, 1.0, False))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "input must be a JSON object."),
        ("", "input must be a JSON object."),
        (None, "give exactly one of video_url, video_base64, animation_url and animation_base64."),
        ({}, "give exactly one of video_url, video_base64, animation_url and animation_base64."),
        (
            VIDEO | {"video_url": "https://a/b"},
            "give exactly one of video_url, video_base64, animation_url and animation_base64.",
        ),
        ({"video_url": "ftp://a/b"}, "video_url: URL scheme should be 'http' or 'https'."),
        ({"video_url": "file:///etc/passwd"}, "video_url: URL scheme should be 'http' or 'https'."),
        (
            VIDEO | {"mesh_url": "https://a/b", "mesh_base64": "AAAA"},
            "mesh_base64: give mesh_url or mesh_base64, not both.",
        ),
        (VIDEO | {"mesh_url": "file:///m.glb"}, "mesh_url: URL scheme should be 'http' or 'https'."),
        (VIDEO | {"mesh_base64": ""}, "mesh_base64: String should have at least 1 character."),
        (
            {"mesh_base64": "AAAA"},
            "give exactly one of video_url, video_base64, animation_url and animation_base64.",
        ),
        (
            VIDEO | ANIMATION,
            "give exactly one of video_url, video_base64, animation_url and animation_base64.",
        ),
        (ANIMATION | {"mesh_url": "https://a/b"}, "a mesh goes with a video, not with an animation."),
        (
            {"animation_url": "https://a/b"},
            f"outputs: preview cannot be made without the clip; {OF_ANIMATION}",
        ),
        (
            ANIMATION | {"outputs": ["preview", "masks", "obj"]},
            f"outputs: preview and masks cannot be made without the clip; {OF_ANIMATION}",
        ),
        ({"animation_url": "file:///a.glb"}, "animation_url: URL scheme should be 'http' or 'https'."),
        (VIDEO | {"frames": 3}, "frames: unknown field."),
        (VIDEO | {"anchor_idx": 16}, "anchor_idx: must be less than 16 where num_frames is 16."),
        (
            VIDEO | {"num_frames": 31, "max_frames": 61},
            "max_frames: must be null where num_frames is a number.",
        ),
        (
            VIDEO | {"num_frames": "auto", "anchor_idx": 16},
            "anchor_idx: must be less than 16 where num_frames is auto.",
        ),
        (
            VIDEO | {"animated_mesh_profile": "small"},
            "animated_mesh_profile: Input should be 'standard', 'quantized' or 'compact'.",
        ),
        (
            VIDEO | {"animated_mesh_profile": ["standard"]},
            "animated_mesh_profile: Input should be 'standard', 'quantized' or 'compact'.",
        ),
        (VIDEO | {"seed": True}, "seed: Input should be a valid integer."),
        (VIDEO | {"fps": float("nan")}, "fps: Input should be a finite number."),
        (VIDEO | {"fps": "8"}, "fps: Input should be a valid number."),
        (VIDEO | {"start_s": 2, "end_s": 2.0}, "end_s: must be greater than start_s."),
        (VIDEO | {"subject_box": [0.5, 0, 0.5, 1]}, "subject_box: must have x0 < x1 and y0 < y1."),
        (VIDEO | {"subject_box": "0,0,1,1"}, "subject_box: Input should be a list."),
        (VIDEO | {"outputs": []}, "outputs: name at least one."),
        (VIDEO | {"subject_points": []}, "subject_points: name at least one."),
        (VIDEO | {"outputs": "preview"}, "outputs: Input should be a list."),
        (
            VIDEO | {"outputs": ["meshes"] * 33},
            "outputs: List should have at most 32 items after validation, not 33.",
        ),
        (
            VIDEO | {"outputs": ["ply"]},
            f"outputs.0: Input should be {', '.join(map(repr, CHOICES[:-1]))} or {CHOICES[-1]!r}.",
        ),
        (VIDEO | {"mode": "slow"}, "mode: Input should be 'default', 'fast', 'low_ram' or 'fast_low_ram'."),
    ],
)
def test_refuses(data: object, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(data, Request)
    assert caught.value.message == message


@pytest.mark.parametrize("num_frames", [15, 227, -(10**30), "16", 16.0, 16.5, True, None, "all", ["auto"]])
def test_what_no_number_of_frames_may_be_is_told_in_one_line(num_frames: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(VIDEO | {"num_frames": num_frames}, Request)
    assert caught.value.message == "num_frames: must be a whole number from 16 to 226, or auto."


@pytest.mark.parametrize("field", ["video", "mesh", "animation"])
@pytest.mark.parametrize(
    "text", ["data:video/mp4;base64,AAAA", " DATA:,x", "A" * 10_000, "data:," + "A" * 10_000]
)
def test_a_file_in_an_addresss_field_is_told_where_to_go(field: str, text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse({f"{field}_url": text}, Request)
    assert caught.value.message == (
        f"{field}_url: this is the file itself, not its address; send it as {field}_base64."
    )


def test_an_address_that_is_too_long_is_told_as_that() -> None:
    with pytest.raises(InvalidInput, match="video_url: a text of more than 8,192 characters"):
        parse({"video_url": "https://a/" + "b" * 10_000}, Request)


def test_the_number_of_frames_may_be_left_to_the_worker() -> None:
    request = parse(VIDEO | {"num_frames": "auto", "anchor_idx": 15}, Request)
    assert request.num_frames == "auto"
    assert frame_counts(request.num_frames) == (16, 226)
    assert frame_counts(request.num_frames, most=121) == (16, 121)
    assert frame_counts(17, most=121) == (17, 17)


def test_reports_every_problem_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse({"video_url": "ftp://a/b", "mode": "slow", "end_s": 0, "x": 1}, Request)
    problems = caught.value.message.split("; ")
    assert [problem.split(":")[0] for problem in problems] == ["end_s", "mode", "video_url", "x"]


def test_a_message_fits_on_a_page() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(VIDEO | {f"{'x' * 1000} {number}": 1 for number in range(90)}, Request)
    first, *_, last = caught.value.message.split("; ")
    assert first == f"{'x' * 100}…: unknown field"
    assert last == "and 70 more."
    assert len(caught.value.message) < 3000


def test_a_fields_name_makes_no_line_of_the_log_of_its_own() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(VIDEO | {"x\r\nERROR\x1b[2J\u202e": 1}, Request)
    assert caught.value.message == "x??ERROR?[2J?: unknown field."


def test_never_repeats_the_video() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse({"video_base64": ["secret"]}, Request)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert "AAAA" not in repr(parse(VIDEO | {"mesh_base64": "AAAA"}, Request))


@pytest.mark.parametrize(
    ("mesh", "has_mesh"),
    [
        ({}, False),
        ({"mesh_url": None}, False),
        ({"mesh_url": "https://a/b"}, True),
        ({"mesh_base64": "A"}, True),
    ],
)
def test_knows_whether_a_mesh_comes_with_it(mesh: dict[str, object], has_mesh: bool) -> None:
    assert parse(VIDEO | mesh, Request).has_mesh == has_mesh


def test_a_recipe_takes_no_video() -> None:
    assert parse({"seed": 3}, Recipe).seed == 3
    with pytest.raises(InvalidInput, match="video_base64: unknown field"):
        parse(VIDEO, Recipe)


def test_every_field_says_what_it_is_about() -> None:
    of_all = {"outputs", "cache", "blender_export"}
    assert set(Recipe.about(*About)) == set(Recipe.model_fields) - of_all
    assert set(Recipe.about(About.MESH_FILES)) == {"animated_mesh_profile", "keyframe_error"}
