"""A server on loopback that answers as a test says, well or badly, and what it may answer."""

import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CONTENT = bytes(range(256)) * 1000
ETAG = '"first"'

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers each path as the test says."""

    server: "Server"

    def do_GET(self) -> None:
        self.server.asked.append(self)
        answers = self.server.answers[self.path]
        answers[min(self.server.paths.count(self.path), len(answers)) - 1](self)

    def log_message(self, *_: Any) -> None:
        pass

    def head(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.head(status, **{"Content_Length": str(len(body))} | headers)
        self.wfile.write(body)

    @property
    def wanted(self) -> int:
        """The byte from which on the file is asked for."""
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        return int(match[1]) if match else 0


class Server(ThreadingHTTPServer):
    """``answers`` has for each path what is done at the first, second, … request; the last one stays."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[Handler] = []
        self.is_over = threading.Event()

    @property
    def paths(self) -> list[str]:
        return [handler.path for handler in self.asked]

    @property
    def starts(self) -> list[int]:
        """For each request the byte from which on the file was asked for."""
        return [handler.wanted for handler in self.asked]

    def at(self, path: str, *answers: Answer) -> str:
        self.answers[path] = list(answers)
        return f"http://127.0.0.1:{self.server_port}{path}"

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is what the tests are about."""


@contextmanager
def serving() -> Iterator[Server]:
    """Runs a server."""
    with Server() as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield http
        finally:
            http.is_over.set()
            http.shutdown()
            thread.join()


def answer(body: bytes = CONTENT, status: int = 200, **headers: str) -> Answer:
    return lambda handler: handler.send(body, status, **headers)


def hang(handler: Handler) -> None:
    handler.server.is_over.wait()


def drip(start: bytes) -> Answer:
    """Sends a start at once and then one byte at a time, for ever."""

    def send(handler: Handler) -> None:
        handler.wfile.write(start)
        while not handler.server.is_over.wait(0.02):
            handler.wfile.write(b"x")

    return send


def flood(handler: Handler) -> None:
    handler.head(200)
    while not handler.server.is_over.is_set():
        handler.wfile.write(bytes(1 << 16))


def hang_up(handler: Handler) -> None:
    handler.connection.close()


def reset(handler: Handler) -> None:
    """Hangs up so that the client gets an error, not an end."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def file(
    body: bytes = CONTENT,
    *,
    etag: str = ETAG,
    send: int | None = None,
    then: Answer = hang_up,
    **headers: str,
) -> Answer:
    """Answers as a server that sends a file, or the rest of it, should.

    Args:
        body: the file.
        etag: what it is known by; "" for nothing.
        send: after so many bytes of the answer something happens.
        then: what happens.
        headers: in place of the right ones.
    """

    def give(handler: Handler) -> None:
        start = handler.wanted if handler.headers.get("If-Range") == etag else 0
        rest = body[start:]
        right = {"Content_Length": str(len(rest)), "Accept_Ranges": "bytes", "ETag": etag}
        right |= {"Content_Range": f"bytes {start}-{len(body) - 1}/{len(body)}"} if start else {}
        named = {name: value for name, value in (right | headers).items() if value}
        handler.head(206 if start else 200, **named)
        handler.wfile.write(rest[:send])
        if send is not None:
            then(handler)

    return give
