import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPResponse

import pytest

from actionmesh_wrapper.errors import StorageFailed
from actionmesh_wrapper.storage import bounded_answer
from actionmesh_wrapper.storage.bounded_answer import BoundedSocket

HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, BoundedSocket]]:
    server, client = socket.socketpair()
    client.settimeout(5)
    with closing(server), closing(client):
        yield server, BoundedSocket(client)


def sending(server: socket.socket, piece: bytes, *, pause_s: float = 0.0) -> threading.Thread:
    """Sends a piece over and over, until the client has gone."""

    def run() -> None:
        with suppress(OSError):
            while True:
                server.sendall(piece)
                time.sleep(pause_s)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def read(bounded: BoundedSocket) -> bytes:
    response = HTTPResponse(bounded)  # type: ignore[arg-type]  # stands for a socket
    try:
        response.begin()
        return response.read()
    finally:
        response.close()
        bounded.close()


def test_an_answer_is_read_as_it_is(pair: tuple[socket.socket, BoundedSocket]) -> None:
    server, bounded = pair
    server.sendall(HEAD + b"Content-Length: 5\r\n\r\nhello")
    assert read(bounded) == b"hello"


def test_one_answer_after_another_has_bounds_of_its_own(
    pair: tuple[socket.socket, BoundedSocket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_answer, "ANSWER_BYTES", 100)
    server, bounded = pair
    for _ in range(5):
        server.sendall(HEAD + b"Content-Length: 50\r\n\r\n" + b"x" * 50)
        response = HTTPResponse(bounded)  # type: ignore[arg-type]
        response.begin()
        assert response.read() == b"x" * 50
    assert bounded.gettimeout() == 5


@pytest.mark.parametrize("start", [b"", HEAD, HEAD + b"X-A: b", HEAD + b"Content-Length: 1000\r\n\r\n"])
def test_an_answer_that_drips_is_cut(
    pair: tuple[socket.socket, BoundedSocket], monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr(bounded_answer, "ANSWER_S", 0.5)
    server, bounded = pair
    server.sendall(start)
    began = time.monotonic()
    thread = sending(server, b"x", pause_s=0.02)
    with pytest.raises(TimeoutError):
        read(bounded)
    assert 0.4 < time.monotonic() - began < 3
    server.close()
    thread.join(5)


def test_an_answer_without_end_is_cut(
    pair: tuple[socket.socket, BoundedSocket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_answer, "ANSWER_BYTES", 1_000_000)
    server, bounded = pair
    server.sendall(HEAD + b"\r\n")
    thread = sending(server, bytes(1 << 16))
    with pytest.raises(StorageFailed, match="more than any answer"):
        read(bounded)
    server.close()
    thread.join(5)


def test_silence_is_cut_as_before(pair: tuple[socket.socket, BoundedSocket]) -> None:
    _, bounded = pair
    bounded.settimeout(0.1)
    with pytest.raises(TimeoutError):
        read(bounded)
