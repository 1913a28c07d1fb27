"""Whether a worker is fit to take jobs."""

import shutil
from pathlib import Path

from actionmesh_wrapper.errors import JobError, StartError
from actionmesh_wrapper.request import Options
from actionmesh_wrapper.worker import Worker

RESULTS_BYTES = 500_000_000  # frames, meshes, preview and archive of one job, with room to spare


def check(worker: Worker) -> None:
    """Checks the GPU, the disk, and the storage by trying it. Weights are verified before they are loaded.

    Raises:
        StartError: with what is wrong and the variable that it hangs on.
    """
    check_mode(worker)
    check_disk(worker)
    worker.storage.check()


def check_mode(worker: Worker) -> None:
    """Checks that the engine can do a job that asks for nothing special.

    Raises:
        StartError: if it cannot, such as for want of memory on the GPU.
    """
    mode = worker.settings.default_mode
    try:
        worker.engine.accept(Options(mode=mode), mesh=False)
    except JobError as error:
        raise StartError(f"DEFAULT_MODE={mode!r}: {error.message}") from error


def check_disk(worker: Worker) -> None:
    """Checks that the working folders' disk has room for as many jobs as the worker takes at a time.

    Raises:
        StartError: if it has not.
    """
    settings = worker.settings
    of_a_job = settings.max_video_bytes + settings.max_mesh_bytes + RESULTS_BYTES
    needed = of_a_job * settings.max_concurrent_jobs
    free = shutil.disk_usage(_existing(settings.jobs_dir.absolute())).free
    if free < needed:
        raise StartError(
            f"JOBS_DIR={str(settings.jobs_dir)!r}: {free / 1e9:.1f} GB are free, {needed / 1e9:.1f} needed"
        )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    return folder if folder.exists() else _existing(folder.parent)
