"""Jobs of any host: one is run in a thread, can be cancelled, and is answered with a result or an error."""

import asyncio
import json
import logging
import math
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

from actionmesh_wrapper.contract.bounds import beyond_bounds
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.errors import Cancelled, Internal, JobError, OutOfMemory, StorageFailed
from actionmesh_wrapper.service import logs
from actionmesh_wrapper.service.logs import Redactor
from actionmesh_wrapper.service.worker import Worker
from actionmesh_wrapper.system import accelerator, memory

log = logging.getLogger(__name__)

Job = dict[str, Any]
"""A job as it comes: ``id``, ``input``, and perhaps ``s3Config``, a bucket of its own, and ``policy``."""
Report = Callable[[Progress], None]
Reporter = Callable[[Job], AbstractAsyncContextManager[Report]]
"""Gives what takes a job's progress, for as long as the job runs."""
Handler = Callable[[Job], Coroutine[Any, Any, dict[str, Any]]]
"""Answers a job: the result, or ``{"error": "CODE: message"}``."""


def make_handler(worker: Worker, reporter: Reporter, redactor: Redactor) -> Handler:
    """The function that a host calls with each job.

    The job runs in a thread. When the host cancels it, the thread is told at its next report of progress, and
    the call ends only after the thread has, so that no job starts beside a running one.

    Args:
        worker: runs the jobs.
        reporter: takes their progress.
        redactor: is told of each job's own secrets.
    """

    async def handler(job: Job) -> dict[str, Any]:
        with logs.logging_job(job["id"]), redactor.hiding(secrets_of(job)):  # the thread inherits the first
            return await run(job)

    async def run(job: Job) -> dict[str, Any]:
        cancelled = threading.Event()
        async with reporter(job) as report:

            def report_unless_cancelled(progress: Progress) -> None:
                if cancelled.is_set():
                    raise Cancelled
                report(progress)

            running = asyncio.create_task(asyncio.to_thread(answer, worker, job, report_unless_cancelled))
            try:
                return await asyncio.shield(running)
            except asyncio.CancelledError:
                cancelled.set()
                await _end_of(running)
                log.info("cancelled")
                raise

    return handler


async def _end_of(task: asyncio.Task[Any]) -> None:
    """Waits for a task to end, however often this is cancelled; its outcome is dropped."""
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([task])
    if not task.cancelled():
        task.exception()


def answer(worker: Worker, job: Job, report: Report) -> dict[str, Any]:
    """Runs a job and returns what the host passes on: the result, or ``{"error": "CODE: message"}``.

    ``refresh_worker`` asks for a new worker, after an error that may have left this one unfit, and with any
    answer once the GPU has failed: a result may be there all the same, as when the preview was the one to
    meet the fault.
    """
    answered, poisoned = _run(worker, job, report)
    return answered | ({"refresh_worker": True} if poisoned or accelerator.has_failed() else {})


def _run(worker: Worker, job: Job, report: Report) -> tuple[dict[str, Any], bool]:
    """The answer, and whether its error poisons the worker."""
    try:
        result = worker.run(
            job["id"], job.get("input"), report, s3_config=job.get("s3Config"), timeout_s=timeout_of(job)
        )
        return checked(result.model_dump(mode="json"), worker.host.answer_bytes), False
    except JobError as error:
        accelerator.note(error)
        log.warning("%s", f"{error} {error.detail}".strip(), exc_info=error.__cause__)
        return _failure(error)
    except Exception as error:  # the last line before the caller: it goes to the log and not further
        if memory.ran_out(error):
            log.exception("out of memory")
            return _failure(OutOfMemory("The job needs more memory than this worker has."))
        fault = accelerator.note(error)
        log.exception("%s", fault.code if fault else "unexpected error")
        return _failure(fault or Internal("The worker failed unexpectedly; its log has the details."))
    finally:
        memory.give_back()


def secrets_of(job: Job) -> list[str]:
    """The secrets that a job brings: the keys of its own bucket. One that is too large is refused unread."""
    config = job.get("s3Config")
    fields = config.items() if isinstance(config, dict) and not beyond_bounds(config, config) else ()
    return [
        value
        for name, value in fields
        if name not in {"bucketName", "endpointUrl", "region"} and isinstance(value, str)
    ]


def timeout_of(job: Job) -> float | None:
    """Seconds that a job may run by its own policy; None where it says nothing that can be understood."""
    policy = job.get("policy")
    timeout_ms = policy.get("executionTimeout") if isinstance(policy, dict) else None
    if not isinstance(timeout_ms, int | float) or not 1 < timeout_ms < math.inf:  # True is 1
        return None
    return timeout_ms / 1000


def checked(result: dict[str, Any], most_bytes: int | None) -> dict[str, Any]:
    """The result, if the host will take it as it goes out: JSON by the letter, and not too long.

    Otherwise it would be lost without a word.

    Args:
        result: the answer.
        most_bytes: of JSON that the host takes; None: any.

    Raises:
        Internal: if it is no JSON, which no result is.
        StorageFailed: if it is too long, which only one without a bucket could be.
    """
    try:
        size = len(json.dumps(result, allow_nan=False).encode())
    except (TypeError, ValueError) as error:
        raise Internal("The result cannot be told.") from error
    if most_bytes is not None and size > most_bytes:
        raise StorageFailed("The result is too long for an answer; name fewer outputs, or set up a bucket.")
    return result


def _failure(error: JobError) -> tuple[dict[str, Any], bool]:
    return {"error": str(error)}, error.poisons


@asynccontextmanager
async def log_progress(_: Job) -> AsyncIterator[Report]:
    """Logs each stage of a job as it begins."""
    stage = ""

    def report(progress: Progress) -> None:
        nonlocal stage
        if progress.stage != stage:
            stage = progress.stage
            log.info("%s, %.0f %%", stage, progress.percent)

    yield report
