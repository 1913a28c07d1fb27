"""Progress on its way to a slow listener: in order, one report at a time, and none after the end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from actionmesh_wrapper.data.progress import Progress

log = logging.getLogger(__name__)

INTERVAL_S = 0.5  # from the end of one report to the start of the next
# How long a report that is on its way may take once the job is done. One that was given up may yet be
# done, and then after the result; gateways end it after 60 s, by nginx's and AWS's defaults.
LAST_S = 65.0


class ProgressSender:
    """Takes progress from any thread and sends it from the event loop.

    Every stage is reported at least once, unless the job is done first; within a stage the latest report
    replaces one that still waits. Used as ``async with ProgressSender(send) as sender``: when the block ends,
    the report on its way arrives, or is cancelled after `LAST_S` and has ended; those that wait are dropped,
    and nothing is sent any more.

    Args:
        send: sends one report; what it raises is logged, for a lost report is no reason to lose a job.
            Cancelled, it takes its request back.
        interval_s: seconds between two reports.
    """

    def __init__(self, send: Callable[[Progress], Awaitable[None]], interval_s: float = INTERVAL_S) -> None:
        self._send = send
        self._interval_s = interval_s
        self._waiting: list[Progress] = []  # one of a stage at most, in order
        self._has_reports = asyncio.Event()
        self._closed = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._sending = asyncio.create_task(self._send_reports())
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._closed.set()
        self._has_reports.set()
        try:
            await asyncio.wait_for(self._sending, LAST_S)
        except TimeoutError:
            log.warning("a report of progress was given up after %.0f s", LAST_S)

    def report(self, progress: Progress) -> None:
        """Takes a report, from any thread, and returns at once."""
        self._loop.call_soon_threadsafe(self._take, progress)

    def _take(self, progress: Progress) -> None:
        if self._closed.is_set():
            return
        if self._waiting and self._waiting[-1].stage == progress.stage:
            self._waiting.pop()
        self._waiting.append(progress)
        self._has_reports.set()

    async def _send_reports(self) -> None:
        while True:
            await self._has_reports.wait()
            if self._closed.is_set():
                return
            progress = self._waiting.pop(0)
            if not self._waiting:
                self._has_reports.clear()
            try:
                await self._send(progress)
            except Exception:
                log.warning("a report of progress was lost", exc_info=True)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closed.wait(), self._interval_s)
