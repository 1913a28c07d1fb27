"""A download that broke off goes on: over a real connection, with answers good and bad."""

import gzip
import time
from pathlib import Path
from typing import Any

import pytest

from actionmesh_wrapper.errors import DownloadFailed, DownloadIncomplete, DownloadTimeout, TooLarge
from actionmesh_wrapper.source import pinned
from tests.source.getting import LIMIT, get
from tests.source.server import CONTENT, ETAG, Answer, Handler, Server, answer, file, hang, reset

SIZE = len(CONTENT)
OTHER = CONTENT[::-1]
DATE = "Wed, 25 Nov 2026 10:00:00 GMT"


def cut(at: int = 1000, **headers: Any) -> Answer:
    return file(send=at, **headers)


def chunked(handler: Handler) -> None:
    """The first 1000 bytes, in a way that does not tell how many there are."""
    handler.head(200, Transfer_Encoding="chunked", ETag=ETAG)
    handler.wfile.write(b"3e8\r\n" + CONTENT[:1000] + b"\r\n")


@pytest.mark.parametrize("at", [1, 65_535, 65_536, 65_537, SIZE - 1])
def test_a_cut_body_is_gone_on_with(server: Server, target: Path, at: int) -> None:
    assert get(server.at("/", cut(at), file()), target) == CONTENT
    assert server.starts == [0, at]
    assert server.asked[1].headers["If-Range"] == ETAG


@pytest.mark.parametrize("at", [1, 65_536, SIZE - 1])
def test_a_connection_that_is_reset_is_gone_on_with(server: Server, target: Path, at: int) -> None:
    assert get(server.at("/", file(send=at, then=reset), file()), target) == CONTENT
    assert 0 < server.starts[1] <= at  # a reset may overtake the last bytes


def test_a_body_may_be_cut_often(server: Server, target: Path) -> None:
    cuts = [cut(at) for at in range(1000, 21_000, 1000)]
    assert get(server.at("/", *cuts, file()), target) == CONTENT
    assert server.starts == [sum(range(0, at, 1000)) for at in range(1000, 22_000, 1000)]


def test_a_body_that_stalls_is_gone_on_with(
    server: Server, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pinned, "_READ_S", 0.1)
    assert get(server.at("/", file(send=5000, then=hang), hang, file()), target) == CONTENT
    assert server.starts == [0, 5000, 5000]


def test_what_stalls_before_its_first_byte_is_given_up_at_once(
    server: Server, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pinned, "_READ_S", 0.1)
    with pytest.raises(DownloadTimeout, match="did not answer in time"):
        get(server.at("/", file(send=0, then=hang)), target)
    assert len(server.asked) == 1


def test_a_busy_server_in_between_costs_nothing(server: Server, target: Path) -> None:
    busy = answer(b"", 503)
    assert get(server.at("/", cut(), busy, busy, busy, cut(), busy, busy, busy, file()), target) == CONTENT
    assert server.starts == [0, *[1000] * 4, *[2000] * 4]


def test_a_date_is_as_good_as_a_tag_where_there_is_no_strong_one(server: Server, target: Path) -> None:
    first = cut(ETag='W/"weak"', Last_Modified=DATE)
    rest = answer(CONTENT[1000:], 206, Content_Range=f"bytes 1000-{SIZE - 1}/{SIZE}", ETag='W/"weak"')
    assert get(server.at("/", first, rest), target) == CONTENT
    assert server.asked[1].headers["If-Range"] == DATE


def test_a_size_that_only_the_rest_tells_is_held_to(server: Server, target: Path) -> None:
    short = answer(CONTENT[1000:1500], 206, Content_Range=f"bytes 1000-1499/{SIZE}")
    assert get(server.at("/", chunked, short, file()), target) == CONTENT
    assert server.starts == [0, 1000, 1500]


@pytest.mark.parametrize(
    "first",
    [
        cut(ETag=""),
        cut(ETag='W/"weak"'),
        cut(ETag='"a\u00e9"'),
        cut(ETag="unquoted"),
        cut(Accept_Ranges="none"),
        cut(ETag="", Last_Modified="x"),
    ],
    ids=["nothing", "weak", "odd", "unquoted", "no ranges", "no date"],
)
def test_a_file_without_version_is_begun_anew(server: Server, target: Path, first: Answer) -> None:
    assert get(server.at("/", first, file()), target) == CONTENT
    assert server.starts == [0, 0]
    assert "If-Range" not in server.asked[1].headers


