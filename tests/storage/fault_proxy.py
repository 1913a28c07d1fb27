"""A proxy before a real S3 server that does to requests what networks and busy servers do.

Whether a request meets a fault hangs on the plan's seed, the request and how often it has come, not on what
runs beside it: the same uploads meet the same faults on every machine.
"""

import re
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Literal
from urllib.parse import unquote, urlsplit

Kind = Literal[
    "slow_down",  # not passed on, and answered 503
    "internal_error",  # the same, 500
    "disk_full",  # the same, 507 with MinIO's word for it
    "body_reset",  # the connection is reset amid the request's body
    "reply_lost",  # the server does it, and the connection is reset before the answer
    "stall",  # the server does it, and the answer waits
    "body_stall",  # nobody reads on in the middle of the request's body for a while
    "answer_cut",  # the server does it, and the connection ends amid the content, or after the status line
    "length_garbled",  # the server does it, and the answer's Content-Length is no number
    "not_stored",  # not passed on, and answered 200
    "outage",  # this connection is reset and so is every other for a while
]

REFUSALS: dict[Kind, tuple[int, str]] = {
    "slow_down": (503, "SlowDown"),
    "internal_error": (500, "InternalError"),
    "disk_full": (507, "XMinioStorageFull"),
}
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time
NOTHING_STORED = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
RUN = re.compile(r"\b[0-9a-f]{32}\b")  # in paths; another in each run
LENGTH = re.compile(rb"(?i)(\ncontent-length: *)\d+")
OF_ONE_HOP = {"connection", "expect", "keep-alive", "transfer-encoding"}


@dataclass(frozen=True)
class Fault:
    """What goes wrong with some requests.

    Attributes:
        kind: what.
        share: with what share of them, 0 to 1.
        seconds: how long a stall or an outage is.
        methods: of which methods; none is all.
        keys: a regular expression that is found in the paths of those that may meet it.
        after: how many of them pass first.
        times: how many meet it; None is all.
    """

    kind: Kind
    share: float = 1.0
    seconds: float = 0.0
    methods: Sequence[str] = ()
    keys: str = ""
    after: int = 0
    times: int | None = None


class FaultProxy(ThreadingHTTPServer):
    """Passes requests on to ``server``, but for those that meet a fault.

    Signatures hold, for Host and all that is signed is passed on as it came.

    Args:
        server: an address, ``http://host:port``.
        faults: the first that meets a request is taken.
        seed: of the choice.

    Attributes:
        requests: how many came, by method.
        met: how many met a fault, by kind; those that an outage reset, too.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, server: str, faults: Sequence[Fault] = (), *, seed: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Passer)
        self.upstream = urlsplit(server)
        self.requests: Counter[str] = Counter()
        self.met: Counter[Kind] = Counter()
        self.stopped = threading.Event()
        self._faults = tuple(faults)
        self._seed = seed
        self._lock = threading.Lock()
        self._came: Counter[tuple[str, str]] = Counter()
        self._seen, self._hit = [0] * len(faults), [0] * len(faults)
        self._back_at = 0.0

    @property
    def url(self) -> str:
        """The proxy's own address."""
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def is_out(self) -> bool:
        """Whether there is an outage."""
        return time.monotonic() < self._back_at

    def go_out(self, seconds: float) -> None:
        """Begins an outage."""
        self._back_at = time.monotonic() + seconds

    def next(self, method: str, path: str) -> Fault | None:
        """Counts a request; gives the fault that it meets, if any."""
        with self._lock:
            self.requests[method] += 1
            path = RUN.sub("run", path)
            self._came[method, path] += 1
            if self.is_out:
                self.met["outage"] += 1
                return Fault("outage")
            for index, fault in enumerate(self._faults):
                if self._meets(index, fault, method, path):
                    self.met[fault.kind] += 1
                    if fault.kind == "outage":
                        self.go_out(fault.seconds)
                    return fault
        return None

    def _meets(self, index: int, fault: Fault, method: str, path: str) -> bool:
        if (fault.methods and method not in fault.methods) or not re.search(fault.keys, path):
            return False
        self._seen[index] += 1
        draw = Random(f"{self._seed} {index} {method} {path} {self._came[method, path]}").random()
        due = self._seen[index] > fault.after and draw < fault.share
        if not due or (fault.times is not None and self._hit[index] >= fault.times):
            return False
        self._hit[index] += 1
        return True

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of connections that end early: they are what this is for."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Passer(BaseHTTPRequestHandler):
    """One client's connection."""

    protocol_version = "HTTP/1.1"
    server: FaultProxy

    def _pass(self) -> None:
        fault = self.server.next(self.command, unquote(urlsplit(self.path).path))
        kind = fault and fault.kind
        wait_s = fault.seconds if fault else 0.0
        if kind == "outage":
            self._reset()
        size = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(size // 2)
        if kind == "body_reset":
            self._reset()
        if kind == "body_stall":
            self.server.stopped.wait(wait_s)
        body += self.rfile.read(size - len(body))
        if len(body) < size:  # the client has given up
            self._reset()
        if kind in REFUSALS:
            self._refuse(*REFUSALS[kind])
            return
        answer = NOTHING_STORED if kind == "not_stored" else self._ask(body)
        if kind == "stall":
            self.server.stopped.wait(wait_s)
        if kind == "reply_lost" or self.server.is_out:
            self._reset()
        if kind in {"answer_cut", "length_garbled"}:
            answer = _cut(answer) if kind == "answer_cut" else LENGTH.sub(rb"\1many", answer, count=1)
            self.close_connection = True
        self.wfile.write(answer)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_OPTIONS = _pass  # noqa: N815 – the base class's names

    def _ask(self, body: bytes) -> bytes:
        """What the server answers, head and body."""
        upstream = self.server.upstream
        with closing(HTTPConnection(upstream.hostname or "", upstream.port, timeout=60)) as connection:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in OF_ONE_HOP:
                    connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            content = answer.read()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in OF_ONE_HOP]
        if answer.getheader("Transfer-Encoding"):
            kept.append(("Content-Length", str(len(content))))
        head = "".join(f"{name}: {value}\r\n" for name, value in kept)
        return f"HTTP/1.1 {answer.status} {answer.reason}\r\n{head}\r\n".encode("latin-1") + content

    def _refuse(self, status: int, code: str) -> None:
        body = f"<Error><Code>{code}</Code><Message>On purpose.</Message></Error>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    def _reset(self) -> None:
        """Resets the connection and ends this thread."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        for file in (self.wfile, self.rfile, self.connection):
            file.close()
        raise ConnectionAbortedError

    def log_message(self, *_: object) -> None:
        """Logs nothing."""


def _cut(answer: bytes) -> bytes:
    """The answer up to the middle of its content, or of one without content the status line."""
    head, _, content = answer.partition(b"\r\n\r\n")
    return answer[: len(answer) - len(content) // 2] if content else head.partition(b"\n")[0]


@contextmanager
def fault_proxy(server: str, faults: Sequence[Fault] = (), *, seed: int = 0) -> Iterator[FaultProxy]:
    """Runs a proxy from a thread."""
    with FaultProxy(server, faults, seed=seed) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield proxy
        finally:
            proxy.stopped.set()
            proxy.shutdown()
            thread.join()
