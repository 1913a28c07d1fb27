import gzip
import socket
import time
from pathlib import Path

import pytest

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
from actionmesh_wrapper.system.addresses import public_addresses
from tests.source.getting import LIMIT, get
from tests.source.server import CONTENT, Answer, Server, answer, drip, file, flood, hang, hang_up


def test_a_file_is_downloaded(server: Server, target: Path) -> None:
    url = server.at("/a%20b.mp4?key=1", answer())
    assert get(url, target) == CONTENT
    asked = server.asked[0]
    assert asked.headers["Host"] == f"127.0.0.1:{server.server_port}"
    assert asked.headers["Accept-Encoding"] == "identity"


def test_steps_count_bytes(server: Server, target: Path) -> None:
    steps: list[tuple[int, int]] = []
    get(server.at("/", answer()), target, step=lambda index, of: steps.append((index, of)))
    assert steps[-1] == (len(CONTENT), len(CONTENT))
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
        return ["127.0.0.1"] if port == server.server_port else public_addresses(host, port)

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
    "failure", [answer(b"", 500), answer(b"", 429), hang_up, answer(Content_Length="999999")]
)
def test_what_may_pass_is_tried_again(server: Server, target: Path, failure: Answer) -> None:
    assert get(server.at("/", failure, failure, failure, answer()), target) == CONTENT
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    ("failure", "error", "message", "tries"),
    [
        (answer(b"", 404), DownloadFailed, "The server answered with status 404.", 1),
        (answer(b"", 503), DownloadFailed, "The server answered with status 503.", 4),
        (answer(b"", 206), DownloadFailed, "The server answered with status 206.", 1),
        (hang_up, DownloadFailed, "The server cannot be reached or hung up.", 4),
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
            5,  # the first brings something new
        ),
        (answer(b""), EmptyInput, "The file has zero bytes.", 1),
        (answer(bytes(LIMIT + 1)), TooLarge, "This file is 1.1 MB; the limit is 1 MB.", 1),
        (answer(Content_Length="140000000"), TooLarge, "This file is 140 MB; the limit is 1 MB.", 1),
        (answer(Content_Length="9" * 400), TooLarge, "This file is larger than the limit of 1 MB.", 1),
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


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each pause would be; none is made."""
    lengths: list[float] = []
    real = module._pause_s

    def pause_s(fruitless: int, error: DownloadFailed) -> float:
        lengths.append(real(fruitless, error))
        return 0.0

    monkeypatch.setattr(module, "_pause_s", pause_s)
    return lengths


def test_pauses_grow_and_differ(
    server: Server, target: Path, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PAUSE_S", 0.25)
    tries = [answer(b"", 500)] * 3 + [file(send=1)]
    for number in range(40):
        get(server.at(f"/{number}", *tries, file()), target)
    for at, most in enumerate((0.5, 1, 2, 0.25)):
        drawn = pauses[at::4]
        assert most / 2 < max(drawn) <= most
        assert 0 <= min(drawn) < most / 2
        assert len(set(drawn)) == 40


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "heeded"),
    [
        ("3", 3),
        ("3600", 10),
        ("Fri, 31 Dec 2100 00:00:00 GMT", 10),
        ("Fri, 31 Dec 1999 00:00:00 GMT", 0),
        ("-3", 0),
        ("soon", 0),
        ("", 0),
        ("9" * 5000, 0),
        ("Fri, 31 Dec 99999999 00:00:00 GMT", 0),
    ],
)
def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(
    server: Server, target: Path, pauses: list[float], *, status: int, asked: str, heeded: float
) -> None:
    assert get(server.at("/", answer(b"", status, Retry_After=asked), answer()), target) == CONTENT
    assert pauses == [heeded]


def test_a_cancel_ends_a_pause(server: Server, target: Path) -> None:
    def cancel(index: int, of: int) -> None:
        if server.asked:
            raise Cancelled

    start = time.monotonic()
    with pytest.raises(Cancelled):
        get(server.at("/", answer(b"", 503, Retry_After="10")), target, step=cancel)
    assert time.monotonic() - start < 5


def test_a_port_where_nobody_listens_fails(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSE_S", 0)
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
