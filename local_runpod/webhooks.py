"""Calls a job's webhook when it ends."""

import asyncio
import logging
from typing import Any

import aiohttp

from local_runpod.limits import Limits

OK = 200
CALL_TIMEOUT_S = 10.0

log = logging.getLogger(__name__)


class Webhooks:
    """Calls webhooks in the background of one event loop.

    Args:
        limits: how often a call is repeated, and after which pause.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._calls: set[asyncio.Task[None]] = set()

    def call(self, url: str, status: dict[str, Any]) -> None:
        """Posts a job's status, again until it is answered with 200 or that was tried often enough."""
        task = asyncio.create_task(self._call(url, status))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def close(self) -> None:
        """Gives up the calls that are not done."""
        for task in self._calls:
            task.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def _call(self, url: str, status: dict[str, Any]) -> None:
        timeout = aiohttp.ClientTimeout(total=CALL_TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            for attempt in range(1 + self._limits.webhook_retries):
                if attempt:
                    await asyncio.sleep(self._limits.webhook_pause_s)
                try:
                    async with session.post(url, json=status) as answer:
                        if answer.status == OK:
                            return
                        log.warning("webhook of job %s: answered %d", status["id"], answer.status)
                except (aiohttp.ClientError, TimeoutError) as error:
                    log.warning("webhook of job %s: %s", status["id"], error)
