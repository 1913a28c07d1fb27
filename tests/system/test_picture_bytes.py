import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from actionmesh_wrapper.errors import TooLarge
from actionmesh_wrapper.system.picture_bytes import MAX_SCANS, PictureBytes

SCAN, END = b"\xff\xda", b"\xff\xd9"


def saved(kind: str, side: int = 16, **options: Any) -> bytes:
    """A grey picture."""
    file = BytesIO()
    Image.new("RGB", (side, side), (200, 100, 50)).save(file, kind, **options)
    return file.getvalue()


def jpeg_of_scans(side: int, scans: int) -> bytes:
    """A progressive JPEG of so many scans, all but the first nine the same."""
    data = saved("JPEG", side, progressive=True)
    start = data.rindex(SCAN)
    return data[:start] + data[start : -len(END)] * (scans - data[:start].count(SCAN)) + END


def jpeg_of_segments(segment: bytes, count: int) -> bytes:
    """A JPEG with so many of these in its header."""
    data = saved("JPEG")
    return data[:2] + segment * count + data[2:]


def png_of_chunks(count: int, kind: bytes = b"abCd") -> bytes:
    """A PNG with so many empty chunks before its pixels."""
    data = saved("PNG")
    start = data.index(b"IDAT") - 4
    empty = struct.pack(">I", 0) + kind + struct.pack(">I", zlib.crc32(kind))
    return data[:start] + empty * count + data[start:]


def decode(data: bytes) -> tuple[int, int]:
    with Image.open(PictureBytes(memoryview(data))) as image:
        image.load()
        return image.size


@pytest.mark.parametrize("scans", [10, MAX_SCANS])
def test_a_jpeg_of_some_scans_is_read(scans: int) -> None:
    data = jpeg_of_scans(64, scans)
    assert data.count(SCAN) == scans
    assert decode(data) == (64, 64)


def test_one_of_many_is_refused() -> None:
    with pytest.raises(TooLarge, match="a JPEG of more scans than the 64 that are taken"):
        decode(jpeg_of_scans(64, MAX_SCANS + 1))


@pytest.mark.parametrize(
    "make",
    [
        png_of_chunks,
        lambda count: png_of_chunks(count, b"IDAT"),
        lambda count: jpeg_of_segments(b"\xff\xe5\0\2", count),
        lambda count: jpeg_of_segments(b"\xff\xfe\0\2", count),
        lambda count: jpeg_of_segments(b"\xff", count),
    ],
    ids=["chunks", "pixels", "segments", "comments", "filling"],
)
def test_a_picture_in_many_parts_is_refused(make: Callable[[int], bytes]) -> None:
    assert decode(make(150)) == (16, 16)
    with pytest.raises(TooLarge, match="A picture is in more parts than are taken; save it anew"):
        decode(make(50_000))


@pytest.mark.parametrize(("kind", "side"), [("PNG", 1800), ("WEBP", 1800), ("JPEG", 300)])
def test_what_looks_like_scans_by_chance_is_not_counted(kind: str, side: int) -> None:
    """PNG's and WebP's compressed pixels hold such bytes; JPEG's cannot."""
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (side, side, 3), np.uint8))
    file = BytesIO()
    noise.save(file, kind, lossless=True, method=0, compress_level=1)
    assert (file.getvalue().count(SCAN) > MAX_SCANS) == (kind != "JPEG")
    assert decode(file.getvalue()) == (side, side)


def test_a_large_profile_is_no_reason() -> None:
    profile = np.random.default_rng(2).integers(0, 256, 600_000, np.uint8).tobytes()
    assert decode(saved("JPEG", icc_profile=profile, progressive=True)) == (16, 16)
