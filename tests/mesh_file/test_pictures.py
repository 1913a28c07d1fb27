from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from actionmesh_wrapper.errors import NotAMesh, TooLarge
from actionmesh_wrapper.mesh_file.pictures import read, size_of, tinted
from tests.mesh_file.files import BLUE, RED, picture


def encoded(image: Image.Image, kind: str = "PNG") -> memoryview:
    file = BytesIO()
    image.save(file, kind)
    return memoryview(file.getvalue())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_reads_every_kind(kind: str) -> None:
    found = read(memoryview(picture(RED, BLUE, kind=kind)))
    assert found.shape == (16, 32, 3)
    assert np.abs(found[8, [4, 28]].astype(int) - [RED, BLUE]).max() <= 3


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1"])
def test_any_mode_becomes_rgb(mode: str) -> None:
    assert read(encoded(Image.new("RGB", (5, 3), "white").convert(mode))).tolist() == [[[255] * 3] * 5] * 3


def test_a_grey_picture_of_16_bits_keeps_its_tones() -> None:
    grey = Image.fromarray(np.full((2, 2), 0x8000, np.uint16))
    assert read(encoded(grey))[0, 0].tolist() == [128] * 3


def test_what_is_transparent_keeps_its_colour() -> None:
    assert read(encoded(Image.new("RGBA", (1, 1), (*RED, 0)))).tolist() == [[list(RED)]]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "A texture of the mesh is no picture in PNG, JPEG or WebP."),
        (b"GIF89a" + bytes(100), "A texture of the mesh is no picture in PNG, JPEG or WebP."),
        (picture(RED)[:40], "A texture of the mesh is no picture in PNG, JPEG or WebP."),
        (picture(RED)[:50], "A texture of the mesh is broken."),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(NotAMesh) as error:
        read(memoryview(data))
    assert error.value.message == message


def claiming(width: int, height: int) -> memoryview:
    """A PNG of a few bytes that says that it is large."""
    data = bytearray(picture(RED))
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    import zlib

    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return memoryview(bytes(data))


@pytest.mark.parametrize("size", [(4097, 4096), (12_000, 12_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    for look in (size_of, read):
        with pytest.raises(TooLarge, match="at most 4096 × 4096 are taken"):
            look(claiming(*size))


def test_the_largest_is_taken() -> None:
    assert size_of(claiming(4096, 4096)) == (4096, 4096)


def test_a_factor_multiplies_light() -> None:
    grey = np.full((1, 1, 3), 188, np.uint8)  # half of the light
    assert tinted(grey, (1, 1, 1)) is grey
    assert tinted(grey, (1.0, 0.5, 0.0)).tolist() == [[[188, 137, 0]]]
