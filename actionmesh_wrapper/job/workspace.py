"""A job's working folder, and the room on its disk."""

import errno
import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from actionmesh_wrapper.errors import DiskFull, JobError
from actionmesh_wrapper.job.run_folder import run_folder
from actionmesh_wrapper.settings import Settings

LONGEST_NAME = 100  # characters; well below every file system's limit
RESULTS_BYTES = 1_000_000_000  # all kinds of output for 20,000 vertices and 121 keys, and an archive of them
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
    """Makes folders for one run of a job below ``jobs_dir`` and removes them at the end, however it ends.

    Runs of one job at a time have folders of their own, see `run_folder`.
    """
    with run_folder(jobs_dir, folder_name(job_id)) as root:
        folders = Workspace(root / "input", root / "output")
        folders.input.mkdir()
        folders.output.mkdir()
        yield folders


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


def unused_name(root: Path, name: str) -> str:
    """The name, or with the first number after it that no file or folder in ``root`` has yet."""
    return next(tried for tried in _numbered(name) if not (root / tried).exists())


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in count(2))


def job_bytes(settings: Settings) -> int:
    """What one job may take, in bytes."""
    return settings.max_video_bytes + settings.max_mesh_bytes + results_bytes(settings.max_frames)


def results_bytes(frames: int) -> int:
    """What the results of a job of at most so many frames may take, in bytes."""
    return max(RESULTS_BYTES, RESULTS_BYTES // 121 * frames)


@contextmanager
def enough_disk(folder: Path, needed: int) -> Iterator[None]:
    """Checks that a disk has room for a job, and tells from other failures that it was filled meanwhile.

    Args:
        folder: of the job, or one that it will be in.
        needed: bytes that the job may take.

    Raises:
        DiskFull: if it has not, and how much is needed and free; or if it, or another, was filled.
    """
    if (free := free_bytes(folder)) < needed:
        amounts = f"it may take {needed / 1e9:.2f} GB, {free / 1e9:.2f} GB are free"
        raise DiskFull(f"The worker's disk has no room for this job: {amounts}.")
    try:
        yield
    except (OSError, JobError) as error:
        if _is_full(error):
            free = free_bytes(folder)  # the job's files are gone by now
            raise DiskFull(
                "A disk became full while this job ran: that of its working folder, where "
                f"{free / 1e9:.2f} GB are free again, or that of its results."
            ) from error
        raise


def free_bytes(folder: Path) -> int:
    """What is free on a folder's disk; the folder need not exist yet."""
    folder = folder.absolute()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _is_full(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, is the disk's."""
    if error is None:
        return False
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    if isinstance(error, JobError) and any(words in error.detail for words in _AS_TOOLS_SAY):
        return True
    return _is_full(error.__cause__)
