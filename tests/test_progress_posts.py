"""Posts of progress before servers that keep them waiting: none arrives after the result."""

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing

import pytest
from runpod.serverless.modules import rp_http

import handler
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.service import progress_sender

JOB = {"id": "job-1"}
LINKS = {f"file {index}": "https://bucket.example/" + "x" * 500 for index in range(20)}
REPORT = Progress("track", 3, 16, 40.0, early=LINKS)  # 10 kB, more than a server takes before it reads
LATE_S = 0.3


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Where progress is posted to: connections are taken by the system, and little more than 1 kB of each."""
    with closing(socket.socket()) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.setblocking(False)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/job-done/$ID?key=x"
        monkeypatch.setattr(rp_http, "JOB_DONE_URL", url)
        yield server


@asynccontextmanager
async def connection(server: socket.socket) -> AsyncIterator[socket.socket]:
    """The next connection."""
    taken, _ = await asyncio.get_running_loop().sock_accept(server)
    with closing(taken):
        taken.setblocking(False)
        yield taken


async def read_post(connected: socket.socket) -> bytes:
    """Reads a post to its end.

    Raises:
        ConnectionError: if it ends before.
    """
    received = b""
    while not received.endswith(b"}}}"):
        part = await asyncio.get_running_loop().sock_recv(connected, 4096)
        if not part:
            raise ConnectionAbortedError("the post ended in its middle")
        received += part
    return received


async def posted(
    serve: Callable[[asyncio.Event], Coroutine[None, None, None]], first: Progress, *others: Progress
) -> asyncio.Task[None]:
    """Posts progress; all but the first once the server has set the event. Returns its task."""
    begun = asyncio.Event()
    serving = asyncio.create_task(serve(begun))
    async with handler.post_progress(JOB) as report:
        report(first)
        await begun.wait()
        for progress in others:
            report(progress)
    return serving


def test_a_post_that_is_answered_late_is_waited_for(listening: socket.socket) -> None:
    events: list[str] = []

    async def serve(begun: asyncio.Event) -> None:
        async with connection(listening) as connected:
            begun.set()
            await asyncio.sleep(LATE_S)  # and it is not read yet
            await read_post(connected)
            events.append("arrived")
            await asyncio.sleep(LATE_S)
            events.append("answered")
            await asyncio.get_running_loop().sock_sendall(
                connected, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            )

    async def scene() -> None:
        serving = await posted(serve, REPORT)
        events.append("result")
        await serving

    asyncio.run(scene())
    assert events == ["arrived", "answered", "result"]


def test_a_post_that_nobody_reads_is_taken_back_before_the_result(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(progress_sender, "LAST_S", LATE_S)
    caplog.set_level(logging.WARNING)

    async def scene() -> None:
        async with AsyncExitStack() as stack:
            async with handler.post_progress(JOB) as report:
                report(REPORT)
                connected = await stack.enter_async_context(connection(listening))
                begun = time.monotonic()
            assert LATE_S <= time.monotonic() - begun < 10
            with pytest.raises(ConnectionError):  # the server wakes up, after the result
                await read_post(connected)

    asyncio.run(scene())
    assert "given up" in caplog.text


def test_a_post_that_is_never_answered_ends_with_its_connection_and_is_not_repeated(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress_sender, "LAST_S", LATE_S)
    events: list[str] = []

    async def serve(arrived: asyncio.Event) -> None:
        async with connection(listening) as connected:
            await read_post(connected)
            events.append("arrived")
            arrived.set()
            with pytest.raises(ConnectionResetError):
                await asyncio.get_running_loop().sock_recv(connected, 1)
            events.append("reset")
        async with connection(listening):
            events.append("came again")

    async def scene() -> None:
        serving = await posted(serve, REPORT, Progress("track", 4, 16, 41.0))
        events.append("result")
        await asyncio.sleep(3)  # the SDK's first pauses between tries are of one second
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(scene())
    assert sorted(events) == ["arrived", "reset", "result"]
    assert events[0] == "arrived"


def test_a_cancel_meanwhile_takes_the_post_back_too(listening: socket.socket) -> None:
    begun = asyncio.Event()

    async def run() -> None:
        async with handler.post_progress(JOB) as report:
            report(REPORT)
            await begun.wait()

    async def scene() -> None:
        running = asyncio.create_task(run())
        async with connection(listening) as connected:
            begun.set()
            await asyncio.sleep(LATE_S)
            assert not running.done()
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            with pytest.raises(ConnectionError):
                await read_post(connected)

    asyncio.run(scene())
