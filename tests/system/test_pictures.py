from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from actionmesh_wrapper.system.pictures import (
    TooManyPixels,
    UnreadablePicture,
    displayed,
    eight_bits,
    grey_levels,
    opened,
    stored_rgb,
)
from tests.system.profiles import (
    ADOBE_RGB,
    BT2020,
    DISPLAY_P3,
    cmyk_profile,
    encoded,
    grey_profile,
    rgb_profile,
)

SKIN = (224, 172, 140)
PATCHES = [SKIN, (230, 40, 75), (90, 180, 75), (30, 130, 200), (255, 255, 255), (128, 128, 128), (0, 0, 0)]
RAMP = np.arange(0, 65536, 257, dtype=np.uint16)[None]  # 256 levels of 16 bits


def file_of(image: Image.Image, kind: str = "PNG", **options: Any) -> memoryview:
    file = BytesIO()
    image.save(file, kind, **options)
    return memoryview(file.getvalue())


def png_of_16_bits(pixels: NDArray[np.uint16]) -> memoryview:
    """(H, W) or (H, W, C) RGB(A); Pillow writes no colours of 16 bits."""
    _, content = cv2.imencode(
        ".png", pixels[..., [2, 1, 0, 3][: pixels.shape[2]]] if pixels.ndim == 3 else pixels
    )
    return memoryview(content.tobytes())


def read(data: memoryview, reading: Callable[[Image.Image], Any] = displayed) -> NDArray[Any]:
    with opened(data, most_pixels=10**6) as picture:
        return np.asarray(reading(picture))


def marked() -> Image.Image:
    """3 × 2 pixels of six levels."""
    return Image.fromarray(np.array([[0, 50, 100], [150, 200, 250]], np.uint8))


def test_16_bits_of_grey_keep_their_levels() -> None:
    data = png_of_16_bits(RAMP)
    assert read(data)[0, :, 0].tolist() == list(range(256))
    np.testing.assert_array_equal(read(data, stored_rgb), read(data)[..., :3])
    np.testing.assert_array_equal(read(data, grey_levels), RAMP)


@pytest.mark.parametrize("channels", [3, 4])
def test_16_bits_of_colour_keep_their_levels(channels: int) -> None:
    pixels = np.stack([RAMP, RAMP[:, ::-1], RAMP, RAMP], axis=-1)[..., :channels]
    shown = read(png_of_16_bits(pixels))
    np.testing.assert_array_equal(shown[..., :channels], pixels >> 8)


def test_a_transparent_level_of_16_bits() -> None:
    data = file_of(Image.fromarray(np.array([[0x1234, 0x8000]], np.uint16)), transparency=0x1234)
    assert read(data).tolist() == [[[0x12, 0x12, 0x12, 0], [128, 128, 128, 255]]]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_any_mode_of_png(mode: str) -> None:
    data = file_of(Image.new("RGB", (2, 1), "white").convert(mode))
    assert read(data).tolist() == [[[255] * 4] * 2]
    assert read(data, grey_levels).tolist() == [[255] * 2]
    assert read(data, stored_rgb).tolist() == [[[255] * 3] * 2]


def test_a_palette_may_be_transparent() -> None:
    picture = Image.fromarray(np.array([[0, 1, 2]], np.uint8)).convert("P")
    picture.putpalette([10, 20, 30, 40, 50, 60, 255, 255, 255])
    data = file_of(picture, transparency=bytes([0, 128, 255]))
    assert read(data).tolist() == [[[10, 20, 30, 0], [40, 50, 60, 128], [255, 255, 255, 255]]]
    assert read(data, stored_rgb).tolist() == [[[10, 20, 30], [40, 50, 60], [255, 255, 255]]]
    assert read(data, grey_levels).tolist() == [[0, 24, 255]]


def test_cmyk_without_a_profile() -> None:
    data = file_of(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=100)
    assert np.abs(read(data).astype(int) - [255, 0, 0, 255]).max() <= 2


def test_what_is_transparent_is_black_among_levels() -> None:
    data = file_of(Image.fromarray(np.array([[[255, 0], [200, 128], [90, 255]]], np.uint8), "LA"))
    assert read(data, grey_levels).tolist() == [[0, 100, 90]]


def test_levels_become_eight_bits() -> None:
    assert eight_bits(np.array([0, 255, 256, 65535], np.uint16)).tolist() == [0, 0, 1, 255]
    assert eight_bits(np.array([0, 1, 255], np.uint8)).tolist() == [0, 1, 255]


TURNED = {
    1: [[0, 50, 100], [150, 200, 250]],
    2: [[100, 50, 0], [250, 200, 150]],
    3: [[250, 200, 150], [100, 50, 0]],
    4: [[150, 200, 250], [0, 50, 100]],
    5: [[0, 150], [50, 200], [100, 250]],
    6: [[150, 0], [200, 50], [250, 100]],
    7: [[250, 100], [200, 50], [150, 0]],
    8: [[100, 250], [50, 200], [0, 150]],
    9: [[0, 50, 100], [150, 200, 250]],  # there is none such
}


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
@pytest.mark.parametrize(("orientation", "levels"), TURNED.items())
def test_pictures_stand_upright(kind: str, orientation: int, levels: list[list[int]]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = file_of(marked(), kind, exif=exif, lossless=True)
    assert read(data)[..., 0].tolist() == levels
    assert read(data, grey_levels).tolist() == levels
    assert read(data, stored_rgb)[..., 0].tolist() == TURNED[1]  # as glTF has it


def test_exif_behind_the_pixels_counts() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    plain, turned = bytes(file_of(marked())), bytes(file_of(marked(), exif=exif))
    start = turned.index(b"eXIf") - 4
    chunk = turned[start : start + 12 + int.from_bytes(turned[start : start + 4], "big")]
    assert read(memoryview(plain[:-12] + chunk + plain[-12:]))[..., 0].tolist() == TURNED[6]


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0", b"Exif\0\0II*\0", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12", b"odd"]
)
def test_garbled_exif_is_ignored(exif: bytes) -> None:
    assert read(file_of(marked(), exif=exif))[..., 0].tolist() == TURNED[1]


