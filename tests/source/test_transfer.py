import datetime as dt
import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from actionmesh_wrapper.addresses import anywhere, public
from actionmesh_wrapper.errors import (
    Cancelled,
    DownloadFailed,
    DownloadIncomplete,
    DownloadTimeout,
    EmptyInput,
    JobError,
    TooLarge,
    UrlNotAllowed,
)
from actionmesh_wrapper.source import pinned
from actionmesh_wrapper.source import transfer as module
from actionmesh_wrapper.source.transfer import download

CONTENT = bytes(range(256)) * 1000
LIMIT = 1_000_000

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

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """A server on loopback; ``answers`` has for each path what is done at the first, second, … request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[Handler] = []
        self.is_over = threading.Event()

    @property
    def paths(self) -> list[str]:
        return [handler.path for handler in self.asked]

    def at(self, path: str, *answers: Answer) -> str:
        self.answers[path] = list(answers)
        return f"http://127.0.0.1:{self.server_port}{path}"

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is what the tests are about."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(module, "_PAUSES_S", (0, 0))
    with Server() as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield http
        http.is_over.set()
        http.shutdown()
        thread.join()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "video"


def ignore(index: int, of: int) -> None:
    """A step that does nothing."""


def get(url: str, path: Path, **options: Any) -> bytes:
    defaults: dict[str, Any] = {"max_bytes": LIMIT, "step": ignore, "find": anywhere}
    download(url, path, **defaults | options)
    return path.read_bytes()


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
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.is_over.is_set():
        handler.wfile.write(bytes(1 << 16))


def reset(handler: Handler) -> None:
    handler.connection.close()


def test_a_file_is_downloaded(server: Server, target: Path) -> None:
    url = server.at("/a%20b.mp4?key=1", answer())
    assert get(url, target) == CONTENT
    asked = server.asked[0]
    assert asked.headers["Host"] == f"127.0.0.1:{server.server_port}"
    assert asked.headers["Accept-Encoding"] == "identity"


def test_steps_count_bytes(server: Server, target: Path) -> None:
    steps: list[tuple[int, int]] = []
    get(server.at("/", answer()), target, step=lambda index, of: steps.append((index, of)))
    assert steps
    assert all(0 <= index <= of for index, of in steps)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(server: Server, target: Path, status: int) -> None:
    url = server.at("/old/video", answer(b"moved", status, Location="../new?x=1#part"))
    server.at("/new?x=1", answer())
    assert get(url, target) == CONTENT


def test_redirects_end(server: Server, target: Path) -> None:
    url = server.at("/", answer(b"", 302, Location="/"))
    with pytest.raises(DownloadFailed, match="redirects too often"):
        get(url, target)
    assert len(server.asked) == 6


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data",
        "//10.0.0.1/",
        "https://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "http://user:password@1.1.1.1/",
        "file:///etc/passwd",
        "ftp://1.1.1.1/",
        "http://[::1",
    ],
)
def test_a_redirect_is_checked_like_the_first_url(server: Server, target: Path, location: str) -> None:
    url = server.at("/", answer(b"", 302, Location=location))

    def find(host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if port == server.server_port else public(host, port)

    with pytest.raises(UrlNotAllowed):
        get(url, target, find=find)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "url", ["ftp://1.1.1.1/", "file:///etc/passwd", "//1.1.1.1/", "http:///x", "http://a:b@1.1.1.1/", "x"]
)
def test_other_urls_are_refused(target: Path, url: str) -> None:
    with pytest.raises(UrlNotAllowed):
        get(url, target)


def test_only_the_address_that_was_checked_is_connected_to(server: Server, target: Path) -> None:
    server.at("/", answer())
    hosts: list[str] = []

    def find(host: str, port: int) -> list[str]:
        hosts.append(host)
        return ["127.0.0.1"]

    get(f"http://video.test:{server.server_port}/", target, find=find)
    assert hosts == ["video.test"]
    assert server.asked[0].headers["Host"] == f"video.test:{server.server_port}"


def test_the_next_address_is_tried(server: Server, target: Path) -> None:
    url = server.at("/", answer())
    assert get(url, target, find=lambda *_: ["127.0.0.2", "127.0.0.1"]) == CONTENT


def test_proxies_of_the_environment_are_not_asked(
    server: Server, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert get(server.at("/", answer()), target) == CONTENT


@pytest.mark.parametrize(
    "failure", [answer(b"", 500), answer(b"", 429), reset, answer(Content_Length="999999")]
)
def test_what_may_pass_is_tried_again(server: Server, target: Path, failure: Answer) -> None:
    assert get(server.at("/", failure, failure, answer()), target) == CONTENT
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("failure", "error", "message", "tries"),
    [
        (answer(b"", 404), DownloadFailed, "The server answered with status 404.", 1),
        (answer(b"", 503), DownloadFailed, "The server answered with status 503.", 3),
        (answer(b"", 206), DownloadFailed, "The server answered with status 206.", 1),
        (reset, DownloadFailed, "The server cannot be reached or hung up.", 3),
        (
            lambda handler: handler.wfile.write(b"SSH-2.0\r\n\r\n"),
            DownloadFailed,
            "The server does not answer in proper HTTP.",
            1,
        ),
        (
            answer(Content_Encoding="gzip"),
            DownloadFailed,
            "The server does not answer in proper HTTP.",
            1,
        ),
        (
            answer(Content_Length="999999"),
            DownloadIncomplete,
            "The server broke off before the end of the file.",
            3,
        ),
        (answer(b""), EmptyInput, "The file has zero bytes.", 1),
        (answer(bytes(LIMIT + 1)), TooLarge, "This file is 1.1 MB; the limit is 1 MB.", 1),
        (answer(Content_Length="140000000"), TooLarge, "This file is 140 MB; the limit is 1 MB.", 1),
        (flood, TooLarge, "This file is larger than the limit of 1 MB.", 1),
        (
            answer(gzip.compress(bytes(LIMIT + 1)), Content_Encoding="gzip"),
            TooLarge,
            "This file is larger than the limit of 1 MB.",
            1,
        ),
    ],
)
def test_failures_are_told_apart(
    server: Server, target: Path, *, failure: Answer, error: type[JobError], message: str, tries: int
) -> None:
    with pytest.raises(error) as caught:
        get(server.at("/secret?token=1", failure), target)
    assert caught.value.code == error.code
    assert caught.value.message == message
    assert len(server.asked) == tries
    assert not target.exists()


def test_a_port_where_nobody_listens_fails(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSES_S", (0, 0))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(DownloadFailed, match="cannot be reached"):
        get(f"http://127.0.0.1:{port}/", target)


def test_what_was_compressed_unasked_is_decompressed(server: Server, target: Path) -> None:
    url = server.at("/", answer(gzip.compress(CONTENT), Content_Encoding="gzip"))
    assert get(url, target) == CONTENT


@pytest.mark.parametrize(
    "slow",
    [
        hang,
        drip(b"HTTP/1.1 200 OK\r\nX: "),
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 3),
    ],
    ids=["hang", "header", "body", "endless body", "chunk", "continue"],
)
def test_a_slow_server_is_cut_off(server: Server, target: Path, slow: Answer) -> None:
    with pytest.raises(DownloadTimeout) as error:
        get(server.at("/", slow), target, seconds=0.3)
    assert error.value.message == "The download took longer than 0.3 s."
    assert not target.exists()


def test_a_silent_server_is_given_up(server: Server, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pinned, "_READ_S", 0.1)
    with pytest.raises(DownloadTimeout) as error:
        get(server.at("/", hang), target)
    assert error.value.message == "The server did not answer in time."


@pytest.mark.parametrize("slow", [hang, flood], ids=["silent", "flooding"])
def test_a_cancel_cuts_it_off_and_leaves_no_file(server: Server, target: Path, slow: Answer) -> None:
    def cancel(index: int, of: int) -> None:
        if server.asked:
            raise Cancelled

    with pytest.raises(Cancelled):
        get(server.at("/", slow), target, step=cancel, max_bytes=1 << 40)
    assert not target.exists()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for video.test, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "video.test")])
    now = dt.datetime.now(dt.UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("video.test")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + built.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def secure(server: Server, certificate: Path) -> Server:
    """The server over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.at("/", answer())
    return server


def get_secure(server: Server, target: Path, host: str) -> bytes:
    return get(f"https://{host}:{server.server_port}/", target, find=lambda *_: ["127.0.0.1"])


def test_a_certificate_for_the_host_is_taken(
    secure: Server, target: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert get_secure(secure, target, "video.test") == CONTENT


def test_a_certificate_for_another_host_is_refused(
    secure: Server, target: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(DownloadFailed, match="no valid certificate"):
        get_secure(secure, target, "other.test")


def test_a_certificate_that_nobody_vouches_for_is_refused(secure: Server, target: Path) -> None:
    with pytest.raises(DownloadFailed, match="no valid certificate"):
        get_secure(secure, target, "video.test")
