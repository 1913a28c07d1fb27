"""The RunPod adapter: the only file that knows RunPod.

python handler.py                               on RunPod the worker; elsewhere the sample job
python handler.py --test_input                  the sample job, test_input.json
python handler.py --test_input '{"input": …}'   that job
python handler.py --test_input job.json         the job in that file
python handler.py --test_input clip.mp4         a job with that video
python handler.py --rp_serve_api                the SDK's local API, on PORT
"""

import asyncio
import base64
import json
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import runpod
from runpod.http_client import AsyncClientSession
from runpod.serverless.modules.rp_http import send_result
from runpod.serverless.modules.rp_logger import RunPodLogger
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.errors import Cancelled, Internal, JobError, OutOfMemory, StartError, StorageFailed
from actionmesh_wrapper.job.workspace import folder_name
from actionmesh_wrapper.service import health, logs
from actionmesh_wrapper.service.logs import Redactor, secrets_of
from actionmesh_wrapper.service.progress_sender import ProgressSender
from actionmesh_wrapper.service.worker import Worker
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.system import memory

SAMPLE = Path(__file__).with_name("test_input.json")

LONGEST_ANSWER = 10_000_000  # bytes of JSON; RunPod's limit

log = logging.getLogger("handler")

Job = dict[str, Any]
Report = Callable[[Progress], None]
Reporter = Callable[[Job], AbstractAsyncContextManager[Report]]
"""Gives what takes a job's progress, for as long as the job runs."""


def make_handler(
    worker: Worker, reporter: Reporter, redactor: Redactor
) -> Callable[[Job], Coroutine[Any, Any, dict[str, Any]]]:
    """The function that RunPod's SDK calls with each job.

    The job runs in a thread. When RunPod cancels it, the thread is told at its next report of progress, and
    the call ends only after the thread has, so that no job starts beside a running one.

    Args:
        worker: runs the jobs.
        reporter: takes their progress.
        redactor: is told of each job's own secrets.
    """

    async def handler(job: Job) -> dict[str, Any]:
        with logs.logging_job(job["id"]), redactor.hiding(keys_of(job)):  # the thread inherits the first
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
    """Runs a job and returns what RunPod passes on: the result, or ``{"error": "CODE: message"}``.

    After an error that may have left the worker unfit, ``refresh_worker`` asks RunPod for a new one.
    """
    try:
        result = worker.run(job["id"], job.get("input"), report, s3_config=job.get("s3Config"))
        return checked(result.model_dump(mode="json"))
    except JobError as error:
        log.warning("%s", f"{error} {error.detail}".strip(), exc_info=error.__cause__)
        return _failure(error)
    except MemoryError:
        log.exception("out of memory")
        return _failure(OutOfMemory("The job needs more memory than this worker has."))
    except Exception:  # the last line before the caller: whatever it is, it goes to the log and not further
        log.exception("unexpected error")
        return _failure(Internal("The worker failed unexpectedly; its log has the details."))
    finally:
        memory.give_back()


def keys_of(job: Job) -> list[str]:
    """The secrets that a job brings: the keys of its own bucket."""
    config = job.get("s3Config")
    given = config.items() if isinstance(config, dict) else ()
    return [
        value for name, value in given if name not in {"bucketName", "endpointUrl"} and isinstance(value, str)
    ]


