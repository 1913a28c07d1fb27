import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from actionmesh_wrapper.errors import Cancelled, EmptyInput, InvalidBase64, TooLarge, UrlNotAllowed
from actionmesh_wrapper.request import Request
from actionmesh_wrapper.source import fetch

CONTENT = bytes(range(256)) + b"\xfb\xff\xbe"  # in base64 with + and /, and with two kinds of padding
PLAIN = base64.b64encode(CONTENT + b"x").decode()


def ignore(index: int, of: int) -> None:
    """A step that does nothing."""


def of_base64(text: str, folder: Path, max_bytes: int = 1000) -> bytes:
    request = Request.model_validate({"video_base64": text})
    return fetch(request, folder, max_bytes=max_bytes, step=ignore).read_bytes()


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.rstrip("="),
        PLAIN.replace("+", "-").replace("/", "_"),
        "\n".join(PLAIN[i : i + 76] for i in range(0, len(PLAIN), 76)) + "\r\n",
        f"data:video/mp4;base64,{PLAIN}",
        f" DATA:;BASE64, {PLAIN}",
        f"data:video/mp4;codecs=avc1;base64,{PLAIN}",
    ],
    ids=["bare", "unpadded", "url-safe", "lines", "data URL", "bare data URL", "data URL with codecs"],
)
def test_base64_in_any_form_becomes_a_file(tmp_path: Path, text: str) -> None:
    assert PLAIN.endswith("=")
    assert "+" in PLAIN
    assert "/" in PLAIN
    assert of_base64(text, tmp_path) == CONTENT + b"x"


@pytest.mark.parametrize(
    "text", ["!!!!", "abcde", "ab=cd", "YWJj§", "data:video/mp4,abcd", "data:video/mp4;base64", "data:abcd"]
)
def test_what_is_no_base64_is_invalid(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidBase64, match="video_base64: "):
        of_base64(text, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["=", " ", "data:video/mp4;base64,"])
def test_nothing_is_empty(tmp_path: Path, text: str) -> None:
    with pytest.raises(EmptyInput):
        of_base64(text, tmp_path)


def test_the_size_is_checked_before_decoding(tmp_path: Path) -> None:
    with pytest.raises(TooLarge) as error:
        of_base64("!" * 2_000_000, tmp_path, max_bytes=1_000_000)
    assert error.value.message == "This file is 1.5 MB; the limit is 1 MB."


def test_a_file_of_just_the_limit_is_taken(tmp_path: Path) -> None:
    assert of_base64(base64.b64encode(bytes(1000)).decode(), tmp_path) == bytes(1000)
    with pytest.raises(TooLarge):
        of_base64(base64.b64encode(bytes(1001)).decode(), tmp_path)


def test_a_cancel_leaves_no_file(tmp_path: Path) -> None:
    def cancel(index: int, of: int) -> None:
        if index:
            raise Cancelled

    request = Request.model_validate({"video_base64": PLAIN})
    with pytest.raises(Cancelled):
        fetch(request, tmp_path, max_bytes=1000, step=cancel)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield f"http://127.0.0.1:{http.server_port}/video.mp4"
        http.shutdown()


def test_a_url_becomes_a_file_named_by_us(tmp_path: Path, server: str) -> None:
    request = Request.model_validate({"video_url": server})
    path = fetch(request, tmp_path, max_bytes=1000, step=ignore, allow_private=True)
    assert path.read_bytes() == CONTENT
    assert path.name == "source"


def test_loopback_is_refused_unless_a_test_allows_it(tmp_path: Path, server: str) -> None:
    with pytest.raises(UrlNotAllowed):
        fetch(Request.model_validate({"video_url": server}), tmp_path, max_bytes=1000, step=ignore)
    assert not list(tmp_path.iterdir())
