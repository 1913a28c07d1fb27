import base64
import gc
import json
import shutil
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.contract.request import Request
from actionmesh_wrapper.errors import (
    DiskFull,
    GpuFailed,
    GpuTooSmall,
    InvalidInput,
    NotAMesh,
    NotAVideo,
    StartError,
    TimeoutTooShort,
    TooLarge,
)
from actionmesh_wrapper.host import Host
from actionmesh_wrapper.job.finish import changed
from actionmesh_wrapper.job.run import work_of
from actionmesh_wrapper.job.run_folder import run_folder
from actionmesh_wrapper.preview import NUMPY
from actionmesh_wrapper.service.worker import Worker
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage import Inline, Local, Storage
from actionmesh_wrapper.system import accelerator
from tests.fakes import BallEngine

ROOT = Path(__file__).resolve().parents[2]


def worker(tmp_path: Path, **environ: str) -> Worker:
    settings = Settings.from_env({"JOBS_DIR": str(tmp_path / "jobs")} | environ)
    return Worker(settings, BallEngine(), Local(tmp_path / "outputs"))


def video(content: bytes) -> dict[str, str]:
    return {"video_base64": base64.b64encode(content).decode()}


def mesh(content: bytes) -> dict[str, str]:
    return {"mesh_base64": base64.b64encode(content).decode()}


def test_loads_what_the_settings_name() -> None:
    loaded = Worker.load(Settings.from_env({"ENGINE": "silhouette"}), Host("a cloud", is_serverless=True))
    assert loaded.engine.facts.name == "silhouette"
    assert isinstance(loaded.storage, Inline)


def test_collections_pass_over_what_was_loaded() -> None:
    loaded = Worker.load(Settings.from_env({"ENGINE": "silhouette"}))
    assert gc.get_freeze_count() > 10_000
    assert not any(each is loaded.engine for each in gc.get_objects())


def test_does_not_start_without_the_engine_that_was_asked_for() -> None:
    with pytest.raises(StartError, match="ENGINE='actionmesh'"):
        Worker.load(Settings.from_env({"ENGINE": "actionmesh"}))


def test_draws_previews_with_what_the_settings_name() -> None:
    silhouette = {"ENGINE": "silhouette"}
    loaded = Worker.load(Settings.from_env(silhouette | {"PREVIEW_RENDERER": "numpy"}))
    assert loaded.tools.renderer is NUMPY
    with pytest.raises(StartError, match="PREVIEW_RENDERER='pytorch3d': "):
        Worker.load(Settings.from_env(silhouette | {"PREVIEW_RENDERER": "pytorch3d"}))


def test_takes_no_job_once_its_gpu_has_failed(tmp_path: Path) -> None:
    accelerator.note(RuntimeError("CUDA error: unspecified launch failure"))
    with pytest.raises(GpuFailed, match="in an earlier job"):
        worker(tmp_path).run("job", video(b"anything"), lambda _: None)
    assert not (tmp_path / "jobs").exists()


def test_the_size_limit_is_the_settings(tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        worker(tmp_path, MAX_VIDEO_MB="0.001").run("job", video(b"x" * 1001), lambda _: None)
    with pytest.raises(NotAVideo):
        worker(tmp_path, MAX_VIDEO_MB="0.001").run("job", video(b"x" * 1000), lambda _: None)


def test_a_mesh_has_a_limit_of_its_own_and_is_read_first(tmp_path: Path) -> None:
    ours = worker(tmp_path, MAX_MESH_MB="0.001")
    with pytest.raises(TooLarge, match="mesh_base64: This file is"):
        ours.run("job", video(b"x") | mesh(b"x" * 1001), lambda _: None)
    with pytest.raises(NotAMesh):
        ours.run("job", video(b"x") | mesh(b"x" * 1000), lambda _: None)
    assert isinstance(ours.engine, BallEngine)
    assert ours.engine.meshes == [True, True]


def test_the_time_out_is_the_jobs_own_or_the_settings(tmp_path: Path) -> None:
    sample = json.loads((ROOT / "test_input.json").read_text("utf-8"))["input"]
    for own_s, refused in ((None, True), (2000.0, False)):
        here = worker(tmp_path, EXECUTION_TIMEOUT_S="20")
        for _ in range(2):
            here.pace.note(work_of(Recipe(), here.engine, 16, has_mesh=False), {"roll": 1000.0})
        with pytest.raises(TimeoutTooShort) if refused else nullcontext():
            here.run("job", {"video_base64": sample["video_base64"]}, lambda _: None, timeout_s=own_s)


def test_the_default_mode_is_the_settings_and_nothing_that_the_caller_has_set(tmp_path: Path) -> None:
    intake = worker(tmp_path, DEFAULT_MODE="fast").intake
    for given, told in (({}, []), ({"mode": "fast"}, ["mode"])):
        parsed = intake.parse(video(b"x") | given)
        assert isinstance(parsed, Request)
        assert parsed.mode == "fast"
        assert changed(parsed, ["mode"]) == told


def test_a_jobs_own_bucket_is_checked_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"s3Config\.accessId: Field required"):
        worker(tmp_path).run("job", video(b"x"), lambda _: None, s3_config={"bucketName": "b"})
    assert not (tmp_path / "jobs").exists()


