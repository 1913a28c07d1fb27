import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from actionmesh_wrapper.errors import GpuTooSmall, StartError
from actionmesh_wrapper.service import health
from actionmesh_wrapper.service.worker import Worker
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage import Inline, Local, Storage
from tests.fakes import BallEngine


def worker(tmp_path: Path, storage: Storage, **environ: str) -> Worker:
    environ = {"JOBS_DIR": str(tmp_path / "a" / "b" / "jobs")} | environ
    return Worker(Settings.from_env(environ), BallEngine(), storage)


def test_a_fit_worker_passes_and_nothing_is_left(tmp_path: Path) -> None:
    health.check(worker(tmp_path, Local(tmp_path / "outputs")))
    health.check(worker(tmp_path, Inline()))
    assert [path.name for path in tmp_path.rglob("*")] == ["outputs"]


@pytest.mark.parametrize(
    ("free", "jobs", "fits"),
    [(650_000_000, "1", True), (649_999_999, "1", False), (650_000_000, "2", False)],
)
def test_the_disk_must_have_room_for_the_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, jobs: str, fits: bool
) -> None:
    asked: list[Path] = []

    def disk_usage(path: Path) -> SimpleNamespace:
        asked.append(path)
        return SimpleNamespace(free=free)

    monkeypatch.setattr(shutil, "disk_usage", disk_usage)
    checked = worker(tmp_path, Inline(), MAX_CONCURRENT_JOBS=jobs)
    if fits:
        health.check(checked)
    else:
        with pytest.raises(StartError, match=r"JOBS_DIR=.*: 0\.[67] GB are free"):
            health.check(checked)
    assert asked == [tmp_path]


def test_a_mode_that_the_engine_cannot_do_stops_the_worker(tmp_path: Path) -> None:
    unfit = worker(tmp_path, Inline(), DEFAULT_MODE="fast")
    assert isinstance(unfit.engine, BallEngine)
    unfit.engine.refuses = GpuTooSmall("it needs more.")
    with pytest.raises(StartError, match=r"DEFAULT_MODE='fast': it needs more\."):
        health.check(unfit)


def test_a_storage_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "outputs").write_text("in the way")
    with pytest.raises(StartError, match="OUTPUT_DIR="):
        health.check(worker(tmp_path, Local(tmp_path / "outputs")))
