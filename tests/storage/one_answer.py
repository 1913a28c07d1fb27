"""A server with one answer to everything."""

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class OneAnswer(ThreadingHTTPServer):
    """Answers every request alike, and hangs up.

    Attributes:
        status: of the answer.
        headers: of the answer.
        body: of the answer.
        drip: what follows it over and over, until the client has gone.
        asked: the method, path and Host header of each request.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.headers, self.body = 200, {"ETag": '"x"'}, b""
        self.drip = b""
        self.asked: list[tuple[str, str, str | None]] = []

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is what the tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # which knows of Expect
    server: OneAnswer

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, self.headers["Host"]))
        self.send_response(self.server.status)
        for name, value in ({"Content-Length": str(len(self.server.body))} | self.server.headers).items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(self.server.body)
        while self.server.drip:
            self.wfile.write(self.server.drip)
            time.sleep(0.01)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815 – the base class's names

    def log_message(self, *_: Any) -> None:
        pass
