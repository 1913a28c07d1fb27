from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.export.picture import LEAST_DB, Picture, encode

Pixels = NDArray[np.uint8]


def photograph(height: int = 256, width: int = 192) -> Pixels:
    """Smooth, with the grain that a camera leaves; a seam runs down its middle."""
    row, column = np.mgrid[0:height, 0:width] / 64
    waves = np.stack([np.sin(row + column), np.cos(row), np.sin(2 * column)], axis=2)
    grain = np.random.default_rng(3).normal(0, 3, waves.shape)
    pixels = 128 + 80 * waves + grain
    pixels[:, width // 2 :, [0, 2]] = pixels[:, width // 2 :, [2, 0]]
    return pixels.clip(0, 255).astype(np.uint8)


def noise() -> Pixels:
    return np.random.default_rng(0).integers(0, 256, (300, 200, 3)).astype(np.uint8)


def flat() -> Pixels:
    picture = np.full((256, 256, 3), 200, np.uint8)
    picture[:90, :70] = [220, 30, 40]
    picture[130:, 50:] = [20, 60, 210]
    return picture


def decoded(picture: Picture) -> NDArray[np.int16]:
    image = Image.open(BytesIO(picture.data))
    assert image.format is not None
    assert picture.media_type == f"image/{image.format.lower()}"
    assert image.size == (picture.width, picture.height)
    return np.asarray(image.convert("RGB"), np.int16)


def decibels(picture: Picture, truth: Pixels) -> float:
    error = float(((decoded(picture) - truth.astype(np.float64)) ** 2).mean())
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def test_a_photograph_is_a_jpeg_of_quality_90_without_subsampling() -> None:
    picture = encode(photograph())
    expected = BytesIO()
    Image.fromarray(photograph()).save(expected, "JPEG", quality=90, subsampling=0, optimize=True)
    assert picture.name == "texture.jpg"
    assert picture.data == expected.getvalue()
    assert decibels(picture, photograph()) >= LEAST_DB


def test_flat_colours_are_a_smaller_png_and_exact() -> None:
    picture = encode(flat())
    as_jpeg = BytesIO()
    Image.fromarray(flat()).save(as_jpeg, "JPEG", quality=90, subsampling=0, optimize=True)
    assert picture.name == "texture.png"
    assert len(picture.data) < len(as_jpeg.getvalue())
    assert np.array_equal(decoded(picture), flat())


def test_noise_gets_the_quality_that_it_needs() -> None:
    picture = encode(noise())
    coarse = BytesIO()
    Image.fromarray(noise()).save(coarse, "JPEG", quality=90, subsampling=0)
    assert decibels(picture, noise()) >= LEAST_DB
    assert decibels(Picture(coarse.getvalue(), "image/jpeg", 200, 300), noise()) < LEAST_DB - 5


def test_where_no_jpeg_is_true_enough_it_is_a_png(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actionmesh_wrapper.export.picture.LEAST_DB", 60.0)
    assert np.array_equal(decoded(encode(noise())), noise())


def test_it_is_halved_until_it_is_small_enough() -> None:
    whole = encode(photograph(1024, 768))
    half = encode(photograph(1024, 768), most_bytes=len(whole.data) - 1)
    assert (half.width, half.height) == (384, 512)
    assert len(half.data) < len(whole.data)
    blocks = photograph(1024, 768).reshape(512, 2, 384, 2, 3).mean(axis=(1, 3))
    assert np.abs(decoded(half) - blocks).mean() < 3
    assert max(encode(photograph(1024, 768), most_bytes=1).width, 0) == 192  # 256 high, and no smaller


@pytest.mark.parametrize("size", [(1, 1), (3, 500)])
def test_the_smallest_pictures_are_encoded_too(size: tuple[int, int]) -> None:
    picture = np.full((*size, 3), 77, np.uint8)
    assert np.abs(decoded(encode(picture, most_bytes=1)) - 77).max() <= 2


@pytest.mark.parametrize("make", [photograph, flat, noise])
def test_equal_textures_give_equal_bytes(make: object) -> None:
    assert callable(make)
    assert encode(make()) == encode(make())
