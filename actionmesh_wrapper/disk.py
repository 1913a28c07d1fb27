"""Room on the worker's disk: asked for before a job, and named where it runs out on the way."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from actionmesh_wrapper.errors import DiskFull, JobError
from actionmesh_wrapper.settings import Settings

RESULTS_BYTES = 500_000_000  # frames, meshes, preview and archive of one job, with room to spare
_FULL = {errno.ENOSPC, errno.EDQUOT}
_AS_TOOLS_SAY = ("No space left on device", "Disk quota exceeded")  # into an error's detail


def job_bytes(settings: Settings) -> int:
    """What one job may take, in bytes."""
    return settings.max_video_bytes + settings.max_mesh_bytes + RESULTS_BYTES


@contextmanager
def room(folder: Path, needed: int) -> Iterator[None]:
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
    told = f"it may take {needed / 1e9:.2f} GB, {free / 1e9:.2f} GB are free"
    return DiskFull(f"The worker's disk has no room for this job: {told}.")


def _is_full(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, is the disk's."""
    if error is None:
        return False
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    if isinstance(error, JobError) and any(words in error.detail for words in _AS_TOOLS_SAY):
        return True
    return _is_full(error.__cause__)
