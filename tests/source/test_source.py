import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from actionmesh_wrapper.contract.request import Request
from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.errors import Cancelled, EmptyInput, InvalidBase64, JobError, TooLarge, UrlNotAllowed
from actionmesh_wrapper.source import Fetched, fetch

CONTENT = bytes(range(256)) + b"\xfb\xff\xbe"  # in base64 with + and /, and with two kinds of padding
PLAIN = base64.b64encode(CONTENT + b"x").decode()


def ignore(index: int, of: int) -> None:
    """A step that does nothing."""


def of_base64(text: str, folder: Path, max_bytes: int = 1000) -> bytes:
    request = Request.model_validate({"video_base64": text})
    return bring(request, folder, max_bytes).main.read_bytes()


def bring(
    request: Request,
    folder: Path,
    max_bytes: int = 1000,
    *,
    step: StageStep = ignore,
    allow_private: bool = False,
) -> Fetched:
    return fetch(
        request,
        folder,
        max_video_bytes=max_bytes,
        max_mesh_bytes=500,
        step=step,
        allow_private=allow_private,
    )


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
    assert error.value.message == "video_base64: This file is 1.5 MB; the limit is 1 MB."


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
        bring(request, tmp_path, step=cancel)
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
    path = bring(request, tmp_path, allow_private=True).main
    assert path.read_bytes() == CONTENT
    assert path.name == "source"


def test_loopback_is_refused_unless_a_test_allows_it(tmp_path: Path, server: str) -> None:
    with pytest.raises(UrlNotAllowed):
        bring(Request.model_validate({"video_url": server}), tmp_path)
    assert not list(tmp_path.iterdir())


def with_mesh(**fields: str) -> Request:
    return Request.model_validate({"video_base64": PLAIN} | fields)


def test_a_mesh_comes_beside_the_video(tmp_path: Path) -> None:
    steps: list[float] = []
    fetched = bring(
        with_mesh(mesh_base64=f"data:model/gltf-binary;base64,{PLAIN}"),
        tmp_path,
        step=lambda done, of: steps.append(done / of),
    )
    assert fetched == Fetched(tmp_path / "source", tmp_path / "mesh")
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {CONTENT + b"x"}
    assert steps == [0, 0.5, 0.5, 1]


def test_a_mesh_may_have_an_address_and_the_video_none(tmp_path: Path, server: str) -> None:
    mesh = bring(with_mesh(mesh_url=server), tmp_path, allow_private=True).mesh
    assert mesh == tmp_path / "mesh"
    assert mesh.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("mesh", "kind", "message"),
    [
        (base64.b64encode(bytes(501)).decode(), TooLarge, "mesh_base64: This file is 0.1 MB; the limit is"),
        ("!!!!", InvalidBase64, "mesh_base64: This is not valid base64."),
        ("=", EmptyInput, "mesh_base64: The file has zero bytes."),
    ],
)
def test_what_is_wrong_with_a_mesh_names_its_field(
    tmp_path: Path, mesh: str, kind: type[JobError], message: str
) -> None:
    with pytest.raises(kind) as error:
        bring(with_mesh(mesh_base64=mesh), tmp_path)
    assert error.value.message.startswith(message)
    assert not (tmp_path / "mesh").exists()


def test_a_mesh_from_our_own_network_is_refused(tmp_path: Path, server: str) -> None:
    with pytest.raises(UrlNotAllowed, match="mesh_url: The address leads to a network that is not public"):
        bring(with_mesh(mesh_url=server), tmp_path)


def test_an_animation_comes_in_place_of_a_video(tmp_path: Path, server: str) -> None:
    outputs = {"outputs": ["usdz"]}
    request = Request.model_validate({"animation_url": server} | outputs)
    fetched = bring(request, tmp_path, allow_private=True)
    assert fetched == Fetched(None, animation=tmp_path / "animation")
    assert fetched.main.read_bytes() == CONTENT
    with pytest.raises(UrlNotAllowed, match=r"animation_url: "):
        bring(request, tmp_path)
    large = Request.model_validate({"animation_base64": "A" * 4000} | outputs)
    with pytest.raises(TooLarge, match=r"animation_base64: "):
        bring(large, tmp_path)
