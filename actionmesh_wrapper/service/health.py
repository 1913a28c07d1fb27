"""Whether a worker is fit to take jobs."""

from actionmesh_wrapper.contract.request import Options
from actionmesh_wrapper.errors import JobError, StartError
from actionmesh_wrapper.job.workspace import free_bytes, job_bytes
from actionmesh_wrapper.service.worker import Worker


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
    needed = job_bytes(settings) * settings.max_concurrent_jobs
    if (free := free_bytes(settings.jobs_dir)) < needed:
        raise StartError(
            f"JOBS_DIR={str(settings.jobs_dir)!r}: {free / 1e9:.1f} GB are free, {needed / 1e9:.1f} needed"
        )