def test_no_folder_is_left(tmp_path: Path) -> None:
    with pytest.raises(NotAVideo):
        worker(tmp_path).run("job", video(b"x"), lambda _: None)
    assert list((tmp_path / "jobs").iterdir()) == []


def test_a_full_disk_is_named_before_anything_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=600_000_000))
    with pytest.raises(DiskFull, match=r"it may take 1\.15 GB, 0\.60 GB are free"):
        worker(tmp_path).run("job", video(b"x"), lambda _: None)
    assert list(tmp_path.iterdir()) == []


def leave_a_folder(jobs_dir: Path) -> None:
    """Leaves what a killed worker does."""
    with run_folder(jobs_dir, "other") as folder:
        left = {path: path.with_name(f"{path.name}.kept") for path in jobs_dir.iterdir()}
        assert folder in left
        for path, kept in left.items():
            path.rename(kept)
    for path, kept in left.items():
        kept.rename(path)


def test_what_a_killed_worker_left_is_swept_before_each_job(tmp_path: Path) -> None:
    ours = worker(tmp_path)
    leave_a_folder(tmp_path / "jobs")
    with pytest.raises(NotAVideo):
        ours.run("job", video(b"x"), lambda _: None)
    assert list((tmp_path / "jobs").iterdir()) == []


def test_what_a_killed_worker_left_is_swept_at_the_start(tmp_path: Path) -> None:
    leave_a_folder(tmp_path)
    Worker.load(Settings.from_env({"ENGINE": "silhouette", "JOBS_DIR": str(tmp_path)}))
    assert list(tmp_path.iterdir()) == []


def worker_with(tmp_path: Path, storage: Storage, **environ: str) -> Worker:
    environ = {"JOBS_DIR": str(tmp_path / "a" / "b" / "jobs")} | environ
    return Worker(Settings.from_env(environ), BallEngine(), storage)


def test_a_fit_worker_passes_and_nothing_is_left(tmp_path: Path) -> None:
    worker_with(tmp_path, Local(tmp_path / "outputs")).check()
    worker_with(tmp_path, Inline()).check()
    assert [path.name for path in tmp_path.rglob("*")] == []


@pytest.mark.parametrize(
    ("free", "jobs", "fits"),
    [(1_150_000_000, "1", True), (1_149_999_999, "1", False), (1_150_000_000, "2", False)],
)
def test_the_disk_must_have_room_for_the_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, jobs: str, fits: bool
) -> None:
    asked: list[Path] = []

    def disk_usage(path: Path) -> SimpleNamespace:
        asked.append(path)
        return SimpleNamespace(free=free)

    monkeypatch.setattr(shutil, "disk_usage", disk_usage)
    checked = worker_with(tmp_path, Inline(), MAX_CONCURRENT_JOBS=jobs)
    if fits:
        checked.check()
    else:
        with pytest.raises(StartError, match=r"JOBS_DIR=.*: 1\.1\d GB are free"):
            checked.check()
    assert asked == [tmp_path]


def test_a_mode_that_the_engine_cannot_do_stops_the_worker(tmp_path: Path) -> None:
    unfit = worker_with(tmp_path, Inline(), DEFAULT_MODE="fast")
    assert isinstance(unfit.engine, BallEngine)
    unfit.engine.refuses = GpuTooSmall("it needs more.")
    with pytest.raises(StartError, match=r"DEFAULT_MODE='fast': it needs more\."):
        unfit.check()


def test_a_storage_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "outputs").write_text("in the way")
    with pytest.raises(StartError, match="OUTPUT_DIR="):
        worker_with(tmp_path, Local(tmp_path / "outputs")).check()