@pytest.mark.parametrize(
    ("primaries", "gamma"),
    [(DISPLAY_P3, 2.2), (ADOBE_RGB, 2.19921875), (BT2020, 2.4)],
    ids=["Display P3", "Adobe RGB", "BT.2020"],
)
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_colours_of_a_profile_become_srgb(primaries: NDArray[np.float64], gamma: float, kind: str) -> None:
    tiles = np.repeat(np.repeat(encoded([PATCHES], primaries, gamma), 16, axis=0), 16, axis=1)
    assert np.abs(tiles[8, 8::16].astype(int) - PATCHES).max() > 10
    options = {
        "icc_profile": rgb_profile(primaries, gamma),
        "quality": 100,
        "subsampling": 0,
        "lossless": True,
    }
    shown = read(file_of(Image.fromarray(tiles), kind, **options))[8, 8::16]
    assert np.abs(shown[:, :3].astype(int) - PATCHES).max() <= 4
    assert (shown[:, 3] == 255).all()


def test_a_profile_of_srgb_changes_little() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    shown = read(file_of(Image.fromarray(pixels), icc_profile=profile))[..., :3]
    assert np.abs(shown.astype(int) - pixels).max() <= 1


@pytest.mark.parametrize("mode", ["RGBA", "P"])
def test_a_profile_leaves_alpha_alone(mode: str) -> None:
    pixels = np.zeros((1, 3, 4), np.uint8)
    pixels[0] = [(*encoded(SKIN, ADOBE_RGB, 2.2), alpha) for alpha in (0, 77, 255)]
    picture = Image.fromarray(pixels)
    if mode == "P":
        picture = picture.quantize(method=Image.Quantize.FASTOCTREE)
    shown = read(file_of(picture, icc_profile=rgb_profile(ADOBE_RGB, 2.2)))[0]
    assert shown[:, 3].tolist() == [0, 77, 255]
    assert np.abs(shown[2, :3].astype(int) - SKIN).max() <= 4


@pytest.mark.parametrize("bits", [8, 16])
def test_a_profile_of_grey(bits: int) -> None:
    level = round((128 / 255 + 0.055) ** 2.4 / 1.055**2.4 * (2**bits - 1))  # linear
    picture = Image.fromarray(np.full((2, 2), level, f"uint{bits}"))
    shown = read(file_of(picture, icc_profile=grey_profile(1.0)))
    assert np.abs(shown[0, 0].astype(int) - [128, 128, 128, 255]).max() <= 2
    assert read(file_of(picture, icc_profile=grey_profile(1.0)), grey_levels)[0, 0] == level  # data


def test_a_profile_of_inks() -> None:
    profile = cmyk_profile((140, 91, 78))  # Lab 55, -37, -50: cyan on coated paper
    tiles = Image.new("CMYK", (32, 16))
    tiles.paste((255, 0, 0, 0), (16, 0, 32, 16))
    shown = read(file_of(tiles, "JPEG", quality=100, icc_profile=profile))
    assert np.abs(shown[8, [4, 28], :3].astype(int) - [(255, 255, 255), (0, 151, 218)]).max() <= 4


@pytest.mark.parametrize(
    ("mode", "profile"),
    [
        ("RGB", b"no profile"),
        ("RGB", rgb_profile(ADOBE_RGB, 2.2)[:200]),
        ("RGB", grey_profile(1.0)),
        ("RGB", cmyk_profile((0, 0, 0))),
        ("CMYK", rgb_profile(ADOBE_RGB, 2.2)),
        ("L", cmyk_profile((0, 0, 0))),
    ],
)
def test_a_profile_that_does_not_fit_is_ignored(mode: str, profile: bytes) -> None:
    picture = Image.new("RGB", (8, 8), (200, 0, 0)).convert(mode)
    plain, with_profile = (file_of(picture, "JPEG", icc_profile=icc) for icc in (None, profile))
    np.testing.assert_array_equal(read(with_profile), read(plain))


def test_textures_have_no_profile() -> None:
    data = file_of(Image.new("RGB", (1, 1), (200, 100, 50)), icc_profile=rgb_profile(ADOBE_RGB, 1.0))
    assert read(data, stored_rgb).tolist() == [[[200, 100, 50]]]


@pytest.mark.parametrize("cut", [0, 8, 30, 50])
def test_what_is_cut_off_is_told(cut: int, tmp_path: Path) -> None:
    (tmp_path / "cut").write_bytes(bytes(file_of(marked()))[:cut])
    with pytest.raises(UnreadablePicture), opened(tmp_path / "cut", most_pixels=10) as picture:
        displayed(picture)


def test_other_kinds_are_not_read() -> None:
    with pytest.raises(UnreadablePicture), opened(file_of(marked(), "GIF"), most_pixels=10):
        pass


def test_the_header_is_held_to_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(file_of(marked()), most_pixels=6) as picture:
        assert picture.size == (3, 2)
    with pytest.raises(TooManyPixels, match=r"^3 × 2 pixels$"), opened(file_of(marked()), most_pixels=5):
        pass
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 2)
    with pytest.raises(TooManyPixels, match=r"^too many pixels$"), opened(file_of(marked()), most_pixels=6):
        pass
