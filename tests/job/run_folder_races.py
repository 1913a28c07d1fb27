"""Many runs of one job at a time, and kills.

python -m tests.job.run_folder_races (take | kill | steps) FOLDER
"""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from actionmesh_wrapper.job.run_folder import run_folder, sweep

PROCESSES, RUNS, KILLED = 8, 25, 6
OURS = {
    "open",
    "fcntl.flock",
    "os.mkdir",
    "os.rmdir",
    "os.remove",
    "shutil.rmtree",
    "os.listdir",
    "os.scandir",
}


def one_run(jobs_dir: Path) -> None:
    """Works in a folder while others sweep; raises if anything of it is gone."""
    with run_folder(jobs_dir, "job") as folder:
        mine = folder / f"{os.getpid()}"
        mine.write_text("mine")
        sweep(jobs_dir, older_than_s=3600)
        time.sleep(random.uniform(0, 0.002))
        assert mine.read_text() == "mine"
        assert [path.name for path in folder.iterdir()] == [mine.name]


def child(work: Callable[[], None]) -> int:
    """Starts a process that does it and ends with 0 if that works; returns its id."""
    if pid := os.fork():
        return pid
    status = 1
    try:
        work()
        status = 0
    finally:
        if status:
            sys.excepthook(*sys.exc_info())
            sys.stderr.flush()
        os._exit(status)


def take(jobs_dir: Path) -> None:
    """Many processes, all of which must do all their runs."""

    def work() -> None:
        for _ in range(RUNS):
            one_run(jobs_dir)

    pids = [child(work) for _ in range(PROCESSES)]
    failed = sum(os.waitpid(pid, 0)[1] != 0 for pid in pids)
    assert not failed, f"{failed} processes failed"
    sys.stdout.write(f"{PROCESSES} processes, {PROCESSES * RUNS} runs\n")


def kill(jobs_dir: Path) -> None:
    """The same, while some are killed at random moments."""

    def work() -> None:
        end = time.monotonic() + 2
        while time.monotonic() < end:
            one_run(jobs_dir)

    pids = [child(work) for _ in range(PROCESSES)]
    for pid in pids[:KILLED]:
        time.sleep(random.uniform(0.05, 0.2))
        os.kill(pid, signal.SIGKILL)
    statuses = [os.waitpid(pid, 0)[1] for pid in pids]
    assert statuses == [signal.SIGKILL] * KILLED + [0] * (PROCESSES - KILLED), statuses
    sys.stdout.write(f"{KILLED} killed, {PROCESSES - KILLED} done\n")


def steps(jobs_dir: Path) -> None:
    """A run that is killed before its first step, its second, and so on; a step is a call to the system."""
    for step in range(1000):
        reader, writer = os.pipe()
        pid = child(lambda: _killed_at(step, jobs_dir, writer))  # noqa: B023 – the child has its own
        status = os.waitpid(pid, 0)[1]
        if status == 0:
            return
        assert status == signal.SIGKILL, status
        event = os.read(reader, 100).decode()
        os.close(reader)
        os.close(writer)
        kinds = sorted("a folder" if path.is_dir() else "a lock file" for path in jobs_dir.iterdir())
        sweep(jobs_dir, older_than_s=3600)
        rest = [path.name for path in jobs_dir.iterdir()]
        sys.stdout.write(f"{event}: {' and '.join(kinds) or 'no trace'}: {rest or 'nothing is left'}\n")
    raise AssertionError


def _killed_at(step: int, jobs_dir: Path, writer: int) -> None:
    left = [step]

    def hook(event: str, _arguments: tuple[object, ...]) -> None:
        if event in OURS:
            left[0] -= 1
            if left[0] < 0:
                os.write(writer, event.encode())
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    with run_folder(jobs_dir, "job") as folder:
        (folder / "input").mkdir()
        (folder / "input" / "000.png").touch()


if __name__ == "__main__":
    {"take": take, "kill": kill, "steps": steps}[sys.argv[1]](Path(sys.argv[2]))
