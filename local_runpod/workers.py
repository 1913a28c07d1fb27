"""Starts the endpoint's workers, restarts those that end, and stops them all."""

import asyncio
import logging
import os
import secrets
import signal
import string
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from local_runpod import leash
from local_runpod.endpoint import Endpoint, Settings

GRACE_S = 5.0  # more than the SDK takes to end when it has no job
LEASH = (sys.executable, "-I", "-S", leash.__file__)  # before a command
LONGEST_PAUSE_S = 30.0  # before a worker that cannot start is tried again

log = logging.getLogger(__name__)


def worker_environment(settings: Settings, url: str, worker: str) -> dict[str, str]:
    """The variables that make a program with RunPod's SDK a worker of the endpoint.

    The SDK puts the worker's id for ``$RUNPOD_POD_ID``, and for ``$ID`` in the first address, else the job's.
    It makes the address of ``job-stop`` and ``job-take-batch`` from that of ``job-take``, and appends to the
    query of each.

    Args:
        settings: the endpoint's.
        url: where the endpoint is, such as ``http://127.0.0.1:8000``.
        worker: the worker's id.
    """
    base = f"{url}/v2/{settings.name}"
    query = f"?key={settings.worker_key}"
    return {
        "RUNPOD_WEBHOOK_GET_JOB": f"{base}/job-take/$ID{query}",
        "RUNPOD_WEBHOOK_POST_OUTPUT": f"{base}/job-done/$RUNPOD_POD_ID/$ID{query}",
        "RUNPOD_WEBHOOK_POST_STREAM": f"{base}/job-stream/$RUNPOD_POD_ID/$ID{query}",
        "RUNPOD_WEBHOOK_PING": f"{base}/ping/$RUNPOD_POD_ID{query}",
        "RUNPOD_PING_INTERVAL": str(settings.limits.ping_s * 1000),
        "RUNPOD_AI_API_KEY": settings.worker_key,
        "RUNPOD_ENDPOINT_ID": settings.name,
        "RUNPOD_POD_ID": worker,
    }


def new_worker_id() -> str:
    """An id as RunPod's pods have."""
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(14))


class Workers:
    """A number of workers, each a process in a group of its own, kept running in one event loop.

    None outlives this process, even where that is killed.

    Args:
        endpoint: whose workers they are.
        command: the worker's program and arguments.
        environ: its environment, to which `worker_environment` is added.
        count: how many there are.
        grace_s: how long they may finish what they do when they are stopped.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        command: Sequence[str],
        environ: Mapping[str, str],
        count: int = 1,
        grace_s: float = GRACE_S,
    ) -> None:
        self._endpoint = endpoint
        self._command = command
        self._environ = environ
        self._count = count
        self._grace_s = grace_s
        self._stopping = asyncio.Event()
        self._places: list[asyncio.Task[None]] = []
        self.processes: dict[str, asyncio.subprocess.Process] = {}

    def start(self, url: str) -> None:
        """Starts them.

        Args:
            url: where the endpoint is, such as ``http://127.0.0.1:8000``.
        """
        self._places = [asyncio.create_task(self._keep_one(url)) for _ in range(self._count)]

    async def stop(self) -> None:
        """Stops them: what they do they may finish in `grace_s`; then they are killed."""
        self._stopping.set()
        for worker, process in self.processes.items():
            self._dismiss(worker, process)
        if self._places:
            _, late = await asyncio.wait(self._places, timeout=self._grace_s)
            for place in late:
                place.cancel()
            await asyncio.gather(*self._places, return_exceptions=True)

    async def _keep_one(self, url: str) -> None:
        """Keeps one worker running; one that never asks for work is tried again after longer and longer."""
        pause_s = 1.0
        while not self._stopping.is_set():
            worker = new_worker_id()
            code = await self._run_one(worker, url)
            if self._endpoint.lose_worker(worker):
                pause_s = 1.0
                continue
            log.error("worker %s did not start: exit code %d; again in %.0f s", worker, code, pause_s)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause_s)
            self._endpoint.fleet.forget(worker)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _run_one(self, worker: str, url: str) -> int:
        """Runs a worker to its end, and leaves no process of its group behind."""
        environ = {**self._environ, **worker_environment(self._endpoint.settings, url, worker)}
        self._endpoint.fleet.announce(worker)
        process = await asyncio.create_subprocess_exec(
            *LEASH, *self._command, env=environ, stdin=subprocess.PIPE, start_new_session=True
        )
        self.processes[worker] = process
        log.info("worker %s: started, process %d", worker, process.pid)
        if self._stopping.is_set():
            self._dismiss(worker, process)
        try:
            return await process.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            assert process.stdin is not None
            process.stdin.close()
            del self.processes[worker]
            log.info("worker %s: ended, exit code %d", worker, await process.wait())

    def _dismiss(self, worker: str, process: asyncio.subprocess.Process) -> None:
        self._endpoint.fleet.dismiss(worker)
        with suppress(ProcessLookupError):
            process.terminate()
