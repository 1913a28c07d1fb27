import fcntl
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from actionmesh_wrapper.job import run_folder as module
from actionmesh_wrapper.job.run_folder import run_folder, sweep
from tests.job import run_folder_races

OTHER_HOST = "job--12345678-" + "a" * 32


def make_old(root: Path, seconds: float) -> None:
    then = time.time() - seconds
    for path in (*root.rglob("*"), root):
        os.utime(path, (then, then))


def race(what: str, jobs_dir: Path) -> str:
    """Runs one of `run_folder_races` in a process of its own, which has no threads and may fork."""
    command = [sys.executable, "-m", run_folder_races.__name__, what, str(jobs_dir)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_is_gone_afterwards_however_the_run_ends(tmp_path: Path) -> None:
    jobs_dir = tmp_path / "a" / "jobs"
    with pytest.raises(KeyboardInterrupt), run_folder(jobs_dir, "job-1") as folder:
        (folder / "000.png").touch()
        assert folder.parent == jobs_dir
        assert folder.name.startswith("job-1--")
        raise KeyboardInterrupt
    assert list(jobs_dir.iterdir()) == []


def test_is_private(tmp_path: Path) -> None:
    with run_folder(tmp_path, "job") as folder:
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_running_job_is_never_swept_however_long_it_takes(tmp_path: Path) -> None:
    with run_folder(tmp_path, "job") as folder:
        make_old(tmp_path, 9999)
        sweep(tmp_path, older_than_s=60)
        assert folder.is_dir()


def test_runs_of_one_job_at_a_time_have_folders_of_their_own(tmp_path: Path) -> None:
    with run_folder(tmp_path, "job") as one, run_folder(tmp_path, "job") as two:
        assert one != two
        sweep(tmp_path, older_than_s=0)
        assert one.is_dir()
        assert two.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_many_processes_take_end_and_sweep_folders_of_one_job(tmp_path: Path) -> None:
    assert race("take", tmp_path) == "8 processes, 200 runs\n"
    assert list(tmp_path.iterdir()) == []


def test_some_of_which_are_killed(tmp_path: Path) -> None:
    killed, done = map(int, re.findall(r"\d+", race("kill", tmp_path)))
    assert killed == 6
    assert done > 0
    sweep(tmp_path, older_than_s=3600)
    assert list(tmp_path.iterdir()) == []


def test_wherever_a_run_is_killed_the_next_sweep_removes_what_it_left(tmp_path: Path) -> None:
    steps = race("steps", tmp_path).split("\n")
    names = [step.partition(":")[0] for step in steps if step]
    assert {"open", "fcntl.flock", "os.mkdir", "shutil.rmtree", "os.rmdir", "os.remove"} <= set(names)
    assert all(step.endswith(": nothing is left") for step in steps if step)
    left = {step.split(": ")[1] for step in steps if step}
    assert {"a lock file", "a folder and a lock file"} <= left


@pytest.mark.parametrize("moment", ["before the lock", "at the lock"])
def test_a_sweep_at_the_moment_of_the_lock_costs_no_run_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    flock = fcntl.flock
    swept: list[bool] = []

    def swept_first(file: object, how: int) -> None:
        if not swept:
            swept.append(True)
            if moment == "before the lock":
                sweep(tmp_path, older_than_s=3600)
            else:
                raise BlockingIOError
        flock(file, how)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(fcntl, "flock", swept_first)
    with run_folder(tmp_path, "job") as folder:
        sweep(tmp_path, older_than_s=0)
        assert folder.is_dir()
        assert len(list(tmp_path.iterdir())) == 2
    assert list(tmp_path.iterdir()) == []


def test_without_locks_only_time_tells_what_was_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(37, "No locks available")

    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", no_locks)
        with run_folder(tmp_path, "job") as folder:
            sweep(tmp_path, older_than_s=60)
            patch.undo()
            sweep(tmp_path, older_than_s=60)  # the server of the locks is back
            assert folder.is_dir()
            make_old(tmp_path, 100)
            sweep(tmp_path, older_than_s=60)
            assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("has_lock", [True, False])
def test_of_other_hosts_the_old_go_and_the_young_stay(tmp_path: Path, *, has_lock: bool) -> None:
    (tmp_path / OTHER_HOST / "input").mkdir(parents=True)
    if has_lock:
        (tmp_path / f".{OTHER_HOST}.lock").touch()
    make_old(tmp_path, 100)
    sweep(tmp_path, older_than_s=200)
    assert (tmp_path / OTHER_HOST).is_dir()
    (tmp_path / OTHER_HOST / "input" / "000.png").touch()  # it still writes
    sweep(tmp_path, older_than_s=60)
    assert (tmp_path / OTHER_HOST).is_dir()
    make_old(tmp_path, 100)
    sweep(tmp_path, older_than_s=60)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_whose_lock_file_is_gone_is_not_left_for_ever(tmp_path: Path) -> None:
    ours = tmp_path / f"job--{module._this_host()}-{'b' * 32}"
    (ours / "input").mkdir(parents=True)
    sweep(tmp_path, older_than_s=60)
    assert ours.is_dir()
    make_old(ours, 100)
    sweep(tmp_path, older_than_s=60)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["photos", "job", f"job--{'a' * 32}", f".{'a' * 32}.lock", OTHER_HOST[:-1]])
def test_never_touches_what_is_not_named_as_ours(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "cat.jpg").touch()
    make_old(tmp_path, 9999)
    with run_folder(tmp_path, "photos"):
        sweep(tmp_path, older_than_s=60)
    assert [path.name for path in tmp_path.rglob("*")] == [name, "cat.jpg"]


def test_where_there_is_nothing_there_is_nothing_to_sweep(tmp_path: Path) -> None:
    sweep(tmp_path / "jobs", older_than_s=0)
    assert not (tmp_path / "jobs").exists()
