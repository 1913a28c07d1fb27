from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.preview.stills import MOST_PICTURES, shrunk, write_loop, write_still
from tests.preview.decoding import looped


def greys(count: int) -> list[np.ndarray]:
    return [np.full((8, 16, 3), level, np.uint8) for level in np.linspace(0, 255, count).astype(int)]


def test_a_loop_shows_each_picture_and_plays_for_ever(tmp_path: Path) -> None:
    loop = looped(write_loop(greys(3), tmp_path / "loop.webp", fps=8.0))
    assert loop.pictures.shape == (3, 8, 16, 3)
    assert (loop.durations_ms, loop.times) == ([125] * 3, 0)
    for picture, level in zip(loop.pictures, (0, 127, 255), strict=True):
        np.testing.assert_allclose(picture, level, atol=3)


@pytest.mark.parametrize(("count", "fps", "shown"), [(62, 8.0, 31), (100, 8.0, 34), (20, 120.0, 7)])
def test_a_long_or_fast_loop_is_thinned_out_and_plays_as_fast(
    tmp_path: Path, count: int, fps: float, shown: int
) -> None:
    loop = looped(write_loop(greys(count), tmp_path / "loop.webp", fps))
    assert len(loop.pictures) == shown <= MOST_PICTURES
    assert sum(loop.durations_ms) == pytest.approx(1000 / fps * count, rel=0.1)
    assert min(loop.durations_ms) >= 20


def test_a_loop_is_half_as_large() -> None:
    picture = np.zeros((4, 6, 3), np.uint8)
    picture[:2, :2] = 80
    assert shrunk(picture)[..., 0].tolist() == [[80, 0, 0], [0, 0, 0]]


def test_a_still_is_exact(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    with Image.open(write_still(picture, tmp_path / "still.png")) as still:
        assert still.format == "PNG"
        np.testing.assert_array_equal(np.asarray(still), picture)


def test_a_folder_that_is_missing_is_an_error_without_a_path(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed) as caught:
        write_still(greys(1)[0], tmp_path / "missing" / "poster.png")
    assert str(caught.value) == "EXPORT_FAILED: The result file poster.png could not be written."
