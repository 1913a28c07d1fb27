"""The RunPod adapter: the only file that knows RunPod.

On RunPod it is the worker. On a machine of your own it runs one job and ends, as RunPod's SDK tests a
handler: the sample, or the job or clip that is named. `actionmesh-worker CLIP` has a request's options, too.

Exit codes of a job: 0 done, 1 it failed or the worker cannot start, 2 an argument is wrong, 130 Ctrl-C.
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Event
from typing import Any, NoReturn

STOPPED_CODE = 130  # what shells give a program that Ctrl-C has ended: 128 and the signal's number
SDK_FLAGS = {  # the SDK's own, with what they take
    "--rp_log_level": "LEVEL",
    "--rp_api_port": "PORT",
    "--rp_api_host": "HOST",
    "--rp_api_concurrency": "NUMBER",
    "--rp_serve_api": None,
    "--rp_debugger": None,
}


def read_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line: ours, and the SDK's flags, which are handed on.

    Raises:
        SystemExit: 0 after ``--help``, 2 if there is anything else.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    job = parser.add_mutually_exclusive_group()
    job.add_argument("clip", nargs="?", metavar="CLIP", help="a video: the same as --test_input CLIP")
    job.add_argument(
        "--test_input",
        nargs="?",
        const="",
        metavar="JOB",
        help="run one job: as JSON, a file of JSON, or a video; without a value, test_input.json",
    )
    sdk = parser.add_argument_group("the SDK's own", "--rp_serve_api: its local API, on PORT")
    for flag, value in SDK_FLAGS.items():
        if value is None:
            sdk.add_argument(flag, action="store_true")
        else:
            sdk.add_argument(flag, metavar=value)
    return parser.parse_args(arguments)


def say_stopped(*_: object) -> NoReturn:
    """Ends the program after Ctrl-C."""
    os.write(2, b"\nStopped by Ctrl-C.\n")  # Python's stderr may be at a line of its own
    sys.exit(STOPPED_CODE)


if __name__ == "__main__":  # before what takes seconds to import
    signal.signal(signal.SIGINT, say_stopped)
    read_arguments(sys.argv[1:])

import runpod
from aiohttp import ClientConnectionError, ClientPayloadError, ClientSession, ClientTimeout, TCPConnector
from aiohttp_retry import FibonacciRetry
from runpod.http_client import get_auth_header
from runpod.serverless.modules import rp_http
from runpod.serverless.modules.rp_logger import RunPodLogger

from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.host import LAPTOP, Host, drop_empty
from actionmesh_wrapper.job.workspace import folder_name
from actionmesh_wrapper.service import logs, terminal
from actionmesh_wrapper.service.jobs import Handler, Job, Report, Reporter, log_progress, make_handler
from actionmesh_wrapper.service.logs import Redactor
from actionmesh_wrapper.service.named_job import read_job
from actionmesh_wrapper.service.progress_sender import ProgressSender
from actionmesh_wrapper.service.worker import Worker
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.system.sockets import resetting_socket

SAMPLE = Path(__file__).with_name("test_input.json")

RUNPOD = Host(
    name="RunPod",
    is_serverless=True,
    answer_bytes=10_000_000,
    weights_dirs=(Path("/runpod-volume/actionmesh-weights"),),
    hub_caches=(Path("/runpod-volume/huggingface-cache/hub"),),
)
POD_ID = "RUNPOD_POD_ID"  # a variable that RunPod sets
POST_S = 600.0  # for a post of progress, as the SDK has it; while it hangs, reports wait and the job goes on
POST_TRIES = 12  # of a post of progress or a result: a minute and a half, with the pauses between

log = logging.getLogger("handler")


def host_of(environ: Mapping[str, str]) -> Host:
    """RunPod, where its variable says so, or this machine."""
    return RUNPOD if environ.get(POD_ID) else LAPTOP


def retry_of_posts(**_: object) -> FibonacciRetry:
    """When the SDK posts progress or a result again: after a server's error, and where no answer came.

    Its own three tries end at the first broken connection, for `aiohttp_retry` repeats no post after an error
    that is not named: a job's result is lost with a connection that the other side closes as it is used.
    """
    return FibonacciRetry(
        POST_TRIES,
        statuses={408, 425, 429},
        exceptions={ClientConnectionError, ClientPayloadError, TimeoutError},
        max_timeout=10.0,
    )


rp_http.FibonacciRetry = retry_of_posts


@asynccontextmanager
async def post_progress(job: Job) -> AsyncIterator[Report]:
    """Posts a job's progress to RunPod, where it stands as the job's output until the result does.

    The SDK's own ``progress_update`` starts a thread for each report: they overtake each other, and one that
    arrives after the result overwrites it. Here the last one is answered before the result goes out, or given
    up with its connection, which is reset: a server that has not read it whole then never will.
    """

    async def post(progress: Progress) -> None:
        output = {name: value for name, value in asdict(progress).items() if name != "early" or value}
        await rp_http.send_result(session, {"status": "IN_PROGRESS", "output": output}, job)

    session = ClientSession(
        connector=TCPConnector(socket_factory=resetting_socket),
        headers=get_auth_header(),
        timeout=ClientTimeout(total=POST_S),
    )
    async with session, ProgressSender(post) as sender, log_progress(job) as to_log:

        def report(progress: Progress) -> None:
            to_log(progress)
            sender.report(progress)

        yield report


@asynccontextmanager
async def draw_progress(job: Job) -> AsyncIterator[Report]:
    """Draws a bar in the terminal."""
    with terminal.show_progress(logs.in_one_line(job["id"])) as report:
        yield report


def sdk_arguments(options: argparse.Namespace, settings: Settings, host: Host) -> list[str]:
    """The SDK's own arguments for ours.

    It wants a test job as JSON, and a log level: by default it logs results with all their links.

    Raises:
        StartError: if the test job cannot be read.
    """
    job = options.clip if options.test_input is None else options.test_input or str(SAMPLE)
    if job is None and not options.rp_serve_api and not host.is_serverless:
        job = str(SAMPLE)
    flags = [] if job is None else ["--test_input", json.dumps(read_job(job, settings.output_dir))]
    # result.json has a test job's result, and the summary says where
    defaults = {"--rp_log_level": "INFO" if job is None else "WARN", "--rp_api_port": str(settings.port)}
    for flag in SDK_FLAGS:
        value = getattr(options, flag.removeprefix("--")) or defaults.get(flag)
        flags += [] if not value else [flag] if value is True else [flag, value]
    return flags


def set_up_logs(settings: Settings, environ: Mapping[str, str]) -> Redactor:
    """Sets up the log and gives what redacts it: the SDK's own as well, which is printed past `logging`."""
    redactor = logs.set_up(settings, environ)

    class Redacted:
        def __init__(self, message: object) -> None:
            self.message = message

        def __str__(self) -> str:  # which is asked for if the message is printed at all
            return redactor(str(self.message))

    log_as_it_is = RunPodLogger.log

    def log_redacted(
        self: RunPodLogger, message: object, message_level: str = "INFO", job_id: str | None = None
    ) -> None:
        log_as_it_is(self, Redacted(message), message_level, job_id and logs.in_one_line(job_id))

    RunPodLogger.log = log_redacted
    return redactor


