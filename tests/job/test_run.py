import hashlib
import json
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
import trimesh

from actionmesh_wrapper.contract.engines import ENGINES, FrameLimits
from actionmesh_wrapper.contract.profiles import PROFILES
from actionmesh_wrapper.contract.request import Options, Recipe
from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import LOW_CONFIDENCE, Listener, Notice, Progress, StageStep
from actionmesh_wrapper.data.quality import Quality
from actionmesh_wrapper.data.writing import Tools
from actionmesh_wrapper.engines import Task
from actionmesh_wrapper.errors import (
    Cancelled,
    GpuTooSmall,
    InvalidInput,
    StorageFailed,
    SubjectNotFound,
    TimeoutTooShort,
)
from actionmesh_wrapper.job.intake import FileIntake
from actionmesh_wrapper.job.pace import Pace, TimeLimit
from actionmesh_wrapper.job.run import run, work_of
from actionmesh_wrapper.job.workspace import workspace
from actionmesh_wrapper.source import Fetched
from actionmesh_wrapper.storage import Inline, Local, Storage
from actionmesh_wrapper.storage.inline import HEADS, REST_BYTES
from actionmesh_wrapper.storage.local import LocalDelivery
from actionmesh_wrapper.storage.manifest import is_ours
from tests.export import reader
from tests.fakes import BALL, BallEngine, SharingStorage, write_frames

QUICK = {"outputs": ["meshes", "animated_mesh"]}


class SteppingIntake(FileIntake):
    """Files that are there, and a stage that is told of."""

    def fetch(self, request: Recipe, folder: Path, step: StageStep) -> Fetched:
        step(1, 1)
        return super().fetch(request, folder, step)


class Job:
    """A job on a folder of frames, with everything real but the engine."""

    def __init__(self, root: Path, frames: int = 16) -> None:
        self.root = root
        self.frames = write_frames(root / "frames", frames)
        self.engine = BallEngine()
        self.storage: Storage = Local(root / "outputs")
        self.blender: Path | None = None
        self.progress: list[Progress] = []
        self.mesh: Path | None = None
        self.limit: TimeLimit | None = None

    def run(
        self,
        data: object = QUICK,
        job_id: str = "job-1",
        report: Callable[[Progress], None] | None = None,
    ) -> Result:
        with workspace(self.root / "jobs", job_id) as folders:
            return run(
                job_id,
                data,
                intake=SteppingIntake(Fetched(self.frames, self.mesh)),
                engine=self.engine,
                storage=self.storage,
                folders=folders,
                report=report or self.progress.append,
                tools=Tools(self.blender),
                limit=self.limit,
            )

    def files(self, job_id: str = "job-1") -> list[str]:
        folder = self.root / "outputs" / job_id
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def a_job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def test_makes_every_file_that_was_asked_for(a_job: Job) -> None:
    result = a_job.run({"outputs": ["meshes", "animated_mesh", "preview", "archive"]})
    meshes = [f"mesh_{index:03d}.glb" for index in range(16)]
    previews = ["poster.png", "preview.mp4", "preview.webp"]
    files = ["animated_mesh.glb", "archive.zip", *meshes, *previews, "result.json"]
    assert a_job.files() == files
    assert all(is_ours(name) for name in files)
    assert [file.name for file in result.files.meshes] == meshes
    with ZipFile(a_job.root / "outputs/job-1/archive.zip") as archive:
        assert set(archive.namelist()) >= {*meshes, *previews, "animated_mesh.glb", "manifest.json"}
        assert json.loads(archive.read("manifest.json"))["engine"] == "ball"


def test_the_preview_comes_with_a_loop_and_a_poster_and_names_its_renderer(a_job: Job) -> None:
    result = a_job.run({"outputs": ["preview"]})
    made = (result.files.preview, result.files.preview_webp, result.files.poster)
    assert [file and file.url for file in made] == ["preview.mp4", "preview.webp", "poster.png"]
    assert result.preview_renderer == "numpy"
    assert {file for file in made if file} == set(result.files.all())
    assert a_job.run().preview_renderer is None


