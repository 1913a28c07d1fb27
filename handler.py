"""The RunPod adapter: the only file that knows RunPod.

python handler.py                               on RunPod the worker; elsewhere the sample job
python handler.py --test_input                  the sample job, test_input.json
python handler.py --test_input '{"input": …}'   that job
python handler.py --test_input job.json         the job in that file
python handler.py --test_input clip.mp4         a job with that video
python handler.py --rp_serve_api                the SDK's local API, on PORT
"""

import base64
import json
import logging
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

import runpod
from aiohttp import ClientSession, ClientTimeout, TCPConnector
from runpod.http_client import get_auth_header
from runpod.serverless.modules.rp_http import send_result
from runpod.serverless.modules.rp_logger import RunPodLogger
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.host import LAPTOP, Host, drop_empty
from actionmesh_wrapper.job.workspace import folder_name
from actionmesh_wrapper.service import logs
from actionmesh_wrapper.service.jobs import Job, Report, Reporter, log_progress, make_handler
from actionmesh_wrapper.service.logs import Redactor
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

log = logging.getLogger("handler")


def host_of(environ: Mapping[str, str]) -> Host:
    """RunPod, where its variable says so, or this machine."""
    return RUNPOD if environ.get(POD_ID) else LAPTOP


@asynccontextmanager
async def post_progress(job: Job) -> AsyncIterator[Report]:
    """Posts a job's progress to RunPod, where it stands as the job's output until the result does.

    The SDK's own ``progress_update`` starts a thread for each report: they overtake each other, and one that
    arrives after the result overwrites it. Here the last one is answered before the result goes out, or given
    up with its connection, which is reset: a server that has not read it whole then never will.
    """

    async def post(progress: Progress) -> None:
        output = {name: value for name, value in asdict(progress).items() if name != "early" or value}
        await send_result(session, {"status": "IN_PROGRESS", "output": output}, job)

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
    form = "{desc}: {percentage:3.0f}% |{bar}| {elapsed} {postfix}"
    with logging_redirect_tqdm(), tqdm(total=100.0, desc=logs.in_one_line(job["id"]), bar_format=form) as bar:

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


def sdk_arguments(arguments: Sequence[str], settings: Settings, host: Host) -> list[str]:
    """The SDK's own arguments for ours.

    It wants a test job as JSON, and a log level: by default it logs results with all their links.

    Raises:
        StartError: if the test job cannot be read.
    """
    flags: list[str] = []
    level = "INFO"
    for argument in arguments:
        flags += argument.split("=", 1) if argument.startswith("--") else [argument]
    if not flags and not host.is_serverless:
        flags = ["--test_input"]
    if "--test_input" in flags:
        at = flags.index("--test_input")
        has_value = at + 1 < len(flags) and not flags[at + 1].startswith("--")
        job = read_job((flags[at + 1] if has_value else "") or str(SAMPLE))
        flags[at : at + 1 + has_value] = ["--test_input", json.dumps(job)]
        level = "WARN"  # result.json has the result, and the log says where
    if "--rp_log_level" not in flags:
        flags += ["--rp_log_level", level]
    if "--rp_api_port" not in flags:
        flags += ["--rp_api_port", str(settings.port)]
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


def main() -> None:
    """Loads the worker and hands it to the SDK, which never returns."""
    drop_empty(os.environ)
    try:
        settings, host = Settings.from_env(os.environ), host_of(os.environ)
        sys.argv[1:] = sdk_arguments(sys.argv[1:], settings, host)
        redactor = set_up_logs(settings, os.environ)
        worker = Worker.load(settings, host)
    except StartError as error:
        redactor = Redactor(logs.secrets_of(os.environ))
        sys.exit(f"The worker cannot start.\n{redactor(str(error))}")
    log.info("engine: %s; storage: %s", worker.engine.facts.name, worker.storage.kind)
    runpod.serverless.register_fitness_check(worker.check)
    runpod.serverless.start(
        {
            "handler": make_handler(worker, choose_reporter(sys.argv, host), redactor),
            "concurrency_modifier": lambda _current: settings.max_concurrent_jobs,
        }
    )


if __name__ == "__main__":
    main()