def choose_reporter(arguments: Sequence[str], host: Host) -> Reporter:
    """Where progress goes: to the terminal of a test job, to RunPod from a worker there, else to the log."""
    if "--test_input" in arguments:
        return draw_progress
    return post_progress if host is RUNPOD else log_progress


def show_end(handler: Handler, worker: Worker, stopped: Event) -> Handler:
    """The handler, for one job at a terminal: it prints a summary, or sets that the job was stopped."""

    async def shown(job: Job) -> dict[str, Any]:
        try:
            answer = await handler(job)
        except asyncio.CancelledError:
            stopped.set()
            raise
        if "error" not in answer:
            print(terminal.summary(Result.model_validate(answer), where(job["id"])))  # noqa: T201
        return answer

    def where(job_id: str) -> str:
        name, settings = folder_name(job_id), worker.settings
        if settings.bucket_name is not None:
            return f"bucket {settings.bucket_name}, {settings.bucket_prefix}{name}/"
        return f"{settings.output_dir.resolve() / name}{os.sep}"

    return shown


def main() -> None:
    """Loads the worker and hands it to the SDK, which never returns."""
    drop_empty(os.environ)
    try:
        settings, host = Settings.from_env(os.environ), host_of(os.environ)
        sys.argv[1:] = sdk_arguments(read_arguments(sys.argv[1:]), settings, host)
        if is_test := "--test_input" in sys.argv:
            settings = terminal.quiet(settings, os.environ)
        redactor = set_up_logs(settings, os.environ)
        worker = Worker.load(settings, host)
        if is_test and settings.bucket_name is None:
            worker.storage.check()  # the SDK checks a worker, and no test job; a bucket may be tried again
    except StartError as error:
        redactor = Redactor(logs.secrets_of(os.environ))
        sys.exit(f"The worker cannot start.\n{redactor(str(error))}")
    handler, stopped = make_handler(worker, choose_reporter(sys.argv, host), redactor), Event()
    if is_test:
        print(terminal.engine_line(worker.engine.facts), file=sys.stderr, flush=True)  # noqa: T201
        handler = show_end(handler, worker, stopped)
    log.info("engine: %s; storage: %s", worker.engine.facts.name, worker.storage.kind)
    RunPodLogger.level = "INFO"  # its own default has a line on each check that is registered
    runpod.serverless.register_fitness_check(worker.check)
    try:
        runpod.serverless.start(
            {"handler": handler, "concurrency_modifier": lambda _current: settings.max_concurrent_jobs}
        )
    except SystemExit:  # the SDK's way to leave, with 0 after Ctrl-C
        if stopped.is_set():
            say_stopped()
        raise


if __name__ == "__main__":
    main()