def checked(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, if RunPod will take it as it goes out: JSON by the letter, and not too long.

    Otherwise the SDK loses it without a word.

    Raises:
        Internal: if it is no JSON, which no result is.
        StorageFailed: if it is too long, which only one without a bucket could be.
    """
    try:
        size = len(json.dumps(answer, allow_nan=False).encode())
    except (TypeError, ValueError) as error:
        raise Internal("The result cannot be told.") from error
    if size > LONGEST_ANSWER:
        raise StorageFailed("The result is too long for an answer; name fewer outputs, or set up a bucket.")
    return answer


def _failure(error: JobError) -> dict[str, Any]:
    return {"error": str(error)} | ({"refresh_worker": True} if error.poisons else {})


@asynccontextmanager
async def post_progress(job: Job) -> AsyncIterator[Report]:
    """Posts a job's progress to RunPod, where it stands as the job's output until the result does.

    The SDK's own ``progress_update`` starts a thread for each report: they overtake each other, and one that
    arrives after the result overwrites it.
    """

    async def post(progress: Progress) -> None:
        output = {name: value for name, value in asdict(progress).items() if name != "early" or value}
        await send_result(session, {"status": "IN_PROGRESS", "output": output}, job)

    async with AsyncClientSession() as session, ProgressSender(post) as sender, log_progress(job) as to_log:

        def report(progress: Progress) -> None:
            to_log(progress)
            sender.report(progress)

        yield report


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


@asynccontextmanager
async def draw_progress(job: Job) -> AsyncIterator[Report]:
    """Draws a bar in the terminal."""
    form = "{desc}: {percentage:3.0f}% |{bar}| {elapsed} {postfix}"
    with logging_redirect_tqdm(), tqdm(total=100.0, desc=job["id"], bar_format=form) as bar:

        def report(progress: Progress) -> None:
            bar.set_postfix_str(f"{progress.stage} {progress.index}/{progress.of}", refresh=False)
            bar.update(progress.percent - bar.n)

        yield report


def read_job(value: str) -> Job:
    """A job from what follows ``--test_input``: JSON, a file of JSON, or a video.

    Raises:
        StartError: if it is none of these.
    """
    path = Path(value)
    try:
        if value.lstrip().startswith("{"):
            return dict(json.loads(value))
        if path.suffix == ".json":
            return {"id": folder_name(path.stem)} | dict(json.loads(path.read_text("utf-8")))
        video = base64.b64encode(path.read_bytes()).decode()
    except (OSError, ValueError, TypeError) as error:
        raise StartError(
            f"--test_input: neither a job in JSON nor a file that can be read: {error}"
        ) from error
    return {"id": folder_name(path.stem), "input": {"video_base64": video}}


def sdk_arguments(arguments: Sequence[str], settings: Settings) -> list[str]:
    """The SDK's own arguments for ours.

    It wants a test job as JSON, and a log level: by default it logs results with all their links.

    Raises:
        StartError: if the test job cannot be read.
    """
    given: list[str] = []
    level = "INFO"
    for argument in arguments:
        given += argument.split("=", 1) if argument.startswith("--") else [argument]
    if not given and not settings.hosted:
        given = ["--test_input"]
    if "--test_input" in given:
        at = given.index("--test_input")
        has_value = at + 1 < len(given) and not given[at + 1].startswith("--")
        job = read_job((given[at + 1] if has_value else "") or str(SAMPLE))
        given[at : at + 1 + has_value] = ["--test_input", json.dumps(job)]
        level = "WARN"  # result.json has the result, and the log says where
    if "--rp_log_level" not in given:
        given += ["--rp_log_level", level]
    if "--rp_api_port" not in given:
        given += ["--rp_api_port", str(settings.port)]
    return given


def set_up_logs(settings: Settings, environ: Mapping[str, str]) -> Redactor:
    """Sets up the log and gives what redacts it: the SDK's own as well, which is printed past `logging`."""
    redactor = Redactor(secrets_of(environ))
    logs.configure(settings.log_level, settings.log_format, redactor)

    class Redacted:
        def __init__(self, message: object) -> None:
            self.message = message

        def __str__(self) -> str:  # which is asked for if the message is printed at all
            return redactor(str(self.message))

    log_as_it_is = RunPodLogger.log

    def log_redacted(self: RunPodLogger, message: object, *args: Any, **kwargs: Any) -> None:
        log_as_it_is(self, Redacted(message), *args, **kwargs)

    RunPodLogger.log = log_redacted
    return redactor


def choose_reporter(arguments: Sequence[str], settings: Settings) -> Reporter:
    """Where progress goes: to the terminal of a test job, to RunPod from a hosted worker, else to the log."""
    if "--test_input" in arguments:
        return draw_progress
    return post_progress if settings.hosted else log_progress


def main() -> None:
    """Loads the worker and hands it to the SDK, which never returns."""
    try:
        settings = Settings.from_env(os.environ)
        sys.argv[1:] = sdk_arguments(sys.argv[1:], settings)
        redactor = set_up_logs(settings, os.environ)
        worker = Worker.load(settings)
    except StartError as error:
        sys.exit(f"The worker cannot start.\n{error}")
    log.info("engine: %s; storage: %s", worker.engine.name, worker.storage.kind)
    runpod.serverless.register_fitness_check(lambda: health.check(worker))
    runpod.serverless.start(
        {
            "handler": make_handler(worker, choose_reporter(sys.argv, settings), redactor),
            "concurrency_modifier": lambda _current: settings.max_concurrent_jobs,
        }
    )


if __name__ == "__main__":
    main()
