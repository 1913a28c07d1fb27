"""Jobs whose mesh is to have the colours of its video: all is real but the engine and its ball."""

from pathlib import Path

import pytest

from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.errors import Cancelled, InvalidInput
from actionmesh_wrapper.export import write_mesh
from actionmesh_wrapper.mesh_file import read_mesh
from tests.export.reader import read
from tests.export.samples import ball
from tests.job.jobs import Job

ALL = {"outputs": ["animated_mesh", "meshes", "obj", "archive"]}


@pytest.fixture
def a_job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def test_by_default_no_colours_are_looked_for(a_job: Job) -> None:
    result = a_job.run()
    assert (result.texture, result.camera) == (None, None)
    assert "texture" not in result.timings_s
    assert "texture" not in {progress.stage for progress in a_job.progress}


def test_a_ball_is_left_as_it_is_since_it_fits_from_any_side(a_job: Job) -> None:
    result = a_job.run({"outputs": ["animated_mesh"], "texture": "auto"})
    assert (result.texture, result.camera) == (None, None)
    (told,) = [warning for warning in result.warnings if warning.code.startswith("TEXTURE")]
    assert told.code == "TEXTURE_SKIPPED"
    assert told.message.startswith("The mesh was not coloured from the video. ")
    document = read(a_job.root / "outputs/job-1/animated_mesh.glb")
    assert "images" not in document.json
    assert "cameras" not in document.json
    assert (result.vertices, result.faces) == (42, 80)


def test_it_is_coloured_all_the_same_where_that_is_asked_for(a_job: Job) -> None:
    result = a_job.run({**ALL, "texture": "video"})
    assert [warning.code for warning in result.warnings] == ["ROUND", "TEXTURE_DOUBTFUL"]
    assert result.texture is not None
    assert result.texture.seen + result.texture.mirrored + result.texture.guessed == pytest.approx(
        1, abs=1e-3
    )
    assert result.camera is not None
    assert result.camera.aspect_ratio == 1.0
    folder = a_job.root / "outputs/job-1"
    moving = read(folder / "animated_mesh.glb")
    assert [node["name"] for node in moving.json["nodes"]] == ["animated_mesh", "film_camera"]
    assert result.vertices - len(moving.json["meshes"][0]["extras"]["seam_vertices"]) == 42
    still = read_mesh(folder / "mesh_007.glb", warn=lambda _: None)
    assert still.texture is not None
    assert still.texture.shape == (1024, 1024, 3)
    painted = still.texture[tuple((still.uv[:42, ::-1] * 1023).astype(int).T)].mean(axis=0)  # type: ignore[index]  # it has uv
    assert abs(painted - [200, 90, 40]).max() < 25
    assert "cameras" not in read(folder / "mesh_007.glb").json


def test_progress_tells_of_it_between_the_engine_and_the_files(a_job: Job) -> None:
    a_job.run({"outputs": ["animated_mesh"], "texture": "video"})
    stages = list(dict.fromkeys(progress.stage for progress in a_job.progress))
    assert stages == ["fetch", "sample", "inflate", "roll", "texture", "export", "preview", "upload"]
    percent = [progress.percent for progress in a_job.progress]
    assert percent == sorted(percent)
    assert len({progress.percent for progress in a_job.progress if progress.stage == "texture"}) > 5


def test_a_cancel_ends_it(a_job: Job) -> None:
    def cancel(progress: Progress) -> None:
        if progress.stage == "texture" and progress.index > 50:
            raise Cancelled

    with pytest.raises(Cancelled):
        a_job.run({"outputs": ["animated_mesh"], "texture": "video"}, report=cancel)
    assert a_job.files() == []


@pytest.mark.parametrize(("texture", "size"), [("auto", (48, 64)), ("video", (1024, 1024))])
def test_a_mesh_of_the_callers_own_keeps_its_colours_unless_the_videos_are_asked_for(
    a_job: Job, texture: str, size: tuple[int, int]
) -> None:
    a_job.mesh = write_mesh(ball(1, textured=True), a_job.root / "own.glb", extras={})
    result = a_job.run({"outputs": ["meshes"], "texture": texture})
    made = read_mesh(a_job.root / "outputs/job-1/mesh_000.glb", warn=lambda _: None)
    assert made.texture is not None
    assert made.texture.shape[:2] == size
    assert ("TEXTURE_SKIPPED" in {warning.code for warning in result.warnings}) == (texture == "auto")


def test_a_job_of_masks_alone_has_no_mesh_to_colour_and_says_so(a_job: Job) -> None:
    result = a_job.run({"outputs": ["masks"], "texture": "auto", "texture_size": 2048})
    assert (result.texture, result.vertices) == (None, 0)
    assert [(warning.code, warning.message) for warning in result.warnings] == [
        ("OPTION_IGNORED", "texture has no effect on masks alone."),
        ("OPTION_IGNORED", "texture_size has no effect on masks alone."),
    ]


def test_a_size_without_a_texture_is_refused() -> None:
    assert Recipe(texture="auto", texture_size=2048).texture_size == 2048
    with pytest.raises(ValueError, match="must be 1024 where texture is none"):
        Recipe(texture_size=2048)


def test_any_other_size_is_refused(a_job: Job) -> None:
    with pytest.raises(InvalidInput, match="texture_size"):
        a_job.run({"texture": "auto", "texture_size": 512})
