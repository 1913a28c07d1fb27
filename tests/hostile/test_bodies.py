"""Servers that answer badly."""

import gc
import gzip
import warnings
import zlib
from collections.abc import Callable
from functools import cache

import pytest

from tests.hostile.scene import MAX_VIDEO_MB, Case, Scene
from tests.source.server import Answer, Handler, answer, drip, file, flood, hang, hang_up, reset

pytestmark = pytest.mark.usefixtures("impatient")

Judge = Callable[[Case], None]
Make = Callable[[Scene], Answer]

STATUSES = [204, 300, 304, 400, 401, 403, 404, 410, 416, 418, 429, 451, 500, 502, 503, 504, 599, 999]
HEAD = b"HTTP/1.1 200 OK\r\n"
HTML = b"<!DOCTYPE html><title>Sign in</title>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'


def raw(*pieces: bytes, then: Answer = hang_up) -> Answer:
    """Sends just these bytes, and then does something."""

    def send(handler: Handler) -> None:
        for piece in pieces:
            handler.wfile.write(piece)
        then(handler)

    return send


def endless(piece: bytes, start: bytes = HEAD) -> Answer:
    """Sends a start, and then the same again and again for as long as it is read."""

    def send(handler: Handler) -> None:
        handler.wfile.write(start)
        while not handler.server.is_over.is_set():
            handler.wfile.write(piece)

    return send


