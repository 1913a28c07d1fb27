import errno
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionmesh_wrapper.errors import DiskFull, ExportFailed, JobError
from actionmesh_wrapper.job.workspace import (
    MARK,
    enough_disk,
    folder_name,
    free_bytes,
    job_bytes,
    sweep,
    workspace,
)
from actionmesh_wrapper.settings import Settings

FULL = OSError(errno.ENOSPC, "No space left on device", "/secret/path")


@pytest.fixture(autouse=True)
def _half_a_gigabyte_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=500_000_000))


def test_a_job_takes_its_inputs_and_its_results() -> None:
    assert job_bytes(Settings.from_env({"MAX_VIDEO_MB": "10", "MAX_MESH_MB": "5"})) == 515_000_000


def test_a_job_that_has_no_room_does_not_begin(tmp_path: Path) -> None:
    with pytest.raises(DiskFull) as caught, enough_disk(tmp_path, 650_000_000):
        pytest.fail("it began")
    assert str(caught.value) == (
        "DISK_FULL: The worker's disk has no room for this job: it may take 0.65 GB, 0.50 GB are free."
    )
    assert caught.value.poisons
    with enough_disk(tmp_path, 500_000_000):
        pass


@pytest.mark.parametrize(
    "error",
    [
        FULL,
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        ExportFailed("The video could not be encoded.", detail="preview.mp4: No space left on device"),
    ],
)
def test_a_disk_that_is_filled_meanwhile_is_told_from_other_failures(
    error: Exception, tmp_path: Path
) -> None:
    with pytest.raises(DiskFull) as caught, enough_disk(tmp_path, 1):
        raise error
    assert caught.value.__cause__ is error
    assert "secret" not in str(caught.value)


def test_so_it_is_behind_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(DiskFull), enough_disk(tmp_path, 1):
        try:
            raise FULL
        except OSError as error:
            raise ExportFailed("A file could not be written.") from error


@pytest.mark.parametrize("error", [OSError(errno.EACCES, "no"), ExportFailed("Other."), JobError("x")])
def test_other_failures_stay_what_they_are(error: Exception, tmp_path: Path) -> None:
    with pytest.raises(type(error)) as caught, enough_disk(tmp_path, 1):
        raise error
    assert caught.value is error


def test_the_folder_need_not_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def usage(folder: Path) -> SimpleNamespace:
        asked.append(folder)
        return SimpleNamespace(free=7)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    monkeypatch.chdir(tmp_path)
    assert free_bytes(Path("a/b")) == 7
    assert asked == [Path(os.path.realpath(tmp_path))]


def make_old(folder: Path, seconds: float) -> None:
    then = time.time() - seconds
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (then, then))


def test_is_gone_afterwards_however_the_job_ends(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), workspace(tmp_path, "job-1") as folders:
        (folders.input / "000.png").touch()
        assert folders.output == tmp_path / "job-1" / "output"
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_is_private(tmp_path: Path) -> None:
    with workspace(tmp_path, "job"):
        assert (tmp_path / "job").stat().st_mode & 0o777 == 0o700


def test_empties_what_a_killed_worker_left_of_the_same_job(tmp_path: Path) -> None:
    (tmp_path / "job" / "output").mkdir(parents=True)
    (tmp_path / "job" / MARK).touch()
    (tmp_path / "job" / "output" / "mesh_000.glb").touch()
    with workspace(tmp_path, "job") as folders:
        assert list(folders.output.iterdir()) == []


def test_a_killed_process_leaves_what_the_next_one_sweeps_at_once(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, signal; from actionmesh_wrapper.job.workspace import workspace\n"
        f"with workspace(pathlib.Path({str(tmp_path)!r}), 'job') as folders:\n"
        "    (folders.input / 'half').touch(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "job" / "input" / "half").exists()
    sweep(tmp_path, older_than_s=3600)
    assert list(tmp_path.iterdir()) == []


def test_a_running_job_is_never_swept_however_long_it_takes(tmp_path: Path) -> None:
    with workspace(tmp_path, "job") as folders:
        make_old(tmp_path / "job", 9999)
        sweep(tmp_path, older_than_s=60)
        assert folders.input.is_dir()


def test_the_same_job_run_twice_at_once_has_two_folders(tmp_path: Path) -> None:
    with (
        workspace(tmp_path, "job") as one,
        workspace(tmp_path, "job") as two,
        workspace(tmp_path, "job") as last,
    ):
        assert [folders.input.parent.name for folders in (one, two, last)] == ["job", "job--2", "job--3"]
    assert list(tmp_path.iterdir()) == []


def test_without_locks_only_time_tells_what_was_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with workspace(tmp_path, "job") as folders:
        sweep(tmp_path, older_than_s=60)
        assert folders.input.is_dir()
        make_old(tmp_path / "job", 100)
        sweep(tmp_path, older_than_s=60)
        assert not folders.input.is_dir()


def test_never_touches_a_folder_that_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").touch()
    make_old(tmp_path / "photos", 9999)
    sweep(tmp_path, older_than_s=60)
    with pytest.raises(FileExistsError), workspace(tmp_path, "photos"):
        pass
    assert (tmp_path / "photos" / "cat.jpg").exists()


def test_sweeps_old_jobs_of_other_hosts_and_leaves_young_ones(tmp_path: Path) -> None:
    for name, age in (("old", 100), ("young", 10)):
        (tmp_path / name / "input").mkdir(parents=True)
        (tmp_path / name / MARK).touch()
        make_old(tmp_path / name, age)
    sweep(tmp_path, older_than_s=60)
    assert [path.name for path in tmp_path.iterdir()] == ["young"]


def test_a_job_that_still_writes_is_young(tmp_path: Path) -> None:
    (tmp_path / "job" / "output").mkdir(parents=True)
    (tmp_path / "job" / MARK).touch()
    make_old(tmp_path / "job", 100)
    (tmp_path / "job" / "output" / "mesh_000.glb").touch()
    sweep(tmp_path, older_than_s=60)
    assert (tmp_path / "job").exists()


@pytest.mark.parametrize("job_id", ["a", "local_test", "6b1f-u1", "x" * 100, "a.b"])
def test_a_safe_id_is_its_own_name(job_id: str) -> None:
    assert folder_name(job_id) == job_id


@given(st.text())
def test_any_id_makes_a_safe_name(job_id: str) -> None:
    name = folder_name(job_id)
    assert 1 <= len(name) <= 100
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
    assert name[0] not in ".-"


@given(st.text(), st.text())
def test_different_ids_have_different_names(one: str, other: str) -> None:
    assert (folder_name(one) == folder_name(other)) == (one == other)


@pytest.mark.parametrize("job_id", ["../../etc", "a/b", "a b", "", "..", "'; rm -rf /", "x" * 300])
def test_dangerous_ids(job_id: str) -> None:
    assert "/" not in folder_name(job_id)
    assert not folder_name(job_id).startswith(".")
    assert "--" in folder_name(job_id)
