"""The proxy itself: it passes on what it is given, and its faults are what they are called."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.storage.fault_proxy import Fault, FaultProxy, fault_proxy

ANSWER = b"what the server says" * 10


@dataclass
class Server:
    """A server that keeps what it is sent.

    Attributes:
        url: its address.
        got: method, path, Host and body of each request.
    """

    url: str
    got: list[tuple[str, str, str, bytes]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            it.got.append((self.command, self.path, self.headers["Host"], body))
            self.send_response(200)
            self.send_header("ETag", '"tag"')
            self.send_header("Content-Length", str(len(ANSWER)))
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else ANSWER)

        do_GET = do_HEAD = do_PUT  # noqa: N815 – the base class's names

        def log_message(self, *_: object) -> None:
            """Logs nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        it = Server(f"http://127.0.0.1:{http.server_port}")
        thread = Thread(target=http.serve_forever, args=(0.05,))
        thread.start()
        yield it
        http.shutdown()
        thread.join()


@contextmanager
def asked(
    proxy: FaultProxy, method: str = "PUT", path: str = "/b/k", body: bytes | None = b"x" * 1000
) -> Iterator[HTTPResponse]:
    with closing(HTTPConnection("127.0.0.1", proxy.server_port, timeout=10)) as connection:
        connection.request(method, path, body, {"Host": "bucket.example"})
        yield connection.getresponse()


def test_passes_requests_and_answers_on_as_they_are(server: Server) -> None:
    with fault_proxy(server.url) as proxy:
        with asked(proxy, path="/b/a%20key?x=%2F") as answer:
            assert (answer.status, answer.getheader("ETag"), answer.read()) == (200, '"tag"', ANSWER)
        with asked(proxy, "HEAD", body=None) as answer:
            assert (answer.getheader("Content-Length"), answer.read()) == (str(len(ANSWER)), b"")
    assert server.got == [
        ("PUT", "/b/a%20key?x=%2F", "bucket.example", b"x" * 1000),
        ("HEAD", "/b/k", "bucket.example", b""),
    ]
    assert (proxy.requests, proxy.met) == ({"PUT": 1, "HEAD": 1}, {})


def test_a_connection_is_kept_after_a_refusal(server: Server) -> None:
    faults = [Fault("slow_down", times=1)]
    with (
        fault_proxy(server.url, faults) as proxy,
        closing(HTTPConnection("127.0.0.1", proxy.server_port, timeout=10)) as connection,
    ):
        for status in (503, 200):
            connection.request("PUT", "/b/k", b"x")
            answer = connection.getresponse()
            assert answer.status == status
            answer.read()


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Fault("slow_down"), 503, b"<Code>SlowDown</Code>"),
        (Fault("internal_error"), 500, b"<Code>InternalError</Code>"),
        (Fault("disk_full"), 507, b"<Code>XMinioStorageFull</Code>"),
    ],
)
def test_refusals_do_not_reach_the_server(server: Server, fault: Fault, status: int, code: bytes) -> None:
    with fault_proxy(server.url, [fault]) as proxy, asked(proxy) as answer:
        assert answer.status == status
        assert code in answer.read()
    assert server.got == []
    assert proxy.met == {fault.kind: 1}


@pytest.mark.parametrize(
    ("kind", "arrives"), [("body_reset", False), ("reply_lost", True), ("outage", False)]
)
def test_resets_leave_the_client_in_the_dark(server: Server, kind: str, arrives: bool) -> None:
    fault = Fault(kind, seconds=60)  # type: ignore[arg-type]
    with (
        fault_proxy(server.url, [fault]) as proxy,
        pytest.raises((ConnectionResetError, BrokenPipeError)),
        asked(proxy, body=b"x" * 10_000_000),
    ):
        pass
    assert len(server.got) == arrives


@pytest.mark.parametrize("kind", ["stall", "body_stall"])
def test_stalls_take_their_time(server: Server, kind: str) -> None:
    fault = Fault(kind, seconds=0.5)  # type: ignore[arg-type]
    start = time.monotonic()
    with fault_proxy(server.url, [fault]) as proxy, asked(proxy) as answer:
        assert answer.read() == ANSWER
        assert time.monotonic() - start >= 0.5


def test_what_is_not_stored_is_answered_as_if_it_were(server: Server) -> None:
    with fault_proxy(server.url, [Fault("not_stored")]) as proxy, asked(proxy) as answer:
        assert (answer.status, answer.read()) == (200, b"")
    assert server.got == []


def test_an_answer_has_a_length_that_is_none(server: Server) -> None:
    with fault_proxy(server.url, [Fault("length_garbled")]) as proxy, asked(proxy) as answer:
        assert (answer.getheader("Content-Length"), answer.read()) == ("many", ANSWER)
    assert len(server.got) == 1


def test_an_answer_is_cut_in_its_middle(server: Server) -> None:
    with fault_proxy(server.url, [Fault("answer_cut")]) as proxy:
        with asked(proxy) as answer, pytest.raises(IncompleteRead) as caught:
            answer.read()
        assert caught.value.partial == ANSWER[: len(ANSWER) // 2]
        with asked(proxy, "HEAD", body=None) as answer:
            assert (answer.status, answer.getheaders()) == (200, [])
    assert len(server.got) == 2


OUT_S = 2.0  # enough for two requests on a busy machine


def test_an_outage_meets_all_and_then_is_over(server: Server) -> None:
    with fault_proxy(server.url, [Fault("outage", seconds=OUT_S, keys="/first$", times=1)]) as proxy:
        for path in ("/first", "/second"):
            with pytest.raises(ConnectionResetError), asked(proxy, path=path):
                pass
        assert proxy.is_out
        time.sleep(OUT_S)
        with asked(proxy, path="/first") as answer:
            assert answer.status == 200
    assert proxy.met == {"outage": 2}


def refused(proxy: FaultProxy, *asks: tuple[str, str]) -> list[bool]:
    return [proxy.next(method, path) is not None for method, path in asks]


def test_only_what_it_is_meant_for_meets_a_fault(server: Server) -> None:
    fault = Fault("slow_down", methods=["PUT"], keys=r"\.glb$", after=1, times=1)
    asks = [("PUT", "/a.glb"), ("GET", "/a.glb"), ("PUT", "/a.png"), ("PUT", "/b.glb"), ("PUT", "/c.glb")]
    with fault_proxy(server.url, [fault]) as proxy:
        assert refused(proxy, *asks) == [False, False, False, True, False]


def test_a_share_is_chosen_by_the_request_and_not_by_the_order(server: Server) -> None:
    asks = [("PUT", f"/{index}") for index in range(1000)]
    with (
        fault_proxy(server.url, [Fault("slow_down", 0.3)], seed=1) as one,
        fault_proxy(server.url, [Fault("slow_down", 0.3)], seed=1) as same,
        fault_proxy(server.url, [Fault("slow_down", 0.3)], seed=2) as other,
    ):
        chosen = refused(one, *asks)
        assert refused(same, *asks[::-1])[::-1] == chosen
        assert refused(other, *asks) != chosen
        assert refused(one, *asks) != chosen  # for the second time
    assert 250 < sum(chosen) < 350
