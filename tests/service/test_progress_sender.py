import asyncio
import logging
import threading
import time

import pytest

from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.service import progress_sender as module
from actionmesh_wrapper.service.progress_sender import ProgressSender

QUICK_S = 0.01


def progress(stage: str, index: int) -> Progress:
    return Progress(stage, index, 100, 0.0)


class Listener:
    """Takes reports, each in ``seconds``; counts how many come at a time."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.heard: list[Progress] = []
        self.times: list[float] = []
        self.at_a_time = self.most_at_a_time = 0

    async def __call__(self, progress: Progress) -> None:
        self.times.append(time.monotonic())
        self.at_a_time += 1
        self.most_at_a_time = max(self.most_at_a_time, self.at_a_time)
        await asyncio.sleep(self.seconds)
        self.at_a_time -= 1
        self.heard.append(progress)


async def until(condition: object) -> None:
    """Waits until a callable is true; the tests' own time limit ends it otherwise."""
    assert callable(condition)
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 – what is waited for has no event
            await asyncio.sleep(0.001)


def test_reports_come_in_order_one_at_a_time() -> None:
    listener = Listener(0.005)

    async def scene() -> None:
        async with ProgressSender(listener, QUICK_S) as sender:
            for stage in "abcd":
                for index in range(50):
                    sender.report(progress(stage, index))
                    await asyncio.sleep(0.0005)
            await until(lambda: listener.heard and listener.heard[-1] == progress("d", 49))

    asyncio.run(scene())
    assert listener.most_at_a_time == 1
    assert listener.heard == sorted(listener.heard, key=lambda one: (one.stage, one.index))
    assert {one.stage for one in listener.heard} == set("abcd")


def test_a_burst_is_thinned_to_the_latest_of_each_stage() -> None:
    listener = Listener()

    async def scene() -> None:
        async with ProgressSender(listener, QUICK_S) as sender:
            for stage in "ab":
                for index in range(100):
                    sender.report(progress(stage, index))
            await until(lambda: len(listener.heard) == 2)

    asyncio.run(scene())
    assert listener.heard == [progress("a", 99), progress("b", 99)]
    assert listener.times[1] - listener.times[0] >= QUICK_S


def test_takes_reports_from_threads_without_keeping_them_waiting() -> None:
    async def scene() -> None:
        may_arrive = asyncio.Event()
        heard: list[Progress] = []

        async def send(one: Progress) -> None:
            await may_arrive.wait()
            heard.append(one)

        async with ProgressSender(send, QUICK_S) as sender:
            for index in range(100):
                await asyncio.to_thread(sender.report, progress("a", index))
            assert heard == []
            may_arrive.set()
            await until(lambda: heard)

    asyncio.run(scene())


def test_nothing_is_sent_after_the_end_and_what_was_on_its_way_has_arrived() -> None:
    listener = Listener(0.05)

    async def scene() -> int:
        async with ProgressSender(listener, QUICK_S) as sender:
            sender.report(progress("a", 1))
            await until(lambda: listener.at_a_time)
            sender.report(progress("b", 1))
        heard = len(listener.heard)
        late = threading.Thread(target=sender.report, args=[progress("c", 1)])
        late.start()
        await asyncio.to_thread(late.join)
        await asyncio.sleep(0.1)
        return heard

    assert asyncio.run(scene()) == 1
    assert listener.heard == [progress("a", 1)]


def test_a_report_that_never_arrives_is_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "LAST_S", 0.05)
    listener = Listener(3600)

    async def scene() -> None:
        async with ProgressSender(listener, QUICK_S) as sender:
            sender.report(progress("a", 1))
            await until(lambda: listener.at_a_time)

    asyncio.run(scene())
    assert listener.heard == []
    assert "given up" in caplog.text


def test_a_lost_report_is_logged_and_the_next_one_sent(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    heard: list[Progress] = []

    async def send(one: Progress) -> None:
        if one.stage == "a":
            raise OSError("no line")
        heard.append(one)

    async def scene() -> None:
        async with ProgressSender(send, QUICK_S) as sender:
            sender.report(progress("a", 1))
            sender.report(progress("b", 1))
            await until(lambda: heard)

    asyncio.run(scene())
    assert heard == [progress("b", 1)]
    assert "a report of progress was lost" in caplog.text