@cache
def bomb(layers: int) -> bytes:
    """Half a gigabyte of zeros, compressed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"".join(packer.compress(bytes(1 << 20)) for _ in range(512)) + packer.flush()
    for _ in range(layers - 1):
        body = gzip.compress(body, 9)
    return body


def of_clip(change: Callable[[bytes], Answer]) -> Make:
    """An answer made of the good clip."""
    return lambda scene: change(scene.clips.good)


def of_status(status: int) -> Make:
    return lambda _: answer(HTML, status)


def chunked(body: bytes) -> bytes:
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + body


GOOD: dict[str, Make] = {
    "no length": of_clip(lambda clip: raw(HEAD + b"\r\n", clip)),
    "chunks": of_clip(lambda clip: raw(chunked(b"%x\r\n%s\r\n0\r\n\r\n" % (len(clip), clip)))),
    "chunks with extensions and trailers": of_clip(
        lambda clip: raw(chunked(b"%x;a=b\r\n%s\r\n0\r\nX: y\r\n\r\n" % (len(clip), clip)))
    ),
    "one byte after the other": of_clip(
        lambda clip: raw(HEAD + b"\r\n", *(clip[n : n + 1] for n in range(len(clip))))
    ),
    "HTTP/1.0": of_clip(lambda clip: raw(b"HTTP/1.0 200 OK\r\n\r\n", clip)),
    "100 first": of_clip(lambda clip: raw(b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"\r\n", clip)),
    "more than the length": of_clip(lambda clip: answer(clip + bytes(9000), Content_Length=str(len(clip)))),
    "HTML as its type": of_clip(lambda clip: answer(clip, Content_Type="text/html")),
    "no type that there is": of_clip(lambda clip: answer(clip, Content_Type="\x80;;=")),
    "an ending of another kind": of_clip(
        lambda clip: answer(clip, Content_Disposition='filename="../../x.exe"')
    ),
    "gzip": of_clip(lambda clip: answer(gzip.compress(clip), Content_Encoding="gzip")),
    "deflate": of_clip(lambda clip: answer(zlib.compress(clip), Content_Encoding="deflate")),
    "gzip twice": of_clip(
        lambda clip: answer(gzip.compress(gzip.compress(clip)), Content_Encoding="gzip, gzip")
    ),
    "a length in letters": of_clip(lambda clip: answer(clip, Content_Length="many")),
    "a negative length": of_clip(lambda clip: answer(clip, Content_Length="-1")),
    "a length with a plus": of_clip(lambda clip: answer(clip, Content_Length=f"+{len(clip)}")),
    "a length of 10,000 digits": of_clip(lambda clip: answer(clip, Content_Length="9" * 10_000)),
    "chunks and another length": of_clip(
        lambda clip: raw(
            HEAD
            + b"Content-Length: 9\r\n"
            + chunked(b"%x\r\n%s\r\n0\r\n\r\n" % (len(clip), clip)).removeprefix(HEAD)
        )
    ),
    "broken off once": of_clip(lambda clip: file(clip, send=len(clip) // 2)),
    "another file after it broke off": of_clip(
        lambda clip: file(clip[::-1], etag='"other"', send=len(clip) // 2)
    ),
}

BAD: dict[str, tuple[str, Make]] = {
    # lengths
    "zero bytes": ("EMPTY_INPUT", lambda _: answer(b"")),
    "zero bytes, no length": ("DOWNLOAD_INCOMPLETE", lambda _: raw(HEAD + b"\r\n")),
    "zero bytes in chunks": ("EMPTY_INPUT", lambda _: raw(chunked(b"0\r\n\r\n"))),
    "zero bytes in gzip": ("EMPTY_INPUT", lambda _: answer(gzip.compress(b""), Content_Encoding="gzip")),
    "short": ("DOWNLOAD_INCOMPLETE", of_clip(lambda clip: answer(clip, Content_Length=str(len(clip) + 1)))),
    "a length of 300 digits": ("TOO_LARGE", of_clip(lambda clip: answer(clip, Content_Length="9" * 300))),
    "two lengths": (
        "DOWNLOAD_FAILED",
        of_clip(lambda clip: raw(HEAD + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\n", clip)),
    ),
    "two lengths in one": ("DOWNLOAD_FAILED", of_clip(lambda clip: answer(clip, Content_Length="5, 9"))),
    # sizes
    "too long by its length": (
        "TOO_LARGE",
        lambda _: answer(b"x", Content_Length=str(MAX_VIDEO_MB * 10**6 + 1)),
    ),
    "too long by its length, by far": ("TOO_LARGE", lambda _: answer(b"x", Content_Length=str(10**18))),
    "endless": ("TOO_LARGE", lambda _: flood),
    "endless chunks": ("TOO_LARGE", lambda _: endless(b"10000\r\n" + bytes(1 << 16) + b"\r\n", chunked(b""))),
    "a gzip bomb": ("TOO_LARGE", lambda _: answer(bomb(1), Content_Encoding="gzip")),
    "a gzip bomb called x-gzip": ("TOO_LARGE", lambda _: answer(bomb(1), Content_Encoding="x-gzip")),
    "a gzip bomb in gzip": ("TOO_LARGE", lambda _: answer(bomb(2), Content_Encoding="gzip, gzip")),
    "a gzip bomb in gzip in gzip": (
        "TOO_LARGE",
        lambda _: answer(bomb(3), Content_Encoding="gzip, gzip, gzip"),
    ),
    "a deflate bomb": (
        "TOO_LARGE",
        lambda _: answer(zlib.compress(bytes(1 << 28), 9), Content_Encoding="deflate"),
    ),
    "an endless gzip of nothing": (
        "DOWNLOAD_TIMEOUT",
        lambda _: endless(gzip.compress(b"") * 3000, HEAD + b"Content-Encoding: gzip\r\n\r\n"),
    ),
    # encodings
    "no gzip": ("DOWNLOAD_FAILED", of_clip(lambda clip: answer(clip, Content_Encoding="gzip"))),
    "half a gzip": (
        "VIDEO_UNREADABLE",
        of_clip(lambda clip: answer(gzip.compress(clip)[:-100], Content_Encoding="gzip")),
    ),
    "an encoding a thousand times": (
        "DOWNLOAD_FAILED",
        of_clip(lambda clip: answer(clip, Content_Encoding=", ".join(["gzip"] * 1000))),
    ),
    "an encoding that nobody knows": (
        "NOT_A_VIDEO",
        of_clip(lambda clip: answer(gzip.compress(clip), Content_Encoding="zip")),
    ),
    "chunks of garbage": ("DOWNLOAD_INCOMPLETE", lambda _: raw(chunked(b"zz\r\nxx\r\n"))),
    "a chunk of a negative length": (
        "DOWNLOAD_INCOMPLETE",
        lambda _: raw(chunked(b"-5\r\nxxxxx\r\n0\r\n\r\n")),
    ),
    "a chunk of a huge length": ("DOWNLOAD_INCOMPLETE", lambda _: raw(chunked(b"f" * 30 + b"\r\nxx"))),
    "a chunk line without end": ("DOWNLOAD_INCOMPLETE", lambda _: endless(b"0" * 4096, chunked(b""))),
    "chunks without an end": ("DOWNLOAD_INCOMPLETE", lambda _: raw(chunked(b"5\r\nhello\r\n"))),
    "a trailer without end": ("DOWNLOAD_TIMEOUT", lambda _: endless(b"X: y\r\n", chunked(b"0\r\n"))),
    # time
    "silence": ("DOWNLOAD_TIMEOUT", lambda _: hang),
    "silence after the headers": ("DOWNLOAD_TIMEOUT", lambda _: raw(HEAD + b"\r\n", then=hang)),
    "silence after a part": (
        "DOWNLOAD_TIMEOUT",
        of_clip(lambda clip: raw(HEAD + b"\r\n", clip[:99], then=hang)),
    ),
    "drop after drop of a status": ("DOWNLOAD_TIMEOUT", lambda _: drip(b"HTTP/1.1 200 ")),
    "drop after drop of a header": ("DOWNLOAD_TIMEOUT", lambda _: drip(HEAD + b"X: ")),
    "drop after drop of a body": ("DOWNLOAD_TIMEOUT", lambda _: drip(HEAD + b"Content-Length: 9999\r\n\r\n")),
    "drop after drop of a chunk's length": ("DOWNLOAD_TIMEOUT", lambda _: drip(chunked(b""))),
    "endless 100": ("DOWNLOAD_TIMEOUT", lambda _: endless(b"HTTP/1.1 100 Continue\r\n\r\n", b"")),
    "endless 103": ("DOWNLOAD_FAILED", lambda _: endless(b"HTTP/1.1 103 Early Hints\r\n\r\n", b"")),
    # headers
    "a thousand headers": ("DOWNLOAD_FAILED", lambda _: raw(HEAD + b"X: y\r\n" * 1000 + b"\r\nbody")),
    "endless headers": ("DOWNLOAD_FAILED", lambda _: endless(b"X: y\r\n")),
    "one endless header": ("DOWNLOAD_FAILED", lambda _: endless(b"y" * 4096, HEAD + b"X: ")),
    "an endless status": ("DOWNLOAD_FAILED", lambda _: endless(b"y" * 4096, b"HTTP/1.1 200 ")),
    "not HTTP": ("DOWNLOAD_FAILED", lambda _: raw(b"SSH-2.0-OpenSSH\r\n\r\n")),
    "TLS where HTTP was asked for": ("DOWNLOAD_FAILED", lambda _: raw(b"\x15\x03\x01\x00\x02\x02\x50")),
    "a status that is no number": ("DOWNLOAD_FAILED", lambda _: raw(b"HTTP/1.1 OK\r\n\r\n")),
    "a status of four digits": ("DOWNLOAD_FAILED", lambda _: raw(b"HTTP/1.1 2000 OK\r\n\r\n")),
    "headers in another encoding": ("NOT_A_VIDEO", lambda _: raw(HEAD + b"\xff\xfe\x00X\x00\r\n\r\n", HTML)),
    "HTTP/0.9": ("DOWNLOAD_FAILED", of_clip(raw)),
    # broken off
    "a hang-up": ("DOWNLOAD_FAILED", lambda _: hang_up),
    "a reset": ("DOWNLOAD_FAILED", lambda _: reset),
    "a reset in the body": (
        "DOWNLOAD_INCOMPLETE",
        of_clip(lambda clip: file(clip, etag="", send=100, then=reset)),
    ),
    "a part that was not asked for": ("DOWNLOAD_FAILED", of_clip(lambda clip: answer(clip, 206))),
    # statuses
    **{f"status {status}": ("DOWNLOAD_FAILED", of_status(status)) for status in STATUSES},
    "busy for a thousand years": ("DOWNLOAD_TIMEOUT", lambda _: answer(b"", 503, Retry_After="31536000000")),
    "busy until nonsense": ("DOWNLOAD_FAILED", lambda _: answer(b"", 503, Retry_After="soon")),
    # what is no video
    "HTML": ("NOT_A_VIDEO", lambda _: answer(HTML, Content_Type="video/mp4")),
    "JSON": ("NOT_A_VIDEO", lambda _: answer(b'{"error": "expired"}', Content_Type="video/mp4")),
    "XML": ("NOT_A_VIDEO", lambda _: answer(b'<?xml version="1.0"?><Error/>', Content_Type="video/mp4")),
    "text": ("NOT_A_VIDEO", lambda _: answer(b"404: not found")),
    "a playlist": ("NOT_A_VIDEO", lambda _: answer(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")),
    "SVG": ("NOT_A_VIDEO", lambda _: answer(SVG, Content_Type="image/svg+xml")),
    "zeros": ("NOT_A_VIDEO", lambda _: answer(bytes(1000))),
}


@pytest.mark.parametrize("name", GOOD)
def test_good(judge: Judge, name: str) -> None:
    judge(Case(name, None, lambda scene: scene.serve(GOOD[name](scene), scene.gives)))


def test_a_hang_up_in_the_headers_is_tried_again(judge: Judge) -> None:
    judge(Case("headers", None, lambda scene: scene.serve(raw(HEAD + b"Content-Le"), scene.gives)))


@pytest.mark.parametrize("name", BAD)
def test_bad(judge: Judge, name: str) -> None:
    code, make = BAD[name]
    case = Case(name, code, lambda scene: scene.serve(make(scene)))
    if not name.startswith("two lengths"):
        judge(case)
        return
    # urllib3 leaves the socket of such an answer to the collector, which may come at any time from here on.
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        judge(case)
        gc.collect()