def test_masks_are_made_where_asked_for(a_job: Job) -> None:
    result = a_job.run({"outputs": ["masks", "archive"]})
    masks = [f"mask_{index:03d}.png" for index in range(16)]
    assert [file.name for file in result.files.masks] == masks
    assert all(file.url == file.name and file.bytes > 0 for file in result.files.masks)
    assert result.files.masks_preview.url == "masks_preview.jpg"
    assert a_job.files() == ["archive.zip", *masks, "masks_preview.jpg", "result.json"]
    with ZipFile(a_job.root / "outputs/job-1/archive.zip") as archive:
        assert set(archive.namelist()) > {*masks, "animated_mesh.glb", "mesh_000.glb"}


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


def test_the_anchors_mesh_rides_in_progress_before_the_others_are_made(a_job: Job) -> None:
    a_job.storage = SharingStorage(a_job.root / "outputs")
    a_job.run()
    early = {"anchor_mesh": "https://bucket.example/job-1/anchor_mesh.glb"}
    with_link = [progress.stage for progress in a_job.progress if progress.early == early]
    assert with_link[0] == "inflate"
    assert with_link[-1] == "upload"
    assert a_job.progress[0].early == {}


def test_the_meshes_are_on_their_way_while_the_preview_is_drawn(a_job: Job) -> None:
    sent_in: dict[str, str] = {}

    def note(files: Sequence[Path]) -> None:
        for file in files:
            sent_in.setdefault(file.name, a_job.progress[-1].stage)

    a_job.storage = SharingStorage(a_job.root / "outputs", sent=note)
    a_job.run({"outputs": ["meshes", "animated_mesh", "preview", "archive"]})
    meshes = ["animated_mesh.glb", *(f"mesh_{index:03d}.glb" for index in range(16))]
    previews = ["preview.mp4", "preview.webp", "poster.png", "archive.zip"]
    assert sent_in == dict.fromkeys(meshes, "export") | dict.fromkeys(previews, "preview")


def test_what_is_only_in_the_archive_is_not_sent(a_job: Job) -> None:
    sent: list[Path] = []
    a_job.storage = SharingStorage(a_job.root / "outputs", sent=sent.extend)
    a_job.run({"outputs": ["archive"]})
    assert [path.name for path in sent] == ["archive.zip"]


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
    assert (result.source.width, result.source.height, result.source.frames) == (64, 64, 16)
    assert result.source.timestamps_s == tuple(index / 8 for index in range(16))
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


def test_masks_are_asked_for_by_name_even_in_an_archive(a_job: Job) -> None:
    a_job.run({"outputs": ["archive"]})
    with ZipFile(a_job.root / "outputs/job-1/archive.zip") as archive:
        assert not [name for name in archive.namelist() if name.startswith("mask")]


def test_the_meshes_are_the_engines(a_job: Job) -> None:
    a_job.run()
    last = trimesh.load_mesh(a_job.root / "outputs/job-1/mesh_015.glb", process=False)
    assert last.vertices.mean(axis=0).tolist() == pytest.approx([0.5, 0, 0], abs=1e-6)


def test_an_archive_alone_holds_everything(a_job: Job) -> None:
    result = a_job.run({"outputs": ["archive"]})
    assert a_job.files() == ["archive.zip", "result.json"]
    assert result.files.meshes == ()
    with ZipFile(a_job.root / "outputs/job-1/archive.zip") as archive:
        assert "mesh_015.glb" in archive.namelist()


@dataclass(frozen=True)
class Remembering(Local):
    """A folder that finds what was sealed in it, as a bucket does."""

    sealed: dict[str, Result] = field(default_factory=dict)

    @contextmanager
    def deliver(self, name: str) -> Iterator["RememberingDelivery"]:
        with super().deliver(name) as delivery:
            yield RememberingDelivery(delivery.folder, delivery.token, self.sealed)

    def find(self, key: str) -> Result | None:
        return self.sealed.get(key)


@dataclass(frozen=True)
class RememberingDelivery(LocalDelivery):
    sealed: dict[str, Result] = field(default_factory=dict)

    def seal(self, key: str, result: Result, *, step: StageStep) -> None:
        self.sealed[key] = result
        super().seal(key, result, step=step)


