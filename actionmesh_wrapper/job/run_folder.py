"""A folder for each run of a job: taken under a lock, and swept once nobody holds that.

What a run makes, in this order: a lock file, the lock on it, the folder; what it removes: the folder, the
lock file. So wherever it is killed, what is left has a lock file, and the system has let go of the lock.
Names are used once, so two runs of a job never meet, and whoever removes a folder by its name removes no
other's.
"""

import fcntl
import platform
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TextIO
from uuid import uuid4

NO_LOCKS = "0" * 8  # in place of the host, on a file system without locks: time alone tells
_RUN = re.compile(r"\w[\w.-]*--([0-9a-f]{8})-[0-9a-f]{32}", re.ASCII)  # nobody else has such names


@contextmanager
def run_folder(jobs_dir: Path, name: str) -> Iterator[Path]:
    """Makes a folder that no other run has, and removes it at the end, however the run ends.

    Args:
        jobs_dir: is made if missing.
        name: what the folder's name begins with: letters, digits, ``-``, ``_`` and ``.``, 100 at most.

    Raises:
        OSError: if it cannot be made.
    """
    jobs_dir.mkdir(parents=True, exist_ok=True)
    folder, lock = _take(jobs_dir, name)
    with lock:
        try:
            folder.mkdir(mode=0o700)
            yield folder
        finally:
            _remove(folder)


def sweep(jobs_dir: Path, *, older_than_s: float) -> None:
    """Removes the folders in ``jobs_dir`` that killed workers left behind.

    A folder of this host goes as soon as no process holds its lock. One of another host, with which the disk
    is shared but perhaps not its locks, goes when nothing was added to it for ``older_than_s`` seconds, and
    so does one whose lock file somebody removed. What is not named as a run's folder stays.
    """
    limit = time.time() - older_than_s
    for name in {path.name.removeprefix(".").removesuffix(".lock") for path in jobs_dir.glob("*")}:
        if run := _RUN.fullmatch(name):
            _sweep(jobs_dir / name, run[1], limit)


def _take(jobs_dir: Path, name: str) -> tuple[Path, TextIO]:
    """A folder's path that is a run's alone, and its lock file, which is locked where there are locks."""
    host = _this_host()
    while True:
        folder = jobs_dir / f"{name}--{host}-{uuid4().hex}"
        lock = _lock_of(folder).open("x")
        if host == NO_LOCKS:
            return folder, lock
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _lock_of(folder).exists():
                return folder, lock
        except BlockingIOError:
            pass  # a sweep looks at it, and takes it for one that was left
        except OSError:
            host = NO_LOCKS
        lock.close()
        _lock_of(folder).unlink(missing_ok=True)


def _sweep(folder: Path, host: str, limit: float) -> None:
    """Removes a folder if nobody works in it: by its lock, or untouched since the limit, in Unix time."""
    try:
        lock = _lock_of(folder).open("r+")
    except FileNotFoundError:  # the run has just ended, or its lock file was removed by somebody
        if _last_touched(folder) < limit:
            _remove(folder)
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        except OSError:
            host = NO_LOCKS
        if host == _this_host() or _last_touched(folder) < limit:
            _remove(folder)


def _remove(folder: Path) -> None:
    """Removes a folder, and once it is gone its lock file."""
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        _lock_of(folder).unlink(missing_ok=True)


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.lock")


def _this_host() -> str:
    return sha256(platform.node().encode()).hexdigest()[:8]


def _last_touched(folder: Path) -> float:
    """Unix time of the latest change of lock file, folder, or one level below; now, if all is gone."""
    times = []
    for path in (_lock_of(folder), folder, *folder.glob("*")):
        try:
            times.append(path.stat().st_mtime)
        except OSError:
            continue
    return max(times, default=time.time())
