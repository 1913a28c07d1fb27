import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.texture.visibility import Shot, Sight, look, spread_keys
from tests.texture.sheets import laid, sheet

VERTICES, FACES = sheet(20, 20, 0.1)  # 2 by 2
FRONT = FilmCamera((1.0, 1.0, 0.0), 0.0, 0.0, 0.0, 0.0, 20.0, (31.5, 31.5))
RAMP = np.dstack([np.tile(np.arange(64, dtype=np.uint8) * 3, (64, 1))] * 3)


def seen(camera: FilmCamera = FRONT, *, before: float | None = None) -> tuple[Sight, NDArray[np.float32]]:
    """What the ramp shows of the sheet, whose left half another may hide, and the texels' places."""
    texels = laid(VERTICES, FACES, 64)
    vertices, faces = VERTICES, FACES
    if before is not None:
        screen = VERTICES * np.array([0.5, 1, 1], np.float32) + np.array([0, 0, before], np.float32)
        vertices = np.concatenate([VERTICES, screen])
        faces = np.concatenate([FACES, FACES + len(VERTICES)])
    mask = np.zeros((64, 64), np.uint8)
    mask[12:52, 12:52] = 255
    return look(Shot(camera, vertices, faces, RAMP, mask), texels, tick=lambda: None), texels.of(VERTICES)


def test_a_texel_has_the_colour_of_the_pixel_where_it_is_seen() -> None:
    sight, places = seen()
    pixels = 31.5 + (places[sight.texels, 0] - 1) * 20
    assert (
        np.abs(sight.colours[:, 0] - 3 * pixels).max() < 0.6
    )  # whole levels, and cv2.remap has 32 steps a pixel
    inner = (np.abs(places[sight.texels, :2] - 1) < 0.7).all(axis=1)
    assert inner.sum() == pytest.approx(0.49 * 64**2, rel=0.1)
    assert sight.weights[inner] == pytest.approx(1)


def test_the_weight_falls_with_the_fourth_power_of_the_cosine() -> None:
    sight, places = seen(FilmCamera((1.0, 1.0, 0.0), 60.0, 0.0, 0.0, 0.0, 20.0, (31.5, 31.5)))
    middle = np.abs(places[sight.texels] - [1, 1, 0]).max(axis=1) < 0.3
    assert sight.weights[middle] == pytest.approx(0.5**4, rel=1e-3)


def test_near_an_outline_nothing_is_trusted() -> None:
    sight, places = seen()
    away = 20 * (1 - np.abs(places[:, :2] - 1).max(axis=1))  # pixels from the sheet's edge
    assert not np.isin(np.flatnonzero(away < 1), sight.texels).any()
    assert np.isin(np.flatnonzero(away > 3), sight.texels).all()


def test_what_is_behind_another_surface_is_not_seen() -> None:
    sight, places = seen(before=0.3)
    assert places[sight.texels, 0].min() > 1
    assert len(sight.texels) == pytest.approx(0.5 * 64**2, rel=0.25)
    behind, _ = seen(before=-0.3)
    assert len(behind.texels) > 1.7 * len(sight.texels)


def test_the_back_of_a_surface_shows_nothing() -> None:
    sight, _ = seen(FilmCamera((1.0, 1.0, 0.0), 180.0, 0.0, 0.0, 0.0, 20.0, (31.5, 31.5)))
    assert len(sight.texels) == 0


@pytest.mark.parametrize(
    ("count", "anchor", "most", "expected"),
    [(1, 0, 8, [0]), (5, 2, 8, [2, 1, 3, 0, 4]), (16, 0, 4, [0, 5, 10, 15]), (16, 15, 2, [15, 0])],
)
def test_keys_are_spread_and_the_anchor_is_first(
    count: int, anchor: int, most: int, expected: list[int]
) -> None:
    assert spread_keys(count, anchor, most).tolist() == expected