def test_an_equal_job_is_not_run_again(a_job: Job) -> None:
    a_job.storage = Remembering(a_job.root / "outputs")
    first = a_job.run()
    again = a_job.run(job_id="job-2")
    assert len(a_job.engine.seen) == 1
    assert not first.cached
    assert again.cached
    assert again.job_id == "job-2"
    assert again.files == first.files
    assert list(again.timings_s) == ["fetch"]


@pytest.mark.parametrize("change", [{"cache": False}, {"seed": 1}, {"outputs": ["animated_mesh"]}])
def test_another_job_or_one_that_wants_it_is_run(a_job: Job, change: dict[str, object]) -> None:
    a_job.storage = Remembering(a_job.root / "outputs")
    a_job.run()
    assert not a_job.run(QUICK | change).cached
    assert len(a_job.engine.seen) == 2


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
        f"{name} has no effect on masks alone." for name in sorted(mesh)
    ]


def test_the_animated_mesh_is_in_the_profile_asked_for_and_says_how_exact(a_job: Job) -> None:
    for profile, bound in (("standard", 1e-7), ("quantized", 3e-5), ("compact", 3e-5)):
        info = a_job.run(QUICK | {"animated_mesh_profile": profile}, job_id=profile).animated_mesh_info
        assert info is not None
        assert info.profile == profile
        assert info.max_error <= bound
    standard, quantized = (a_job.root / f"outputs/{name}/animated_mesh.glb" for name in list(PROFILES)[:2])
    assert quantized.stat().st_size < standard.stat().st_size
    assert a_job.run({"outputs": ["meshes"]}).animated_mesh_info is None


