import numpy as np
import pytest

from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.texture.fill import FAR, GREY, NEAR, Filled, fill
from actionmesh_wrapper.texture.surface import Surface
from tests.texture.sheets import laid, sheet

SIDE = 2.0
FRONT = FilmCamera((1.0, 0.5, 0.0), 0.0, 0.0, 0.0, 0.0, 20.0, (31.5, 31.5))
RED, BLUE = [200, 20, 20], [20, 20, 200]


def halves(*, seen: float, split: float, lopsided: bool = False) -> tuple[Filled, Surface]:
    """A bent sheet seen from x = 0 up to some place, red up to another one and blue beyond.

    A mirror plane stands in its middle, unless it is ``lopsided``: it rises and bends more on one side, then.
    """
    vertices, faces = sheet(40, 20, 0.05)
    x = vertices[:, 0]
    vertices[:, 2] = 0.4 * x**2 if lopsided else 0.4 * (x - 1) ** 2
    if lopsided:
        vertices[:, 1] *= 0.2 + x
    surface = Surface(laid(*sheet(40, 20, 0.05), 128), vertices, faces)
    x = surface.texel_points[:, 0]
    colours = np.where(x[:, None] < split, [RED], [BLUE]).astype(np.float32)
    weights = np.where(x < seen, 1, 0).astype(np.float32)
    return fill(surface, colours, weights, FRONT, tick=lambda: None), surface


def test_what_is_seen_stays_and_what_is_near_is_the_same() -> None:
    filled, surface = halves(seen=1.0, split=3, lopsided=True)
    x = surface.texel_points[:, 0]
    assert filled.colours[x < 0.95] == pytest.approx(np.tile(RED, ((x < 0.95).sum(), 1)), abs=0.01)
    near = (x > 1) & (x < 1 + NEAR[0] * SIDE)
    assert np.abs(filled.colours[near] - RED).max() < 1


def test_far_from_all_that_is_seen_is_its_mean() -> None:
    filled, surface = halves(seen=1.0, split=0.5, lopsided=True)
    x, area = surface.texel_points[:, 0], surface.texels.area
    red, blue = area[x < 0.5].sum(), area[(x >= 0.5) & (x < 1)].sum()
    mean = (np.array(RED) * red + np.array(BLUE) * blue) / (red + blue)
    assert (
        np.abs(filled.colours[x > 1 + (FAR[1] + 0.1) * SIDE] - mean).max() < 4
    )  # areas are those of the flat sheet
    assert filled.seen == pytest.approx((red + blue) / area.sum(), abs=0.02)
    assert filled.mirrored == 0
    assert filled.guessed == pytest.approx(1 - filled.seen)


def test_the_other_side_of_a_mirror_plane_has_its_picture() -> None:
    filled, surface = halves(seen=1.0, split=0.5)
    x = surface.texel_points[:, 0]
    far = x > 1 + NEAR[1] * SIDE
    blue, red = far & (x < 1.45), far & (x > 1.55)
    assert np.abs(filled.colours[blue] - BLUE).max() < 2
    assert np.abs(filled.colours[red] - RED).max() < 2
    assert filled.seen == pytest.approx(0.5, abs=0.02)
    assert filled.mirrored == pytest.approx(0.5 - SIDE * sum(NEAR) / 2 / SIDE, abs=0.03)


def test_sides_that_the_film_shows_to_differ_are_not_each_others_picture() -> None:
    filled, _ = halves(seen=1.6, split=1.0)
    assert filled.mirrored == 0


def test_where_nothing_is_seen_it_is_grey() -> None:
    filled, _ = halves(seen=-1, split=1)
    assert (filled.colours == GREY).all()
    assert (filled.seen, filled.mirrored, filled.guessed) == (0, 0, 1)
