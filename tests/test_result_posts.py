"""Posts of results on connections that break: none is lost, and none that was refused is repeated."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest
from aiohttp import ClientSession
from runpod.serverless.modules import rp_http

import handler

JOB = {"id": "job-1"}
RESULT = {"output": {"mesh": "x" * 900_000}}  # not sent in one go
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
TOO_MANY = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"
UNREAD = b""  # closed while the post is sent
UNANSWERED = b"-"  # closed once it is there


class Server:
    """Answers posts as it is told, the last way for ever; counts them, and results that arrived whole."""

    def __init__(self, *answers: bytes) -> None:
        self._answers = list(answers)
        self.posts = 0
        self.results = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                self.posts += 1
                answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
                if answer == UNREAD:
                    break
                await reader.readexactly(int(head.split(b"content-length:")[1].split()[0]))
                if answer == UNANSWERED:
                    break
                self.results += answer == OK
                writer.write(answer)
                await writer.drain()
        writer.transport.abort()


async def post(server: Server, url: Callable[[str], None]) -> None:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    async with listening, ClientSession() as session:
        url(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/job-done/$ID?key=x")
        await rp_http.send_result(session, RESULT, JOB)


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets where results go. No pause between two tries is long."""
    monkeypatch.setattr("aiohttp_retry.FibonacciRetry.get_timeout", lambda *_args, **_kwargs: 0.01)
    return partial(monkeypatch.setattr, rp_http, "JOB_DONE_URL")


@pytest.mark.parametrize("fault", [UNREAD, UNANSWERED, BUSY, TOO_MANY])
@pytest.mark.parametrize("times", [1, 5])
def test_a_result_arrives_in_the_end(fault: bytes, times: int, url: Callable[[str], None]) -> None:
    server = Server(*[fault] * times, OK)
    asyncio.run(post(server, url))
    assert (server.posts, server.results) == (times + 1, 1)


def test_a_result_that_is_refused_is_posted_once(url: Callable[[str], None]) -> None:
    server = Server(BAD_REQUEST)
    asyncio.run(post(server, url))
    assert server.posts == 1


def test_it_ends(url: Callable[[str], None], capsys: pytest.CaptureFixture[str]) -> None:
    server = Server(UNREAD)
    asyncio.run(post(server, url))
    assert server.posts == handler.POST_TRIES
    assert "Failed to return job results" in capsys.readouterr().out