def made_inline(a_job: Job, room: int, request: Mapping[str, object]) -> tuple[str, bytes, list[str]]:
    """Profile, content and warnings of an animated mesh for which an answer has so many bytes."""
    a_job.storage = Inline(REST_BYTES + (room + HEADS + 2) // 3 * 4)
    result = a_job.run({**QUICK, **request})
    assert result.animated_mesh_info is not None
    assert result.files.animated_mesh is not None
    content = b64decode((result.files.animated_mesh.url or "").partition(",")[2])
    told = [warning.message for warning in result.warnings if warning.code == "SMALLER_PROFILE"]
    return result.animated_mesh_info.profile, content, told


def test_without_a_bucket_the_animated_mesh_has_the_best_profile_that_fits(a_job: Job) -> None:
    whole = {name: made_inline(a_job, 10**6, {"animated_mesh_profile": name})[1] for name in PROFILES}
    why = "Without a bucket animated_mesh.glb has to fit into the answer: its profile is"
    warnings = {name: [f"{why} {name}, not standard."] for name in PROFILES} | {"standard": []}
    for name, content in whole.items():
        assert made_inline(a_job, len(content), {}) == (name, content, warnings[name])


def test_a_profile_that_was_asked_for_gives_way_to_a_smaller_one_never_to_a_larger(a_job: Job) -> None:
    quantized = {"animated_mesh_profile": "quantized"}
    assert made_inline(a_job, 10**6, quantized)[::2] == ("quantized", [])
    profile, content, told = made_inline(a_job, 100, quantized)
    assert (profile, content) == ("compact", b"")  # without room for the smallest it is left out
    assert len(told) == 1


def test_no_warning_where_compact_was_asked_for_or_there_is_no_animated_mesh(a_job: Job) -> None:
    a_job.storage = Inline(REST_BYTES)
    for data in (QUICK | {"animated_mesh_profile": "compact"}, {"outputs": ["meshes"]}):
        assert "SMALLER_PROFILE" not in [warning.code for warning in a_job.run(data).warnings]


@pytest.mark.parametrize("name", ["actionmesh", "ball"])
def test_files_tell_engine_seed_times_and_the_licence_of_the_weights(a_job: Job, name: str) -> None:
    if name != "ball":
        a_job.engine.facts = ENGINES[name]
    result = a_job.run(QUICK | {"seed": 7})
    extras = reader.read(a_job.root / "outputs/job-1/animated_mesh.glb").json["scenes"][0]["extras"]
    assert (extras["engine"], extras["seed"]) == (name, 7)
    assert tuple(extras["source_timestamps_s"]) == result.source.timestamps_s
    if name == "ball":
        assert "licence" not in extras
    else:
        assert "FAIR Noncommercial Research License" in extras["licence"]


def test_usdz_is_made_where_it_can_be(a_job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pxr", reason="usd-core is not installed")
    result = a_job.run({"outputs": ["usdz", "archive"]})
    assert result.files.usdz is not None
    assert result.files.usdz.name == "animated_mesh.usdz"
    with ZipFile(a_job.root / "outputs/job-1/archive.zip") as archive:
        assert "animated_mesh.usdz" in archive.namelist()
    monkeypatch.setattr("actionmesh_wrapper.export.usdz.usd_is_installed", lambda: False)
    result = a_job.run({"outputs": ["usdz", "meshes"]}, job_id="job-2")
    assert result.files.usdz is None
    assert ("OUTPUT_LEFT_OUT", "usdz was not made: this worker lacks usd-core.") in [
        (warning.code, warning.message) for warning in result.warnings
    ]


def test_alembic_fbx_and_obj_are_made_and_archived(a_job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    a_job.blender = a_job.root / "blender"
    a_job.blender.write_text('#!/bin/sh\nfor last; do :; done\nfor end in abc fbx; do\n'
                             'echo mesh > "$last/animated_mesh.$end"\ndone\n')  # fmt: skip
    a_job.blender.chmod(0o755)
    monkeypatch.setattr("actionmesh_wrapper.export.alembic.alembic_is_installed", lambda: False)
    result = a_job.run({"outputs": ["obj", "alembic", "fbx", "archive"]})
    made = (result.files.alembic, result.files.fbx, result.files.obj, result.files.archive)
    names = ["animated_mesh.abc", "animated_mesh.fbx", "obj_sequence.zip", "archive.zip"]
    assert [file and file.url for file in made] == names
    assert set(result.files.all()) == {*made}
    assert sorted([*names, "result.json"]) == a_job.files()
    with ZipFile(a_job.root / "outputs/job-1/archive.zip") as archive:
        assert {*names[:3]} < {*archive.namelist()}
        assert b"obj_sequence.zip: one still OBJ per frame" in archive.read("README.txt")


def test_what_a_worker_cannot_make_is_left_out_with_a_warning(
    a_job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actionmesh_wrapper.export.alembic.alembic_is_installed", lambda: False)
    result = a_job.run({"outputs": ["alembic", "fbx", "obj"]})
    assert [file.name for file in result.files.all()] == ["obj_sequence.zip"]
    assert [(warning.code, warning.message) for warning in result.warnings[1:]] == [
        ("OUTPUT_LEFT_OUT", "alembic was not made: this worker lacks alembic3d and Blender."),
        ("OUTPUT_LEFT_OUT", "fbx was not made: this worker lacks Blender."),
    ]


def test_an_answer_without_room_for_all_keeps_the_animated_mesh(a_job: Job) -> None:
    a_job.storage = Inline()
    mesh, sequence = a_job.run({"outputs": ["obj", "animated_mesh"]}).files.all()
    assert (mesh.name, sequence.name) == ("animated_mesh.glb", "obj_sequence.zip")
    a_job.storage = Inline(answer_bytes=REST_BYTES + len(mesh.url or ""))
    result = a_job.run({"outputs": ["obj", "animated_mesh"]}, job_id="job-2")
    assert [file.name for file in result.files.all() if file.url] == ["animated_mesh.glb"]
    assert result.warnings[-1].code == "FILES_LEFT_OUT"
    assert result.warnings[-1].message.endswith("left out: obj_sequence.zip.")


def test_an_alembic_that_fails_costs_its_own_file_alone(
    a_job: Job, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failing = [sys.executable, "-c", "import sys; sys.argv[1:] and sys.exit('out of cheese')"]
    monkeypatch.setattr("actionmesh_wrapper.export.alembic._PROGRAM", failing)
    result = a_job.run({"outputs": ["alembic", "animated_mesh"]})
    assert [file.name for file in result.files.all()] == ["animated_mesh.glb"]
    assert result.warnings[-1].message == "alembic3d failed. alembic is left out."
    assert "out of cheese" in caplog.text


def test_a_cancel_reaches_each_of_these_writers(a_job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    a_job.blender = a_job.root / "blender"
    a_job.blender.write_text("#!/bin/sh\nexec sleep 60\n")
    a_job.blender.chmod(0o755)
    monkeypatch.setattr("actionmesh_wrapper.export.alembic.alembic_is_installed", lambda: False)

    def cancel(progress: Progress) -> None:
        a_job.progress.append(progress)
        if len([one for one in a_job.progress if one.stage == "export"]) == 2:
            raise Cancelled

    for output in ("alembic", "fbx", "obj"):
        a_job.progress.clear()
        with pytest.raises(Cancelled):
            a_job.run({"outputs": [output]}, job_id=output, report=cancel)
        assert a_job.files(output) == []
    assert list((a_job.root / "jobs").iterdir()) == []


def test_a_rig_is_made_with_its_error_where_it_can_be(a_job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("py_dem_bones", reason="py-dem-bones is not installed")
    result = a_job.run({"outputs": ["rig", "archive"]})
    assert result.files.rigged_mesh is not None
    assert result.rigged_mesh_info is not None
    assert result.rigged_mesh_info.bones == 1  # the ball does not bend
    assert result.rigged_mesh_info.max < 1e-6
    with ZipFile(a_job.root / "outputs/job-1/archive.zip") as archive:
        assert "rigged_mesh.glb" in archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["rigged_mesh_info"] == result.rigged_mesh_info.model_dump(mode="json")
    monkeypatch.setattr("actionmesh_wrapper.export.rig.dem_bones_is_installed", lambda: False)
    result = a_job.run({"outputs": ["rig", "meshes"]}, job_id="job-2")
    assert result.files.rigged_mesh is None
    assert result.rigged_mesh_info is None
    assert [warning.code for warning in result.warnings].count("OUTPUT_LEFT_OUT") == 1


def test_a_blender_that_fails_costs_its_own_files_alone(a_job: Job, caplog: pytest.LogCaptureFixture) -> None:
    a_job.blender = a_job.root / "blender"
    a_job.blender.write_text("#!/bin/sh\necho 'out of cheese' >&2\nexit 1\n")
    a_job.blender.chmod(0o755)
    result = a_job.run(QUICK | {"blender_export": True})
    assert result.files.blender == ()
    assert result.files.animated_mesh is not None
    assert [(warning.code, warning.message) for warning in result.warnings] == [
        ("BLENDER_FAILED", "Blender failed. The files of blender_export are left out."),
        ("ROUND", "It is a ball."),
    ][::-1]
    assert "out of cheese" in caplog.text


def test_blenders_files_lie_beside_the_others(a_job: Job) -> None:
    a_job.blender = a_job.root / "blender"
    a_job.blender.write_text(
        '#!/bin/sh\nfor last; do :; done\ncp "$last/../animated_mesh.glb" "$last/animated_mesh_blender.glb"\n'
    )
    with a_job.blender.open("a") as file:
        file.write('echo blend > "$last/animated_mesh.blend"\n')
    a_job.blender.chmod(0o755)
    result = a_job.run({"outputs": ["animated_mesh"], "blender_export": True})
    names = ["animated_mesh.blend", "animated_mesh_blender.glb"]
    assert [(file.name, file.url) for file in result.files.blender] == [(name, name) for name in names]
    assert {*names} <= {*a_job.files()}
    assert {file.name for file in result.files.all()} == {*names, "animated_mesh.glb"}


def test_the_engine_gets_the_options_and_the_alpha(a_job: Job) -> None:
    a_job.run(QUICK | {"subject_box": [0, 0, 0.5, 1]})
    [task] = a_job.engine.seen
    assert task.options.subject_box == (0, 0, 0.5, 1)
    assert task.frames.has_alpha


def test_progress_rises_through_the_stages_in_order(a_job: Job) -> None:
    a_job.run()
    stages = list(dict.fromkeys(progress.stage for progress in a_job.progress))
    assert stages == ["fetch", "sample", "inflate", "roll", "export", "preview", "upload"]
    percents = [progress.percent for progress in a_job.progress]
    assert percents == sorted(percents)
    assert percents[0] == 0
    assert percents[-1] == 100


@pytest.mark.parametrize(("count", "taken"), [(16, 16), (30, 16), (31, 31), (33, 31)])
def test_the_video_settles_how_many_frames_auto_takes(tmp_path: Path, count: int, taken: int) -> None:
    a_job = Job(tmp_path, count)
    result = a_job.run(QUICK | {"num_frames": "auto"})
    assert (result.num_frames, len(result.source.timestamps_s)) == (taken, taken)


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


def test_stages_get_their_shares_for_the_frames_that_were_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine's share grows with its work, and the time left follows."""
    a_job = Job(tmp_path, 20)

    def stages(_options: Options, count: int) -> dict[str, float]:
        return {"inflate": 1.0, "roll": 3.0 if count == 16 else 99.0}

    def entered(stage: str) -> float:
        return next(progress.percent for progress in a_job.progress if progress.stage == stage)

    monkeypatch.setattr(a_job.engine, "stages", stages)
    a_job.run(QUICK)
    assert (entered("inflate"), entered("export")) == (6.0, 66.0)
    a_job.progress.clear()
    a_job.run(QUICK | {"num_frames": 20})
    assert (entered("inflate"), entered("export")) == (0.4, 97.8)


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


class SwingingEngine(BallEngine):
    """An engine whose ball swings to and fro along X, once in 12 frames."""

    def animate(self, task: Task, listener: Listener) -> Animation:
        made = super().animate(task, listener)
        vertices = np.repeat(made.vertices[:1], made.num_frames, axis=0)
        vertices[..., 0] += np.sin(2 * np.pi * np.arange(made.num_frames) / 12)[:, None]
        return replace(made, vertices=vertices)


def test_a_loop_is_cut_at_its_period_in_every_file(tmp_path: Path) -> None:
    job = Job(tmp_path)
    job.engine = SwingingEngine()
    result = job.run({"outputs": ["meshes", "animated_mesh", "masks"], "loop": True})
    assert result.loop_info is not None
    assert (result.loop_info.keys, result.num_frames, len(result.source.timestamps_s)) == (12, 13, 13)
    assert len(result.files.meshes) == len(result.files.masks) == 13
    document = reader.read(tmp_path / "outputs/job-1/animated_mesh.glb")
    sampler = document.json["animations"][0]["samplers"][0]
    assert document.values(sampler["input"])[-1] == pytest.approx(12 / result.fps, rel=1e-5)
    np.testing.assert_array_equal(document.at_key("POSITION", 0), document.at_key("POSITION", 12))
    extras = document.json["scenes"][0]["extras"]
    assert (extras["loops"], len(extras["source_timestamps_s"])) == (True, 13)
    assert [warning.code for warning in result.warnings] == ["ROUND"]


def test_a_motion_that_does_not_come_back_is_warned_of(tmp_path: Path) -> None:
    result = Job(tmp_path).run(QUICK | {"loop": True})
    assert [warning.code for warning in result.warnings] == ["ROUND", "LOOP_UNLIKE"]


def test_without_a_loop_the_result_says_nothing_of_one(tmp_path: Path) -> None:
    assert Job(tmp_path).run().loop_info is None


def test_a_job_that_its_time_out_is_too_short_for_is_refused_before_the_engine_starts(tmp_path: Path) -> None:
    job = Job(tmp_path)
    pace = Pace()
    for _ in range(2):
        job.limit = TimeLimit(pace, seconds=600)
        result = job.run()
    assert result.seconds_per_frame is not None
    assert result.seconds_per_frame == pytest.approx(
        sum(result.timings_s[stage] for stage in BALL.stages) / 16, abs=1e-3
    )
    job.limit = TimeLimit(pace, seconds=1e-6)
    with pytest.raises(TimeoutTooShort):
        job.run()
    assert len(job.engine.seen) == 2


def test_the_time_of_jobs_of_masks_alone_says_nothing_of_others(tmp_path: Path) -> None:
    job = Job(tmp_path)
    job.limit = TimeLimit()
    job.run({"outputs": ["masks"]})
    work = work_of(Recipe(), job.engine, 16, has_mesh=False)
    assert len(job.limit.pace.seconds(work)) == 0
    job.run()
    assert len(job.limit.pace.seconds(work)) == 1
