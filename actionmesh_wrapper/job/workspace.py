"""A job's working folder, the room on its disk, and the removal of folders that killed workers left."""

import errno
import fcntl
import hashlib
import itertools
import platform
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from actionmesh_wrapper.errors import DiskFull, JobError
from actionmesh_wrapper.settings import Settings

LONGEST_NAME = 100  # characters; well below every file system's limit
MARK = ".actionmesh-job"  # lies in every folder of ours, so that nobody else's is ever removed
RESULTS_BYTES = 500_000_000  # frames, meshes, preview and archive of one job, with room to spare
_FULL = {errno.ENOSPC, errno.EDQUOT}
_AS_TOOLS_SAY = ("No space left on device", "Disk quota exceeded")  # into an error's detail


@dataclass(frozen=True)
class Workspace:
    """The folders of one job.

    Attributes:
        input: for the video and the frames taken from it, ``000.png`` ….
        output: for the results.
    """

    input: Path
    output: Path


@contextmanager
def workspace(jobs_dir: Path, job_id: str) -> Iterator[Workspace]:
    """Makes a job's folders below ``jobs_dir`` and removes them at the end, however the job ends.

    A folder that a killed worker left of the same job is emptied first; beside one where the same job still
    runs a second is made. While the job runs its mark is locked, and the system lets go of the lock should
    the process be killed.
    """
    root = _vacant(jobs_dir / folder_name(job_id))
    root.mkdir(parents=True, mode=0o700)
    try:
        with _marked(root):
            folders = Workspace(root / "input", root / "output")
            folders.input.mkdir()
            folders.output.mkdir()
            yield folders
    finally:
        shutil.rmtree(root, ignore_errors=True)


def folder_name(job_id: str) -> str:
    """A name for a job's folder or keys: the id itself where that is safe, else a safe form and its hash.

    The answer holds letters, digits, ``-``, ``_`` and ``.`` alone, starts with a letter, digit or ``_``, and
    differs for different ids.
    """
    if re.fullmatch(r"\w[\w.-]{0,99}", job_id, re.ASCII):
        return job_id
    safe = re.sub(r"[^\w.-]+", "_", job_id, flags=re.ASCII).lstrip(".-")
    digest = hashlib.sha256(job_id.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{safe[: LONGEST_NAME - 14] or 'job'}--{digest}"


def sweep(jobs_dir: Path, *, older_than_s: float) -> None:
    """Removes jobs' folders in ``jobs_dir`` that killed workers left behind.

    A folder of this host goes as soon as no process holds its lock. One of another host, with which the disk
    is shared but perhaps not its locks, goes when nothing was added to it for ``older_than_s`` seconds.
    """
    limit = time.time() - older_than_s
    for mark in jobs_dir.glob(f"*/{MARK}"):
        if not _is_held(mark) and (_is_of_this_host(mark) or _last_touched(mark.parent) < limit):
            shutil.rmtree(mark.parent, ignore_errors=True)


@contextmanager
def _marked(root: Path) -> Iterator[None]:
    """Marks a folder as a job's, under a lock from the first moment that the mark can be seen."""
    unseen = root / f"{MARK}.new"
    with unseen.open("w") as file:
        # On a file system without locks the mark names no host, and time alone counts.
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.write(platform.node())
            file.flush()
        unseen.rename(root / MARK)
        yield


def _vacant(root: Path) -> Path:
    """The folder, without what is left in it; where a job still runs in it, the next one."""
    nexts = (root.with_name(f"{root.name}--{number}") for number in itertools.count(2))
    candidate = root
    while _is_held(candidate / MARK):
        candidate = next(nexts)
    if (candidate / MARK).exists():
        shutil.rmtree(candidate)
    return candidate


def _is_held(mark: Path) -> bool:
    """Whether a process holds the mark's lock."""
    try:
        with mark.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # it is gone, or cannot be locked
        return False
    return False


def _is_of_this_host(mark: Path) -> bool:
    with suppress(OSError):
        return mark.read_text() == platform.node()
    return False


def _last_touched(folder: Path) -> float:
    """Unix time of the latest change in the folder or one level below; now, if it just vanished."""
    try:
        return max(path.stat().st_mtime for path in (folder, *folder.glob("*")))
    except OSError:
        return time.time()


def job_bytes(settings: Settings) -> int:
    """What one job may take, in bytes."""
    return settings.max_video_bytes + settings.max_mesh_bytes + RESULTS_BYTES


@contextmanager
def enough_disk(folder: Path, needed: int) -> Iterator[None]:
    """Checks that a disk has room for a job, and tells from other failures that it was filled meanwhile.

    Args:
        folder: of the job, or one that it will be in.
        needed: bytes that the job may take.

    Raises:
        DiskFull: if it has not; the message says how much is needed and how much is free.
    """
    if (free := free_bytes(folder)) < needed:
        raise _full(needed, free)
    try:
        yield
    except (OSError, JobError) as error:
        if _is_full(error):
            raise _full(needed, free_bytes(folder)) from error
        raise


def free_bytes(folder: Path) -> int:
    """What is free on a folder's disk; the folder need not exist yet."""
    folder = folder.absolute()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _full(needed: int, free: int) -> DiskFull:
    amounts = f"it may take {needed / 1e9:.2f} GB, {free / 1e9:.2f} GB are free"
    return DiskFull(f"The worker's disk has no room for this job: {amounts}.")


def _is_full(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, is the disk's."""
    if error is None:
        return False
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    if isinstance(error, JobError) and any(words in error.detail for words in _AS_TOOLS_SAY):
        return True
    return _is_full(error.__cause__)