def test_a_compressed_body_is_begun_anew(server: Server, target: Path) -> None:
    packed = gzip.compress(CONTENT)
    first = file(packed, send=len(packed) // 2, Content_Encoding="gzip")
    assert get(server.at("/", first, file(packed, Content_Encoding="gzip")), target) == CONTENT
    assert server.starts == [0, 0]


def test_a_file_that_changed_meanwhile_is_begun_anew(server: Server, target: Path) -> None:
    url = server.at("/", cut(5000), file(OTHER, etag='"second"', send=2000), file(OTHER, etag='"second"'))
    assert get(url, target) == OTHER
    assert server.starts == [0, 5000, 2000]


def part(first: int, last: int, size: int = SIZE, body: bytes = b"", **headers: str) -> Answer:
    named = {"Content_Range": f"bytes {first}-{last}/{size}"} | headers
    return answer(body or bytes(last + 1 - first), 206, **named)


@pytest.mark.parametrize(
    "lie",
    [
        part(0, SIZE - 1),
        part(999, SIZE - 1),
        part(1001, SIZE - 1),
        part(1000, 999),
        part(1000, SIZE),
        part(1000, SIZE, SIZE + 1),
        part(1000, SIZE - 1, body=b"x"),
        part(1000, SIZE - 1, body=bytes(SIZE - 1001)),
        part(1000, SIZE - 1, body=bytes(SIZE - 999)),
        part(1000, SIZE - 1, ETag='"second"'),
        part(1000, SIZE - 1, Content_Encoding="gzip"),
        part(1000, SIZE - 1, Content_Range=f"bytes 1000-{SIZE - 1}/*"),
        part(1000, SIZE - 1, Content_Range=f"bytes=1000-{SIZE - 1}/{SIZE}"),
        part(1000, SIZE - 1, Content_Range="bytes 1000-" + "9" * 5000 + f"/{SIZE}"),
        part(1000, SIZE - 1, Content_Range=""),
        answer(b"", 416),
    ],
    ids=[
        *("start", "before", "behind", "no byte", "past the end", "size"),
        *("length", "a byte less", "a byte more", "tag", "gzip", "any size", "form", "digits", "none", "416"),
    ],
)
def test_what_is_not_the_rest_is_not_taken(server: Server, target: Path, lie: Answer) -> None:
    assert get(server.at("/", cut(), lie, cut(3000), file()), target) == CONTENT
    assert server.starts == [0, 1000, 0, 3000]


def test_a_server_that_always_lies_is_given_up(server: Server, target: Path) -> None:
    with pytest.raises(DownloadIncomplete) as error:
        get(server.at("/", cut(), part(0, SIZE - 1), cut(), part(0, SIZE - 1), cut()), target)
    assert error.value.message == "The server broke off before the end of the file."
    assert len(server.asked) == 5
    assert not target.exists()


def test_a_rest_that_grows_is_too_large(server: Server, target: Path) -> None:
    with pytest.raises(TooLarge, match=r"This file is 1\.1 MB; the limit is 1 MB\."):
        get(server.at("/", chunked, part(1000, LIMIT, LIMIT + 1)), target)
    assert not target.exists()


def test_a_part_with_more_than_it_says_is_too_large(server: Server, target: Path) -> None:
    with pytest.raises(TooLarge, match="larger than the limit"):
        get(server.at("/", cut(), part(1000, SIZE - 1, body=bytes(LIMIT), Content_Length="")), target)


def test_a_refusal_of_the_rest_is_final(server: Server, target: Path) -> None:
    with pytest.raises(DownloadFailed) as error:
        get(server.at("/", cut(), answer(b"", 403)), target)
    assert error.value.message == "The server answered with status 403."
    assert not target.exists()


def test_each_try_is_led_and_checked_anew(server: Server, target: Path) -> None:
    server.at("/file", cut(), file())
    url = server.at("/", answer(b"", 302, Location="/file"))
    hosts: list[str] = []

    def find(host: str, port: int) -> list[str]:
        hosts.append(host)
        return ["127.0.0.1"]

    assert get(url, target, find=find) == CONTENT
    assert server.paths == ["/", "/file", "/", "/file"]
    assert len(hosts) == 4
    assert server.starts[3] == 1000


def test_a_server_that_cuts_after_each_byte_is_cut_off(server: Server, target: Path) -> None:
    start = time.monotonic()
    with pytest.raises(DownloadTimeout, match=r"longer than 0\.5 s"):
        get(server.at("/", cut(1)), target, seconds=0.5)
    assert time.monotonic() - start < 10
    assert len(server.asked) > 10
    assert server.starts == list(range(len(server.asked)))
