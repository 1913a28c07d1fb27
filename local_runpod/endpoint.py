"""The endpoint: jobs, workers, webhooks and faults, and the time that passes for them."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local_runpod.faults import Fault, Faults
from local_runpod.fleet import Fleet
from local_runpod.job import Job
from local_runpod.jobs import Jobs
from local_runpod.limits import Limits
from local_runpod.webhooks import Webhooks

TICK_S = 0.05  # how often is looked whether a wait is over, or something has timed out

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """What the endpoint is made of.

    Attributes:
        name: the endpoint's id in addresses.
        key: what its callers say who they are with.
        worker_key: the same for its workers.
        limits: RunPod's, or a test's.
        faults: what goes wrong on purpose.
    """

    name: str = "local"
    key: str = "local"
    worker_key: str = field(default_factory=secrets.token_urlsafe, repr=False)
    limits: Limits = field(default_factory=Limits)
    faults: tuple[Fault, ...] = ()


class Endpoint:
    """One endpoint, in memory.

    Args:
        settings: what it is made of.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.fleet = Fleet()
        self.faults = Faults(settings.faults)
        self.webhooks = Webhooks(settings.limits)
        self.jobs = Jobs(time.monotonic, settings.limits, self._tell_end)

    def health(self) -> dict[str, Any]:
        """What ``/health`` answers."""
        busy = {job.worker for job in self.jobs.running() if job.worker is not None}
        return {"jobs": self.jobs.counts(), "workers": self.fleet.counts(busy)}

    def lose_worker(self, worker: str) -> bool:
        """A worker has ended; its jobs go to another. Returns whether it had ever asked for work."""
        self.jobs.lose_worker(worker)
        return self.fleet.ended(worker)

    async def pass_time(self) -> None:
        """Lets things time out, for ever."""
        while True:
            self.jobs.sweep()
            await asyncio.sleep(TICK_S)

    def _tell_end(self, job: Job) -> None:
        log.info("job %s: %s %s", job.id, job.state, job.error or "")
        if job.submission.webhook is not None:
            self.webhooks.call(job.submission.webhook, job.status())


async def wait_until(is_over: Callable[[], bool], timeout_s: float) -> None:
    """Returns when the condition holds, or the time is over."""
    until = time.monotonic() + timeout_s
    while not is_over() and time.monotonic() < until:  # noqa: ASYNC110 – time is waited for, too
        await asyncio.sleep(TICK_S)
