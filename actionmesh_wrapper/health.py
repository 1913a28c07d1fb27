"""Whether a worker is fit to take jobs."""

import shutil
from pathlib import Path

from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.worker import Worker

RESULTS_BYTES = 500_000_000  # frames, meshes, preview and archive of one job, with room to spare


def check(worker: Worker) -> None:
    """Checks the disk and the storage by trying them.

    Raises:
        StartError: with what is wrong and the variable that it hangs on.
    """
    check_disk(worker)
    worker.storage.check()


def check_disk(worker: Worker) -> None:
    """Checks that the working folders' disk has room for as many jobs as the worker takes at a time.

    Raises:
        StartError: if it has not.
    """
    settings = worker.settings
    needed = (settings.max_video_bytes + RESULTS_BYTES) * settings.max_concurrent_jobs
    free = shutil.disk_usage(_existing(settings.jobs_dir.absolute())).free
    if free < needed:
        raise StartError(
            f"JOBS_DIR={str(settings.jobs_dir)!r}: {free / 1e9:.1f} GB are free, {needed / 1e9:.1f} needed"
        )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    return folder if folder.exists() else _existing(folder.parent)
