"""A job, from its input to its result."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import trimesh

from actionmesh_wrapper.contract.engines import FrameLimits
from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import LOW_CONFIDENCE, Listener, Notice
from actionmesh_wrapper.data.quality import Quality
from actionmesh_wrapper.engines import Task
from actionmesh_wrapper.errors import (
    Cancelled,
    GpuTooSmall,
    InvalidInput,
    StorageFailed,
    SubjectNotFound,
)
from tests.fakes import BALL
from tests.job.jobs import QUICK, Job, source_of


@pytest.fixture
def a_job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def test_a_job_in_doubt_shows_its_masks(a_job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    animate = a_job.engine.animate

    def doubtful(task: Task, listener: Listener) -> Animation:
        listener.warn(Notice(LOW_CONFIDENCE, "The subject's outline may be wrong."))
        return animate(task, listener)

    monkeypatch.setattr(a_job.engine, "animate", doubtful)
    result = a_job.run({"outputs": ["animated_mesh"]})
    assert a_job.files() == ["animated_mesh.glb", "masks_preview.jpg", "result.json"]
    assert result.files.masks_preview.url == "masks_preview.jpg"
    assert result.files.masks == ()


def test_a_job_of_masks_alone_makes_no_mesh(a_job: Job) -> None:
    a_job.engine.fails = AssertionError("no mesh was asked for")
    result = a_job.run({"outputs": ["masks"]})
    masks = [f"mask_{index:03d}.png" for index in range(16)]
    assert a_job.files() == [*masks, "masks_preview.jpg", "result.json"]
    assert (result.num_frames, result.fps, result.vertices, result.faces) == (16, 8.0, 0, 0)
    assert result.files.animated_mesh is None
    assert result.warnings == ()
    assert a_job.progress[-1].percent == 100


def test_a_job_that_the_engine_cannot_do_is_refused_before_anything_is_fetched(a_job: Job) -> None:
    a_job.engine.refuses = GpuTooSmall("fast fits.")
    with pytest.raises(GpuTooSmall):
        a_job.run()
    assert (a_job.progress, a_job.engine.seen, a_job.files()) == ([], [], [])


def test_the_result_tells_how_it_was_made(a_job: Job) -> None:
    result = a_job.run(QUICK | {"seed": 7, "mode": "fast"})
    assert (result.job_id, result.engine, result.mode, result.seed) == ("job-1", "ball", "fast", 7)
    assert result.accelerated == ("skates",)
    assert (result.num_frames, result.fps, result.vertices, result.faces) == (16, 8.0, 42, 80)
    assert (source_of(result).width, source_of(result).height, source_of(result).frames) == (64, 64, 16)
    assert source_of(result).timestamps_s == tuple(index / 8 for index in range(16))
    assert list(result.timings_s) == ["fetch", "sample", "inflate", "roll", "export", "preview", "upload"]
    assert (result.storage, result.expires_at) == ("local", None)


def test_the_result_lies_beside_the_files_it_describes(a_job: Job) -> None:
    result = a_job.run()
    folder = a_job.root / "outputs/job-1"
    assert Result.model_validate_json((folder / "result.json").read_bytes()) == result
    assert result.files.animated_mesh is not None
    for file in (*result.files.meshes, result.files.animated_mesh):
        content = (folder / (file.url or "")).read_bytes()
        assert (file.bytes, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert result.files.preview is None
    assert result.files.archive is None


def test_frames_that_the_engine_does_not_take_are_refused_before_anything_is_fetched(a_job: Job) -> None:
    a_job.engine.facts = replace(BALL, frames=FrameLimits(least=16, most=20))
    for count in (21, 226):
        with pytest.raises(InvalidInput, match=r"num_frames: this worker takes 16 to 20\."):
            a_job.run(QUICK | {"num_frames": count})
    assert a_job.progress == []


def test_the_meshes_are_the_engines(a_job: Job) -> None:
    a_job.run()
    last = trimesh.load_mesh(a_job.root / "outputs/job-1/mesh_015.glb", process=False)
    assert last.vertices.mean(axis=0).tolist() == pytest.approx([0.5, 0, 0], abs=1e-6)


def test_warns_of_every_option_that_the_engine_does_not_heed(a_job: Job) -> None:
    result = a_job.run(QUICK | {"seed": 7, "stage_0_steps": 10, "mode": "fast", "blender_export": True})
    assert [(warning.code, warning.message) for warning in result.warnings] == [
        ("OPTION_IGNORED", "mode has no effect with the ball engine."),
        ("OPTION_IGNORED", "stage_0_steps has no effect with the ball engine."),
        ("ROUND", "It is a ball."),
        ("OPTION_IGNORED", "blender_export has no effect: this worker lacks Blender."),
    ]


def test_a_job_of_masks_alone_warns_of_every_option_of_a_mesh(a_job: Job) -> None:
    mesh = {"seed": 7, "loop": True, "keyframe_error": 0.01, "animated_mesh_profile": "compact"}
    result = a_job.run({"outputs": ["masks"], "fps": 8, "cache": False, **mesh})
    assert sorted(warning.message for warning in result.warnings if warning.code == "OPTION_IGNORED") == [
        "animated_mesh_profile has no effect where no animated_mesh is made.",
        "keyframe_error has no effect where no animated_mesh is made.",
        "loop has no effect on masks alone.",
        "seed has no effect on masks alone.",
    ]


@pytest.mark.parametrize(
    ("output", "warned"), [("meshes", True), ("archive", False), ("animated_mesh", False)]
)
def test_options_of_the_animated_mesh_are_told_where_it_is_not_made(
    a_job: Job, output: str, *, warned: bool
) -> None:
    result = a_job.run({"outputs": [output], "animated_mesh_profile": "compact"})
    told = [warning.message for warning in result.warnings if warning.code == "OPTION_IGNORED"]
    assert told == ["animated_mesh_profile has no effect where no animated_mesh is made."] * warned


def test_the_engine_gets_the_options_and_the_alpha(a_job: Job) -> None:
    a_job.run(QUICK | {"subject_box": [0, 0, 0.5, 1]})
    [task] = a_job.engine.seen
    assert task.options.subject_box == (0, 0, 0.5, 1)
    assert task.frames.has_alpha


@pytest.mark.parametrize(("count", "taken"), [(16, 16), (30, 16), (31, 31), (33, 31)])
def test_the_video_settles_how_many_frames_auto_takes(tmp_path: Path, count: int, taken: int) -> None:
    a_job = Job(tmp_path, count)
    result = a_job.run(QUICK | {"num_frames": "auto"})
    assert (result.num_frames, len(source_of(result).timestamps_s)) == (taken, taken)


def test_what_the_engine_measures_is_told_and_warned_of(a_job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    assert a_job.run(QUICK).quality is None
    animate = a_job.engine.animate

    def measured(task: Task, listener: Listener) -> Animation:
        return replace(animate(task, listener), quality=Quality(4.23456, None, 0.05))

    monkeypatch.setattr(a_job.engine, "animate", measured)
    result = a_job.run(QUICK)
    assert result.quality is not None
    assert result.quality.model_dump() == {"seams": 4.2346, "volume_drift": None, "edge_drift": 0.05}
    assert "SEAMS" in [warning.code for warning in result.warnings]


@pytest.mark.parametrize("most", [16, 20, 40, 121])
def test_auto_takes_no_more_than_the_worker_does(tmp_path: Path, most: int) -> None:
    a_job = Job(tmp_path, 48)
    a_job.engine.facts = replace(BALL, frames=FrameLimits(least=16, most=most))
    result = a_job.run(QUICK | {"num_frames": "auto", "fps": 8})
    assert result.num_frames == {16: 16, 20: 16, 40: 40, 121: 48}[most]


@pytest.mark.parametrize("failure", [SubjectNotFound("Nobody there."), Cancelled(), RuntimeError("odd")])
def test_whatever_stops_a_job_leaves_nothing_behind(a_job: Job, failure: BaseException) -> None:
    a_job.engine.fails = failure
    with pytest.raises(type(failure)):
        a_job.run()
    assert a_job.files() == []
    assert list((a_job.root / "jobs").iterdir()) == []


def test_bad_input_stops_before_any_work(a_job: Job) -> None:
    with pytest.raises(InvalidInput, match="num_frames"):
        a_job.run({"num_frames": 3})
    assert a_job.progress == []


def test_a_storage_that_fails_leaves_no_result(a_job: Job) -> None:
    (a_job.root / "outputs").write_text("in the way")
    with pytest.raises(StorageFailed):
        a_job.run()


def test_a_dangerous_job_id_stays_inside(a_job: Job) -> None:
    result = a_job.run(job_id="../../evil")
    assert result.job_id == "../../evil"
    [folder] = (a_job.root / "outputs").iterdir()
    assert folder.name.startswith("_")
    assert not (a_job.root.parent / "evil").exists()
