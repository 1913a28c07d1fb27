import base64
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from actionmesh_wrapper.contract.request import Request
from actionmesh_wrapper.errors import InvalidBase64, TooLarge
from actionmesh_wrapper.source import encoded, fetch
from actionmesh_wrapper.source.encoded import decoded

CONTENT = bytes(range(256)) * 3 + b"\xfb\xff\xbe\xfb"
TEXT = base64.b64encode(CONTENT).decode()
MB = 1_000_000


def whole(text: str, max_bytes: int = MB) -> bytes:
    return b"".join(decoded(text, max_bytes))


@pytest.mark.parametrize("step", [4, 8, 64, 1 << 20])
@pytest.mark.parametrize(
    "form",
    [
        lambda text: text,
        lambda text: text.rstrip("="),
        lambda text: text.replace("+", "-").replace("/", "_"),
        " \n".join,
        lambda text: "\t" * 999 + text + " \r\n" * 999,
        lambda text: " ".join(text.rstrip("=")) + " = = ",
        lambda text: text + "====",
        lambda text: f"\n data:video/mp4;base64,{text}",
    ],
    ids=["bare", "unpadded", "url-safe", "spaced", "indented", "spaced padding", "more padding", "data URL"],
)
def test_pieces_make_the_whole(
    monkeypatch: pytest.MonkeyPatch, form: Callable[[str], str], step: int
) -> None:
    monkeypatch.setattr(encoded, "_STEP", step)
    for length in range(len(CONTENT) - 4, len(CONTENT) + 1):
        assert whole(form(base64.b64encode(CONTENT[:length]).decode())) == CONTENT[:length]


@pytest.mark.parametrize("step", [4, 1 << 20])
@pytest.mark.parametrize(
    "text",
    [
        "a",
        "abcde",
        "ab=c",
        "ab==abcd",
        "abcd=efg",
        "ab=" + " " * 9 + "c",
        "ab\x00c",
        "abc\u0430",
        "\ud800bcd",
        "ab,c",
    ],
)
def test_what_is_no_base64_is_found_in_any_piece(
    monkeypatch: pytest.MonkeyPatch, text: str, step: int
) -> None:
    monkeypatch.setattr(encoded, "_STEP", step)
    for start in ("", "abcd" * 3):
        with pytest.raises(InvalidBase64) as error:
            whole(start + text)
        assert error.value.message == "This is not valid base64."


@pytest.mark.parametrize("address", ["https://example.com/clip.mp4", "\n HTTP://example.com/"])
def test_an_address_is_told_from_base64(address: str) -> None:
    with pytest.raises(InvalidBase64, match=r"an address, not base64: the field for it ends in _url\."):
        b"".join(decoded(address, 100))


def test_a_header_that_does_not_end_is_no_data_url() -> None:
    with pytest.raises(InvalidBase64, match="must be of the kind data:…;base64,…"):
        whole("data:" + "x" * 2000 + ";base64,abcd")


def peak(call: Callable[[], object]) -> int:
    """The most bytes that a call has held at a time."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("prefix", ["", "data:video/mp4;base64,"])
def test_a_large_file_is_never_held_whole(tmp_path: Path, prefix: str) -> None:
    size = 40 * MB
    request = Request.model_construct(video_base64=prefix + base64.b64encode(bytes(size)).decode())

    def bring() -> None:
        fetch(request, tmp_path, max_video_bytes=size, max_mesh_bytes=0, step=lambda _done, _of: None)

    assert peak(bring) < 8 * MB
    assert (tmp_path / "source").stat().st_size == size


@pytest.mark.parametrize(
    "text", ["A" * 40 * MB, "data:;base64," + "A" * 40 * MB, " " * 40 * MB + "A" * 4 * MB]
)
def test_what_is_too_large_is_refused_without_a_copy(text: str) -> None:
    def refuse() -> None:
        with pytest.raises(TooLarge):
            whole(text, MB)

    assert peak(refuse) < MB
