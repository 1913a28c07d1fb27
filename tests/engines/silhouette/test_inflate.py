import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.engines.silhouette.inflate import DEPTH, inflate
from actionmesh_wrapper.engines.silhouette.outline import signed_distance


def disc(radius: float, size: int = 120) -> NDArray[np.bool_]:
    y, x = np.indices((size, size)) - (size - 1) / 2
    inside: NDArray[np.bool_] = np.hypot(x, y) < radius
    return inside


@pytest.mark.parametrize("coarseness", [2, 4])
def test_a_disc_becomes_a_flattened_ball(coarseness: int) -> None:
    mask = disc(40)
    film = inflate(mask, signed_distance(mask), coarseness=coarseness)
    y, x = np.indices(mask.shape) - (120 - 1) / 2
    ball = DEPTH**2 * (40**2 - x**2 - y**2)
    inside = disc(36)
    assert np.abs(film - ball)[inside].max() < 0.1 * ball.max()


def test_the_film_is_negative_outside_and_zero_on_the_outline() -> None:
    mask = disc(30)
    distance = signed_distance(mask)
    film = inflate(mask, distance, coarseness=2)
    assert (film[distance > 1] > 0).all()
    assert (film[distance < -1] < 0).all()


def test_a_limb_of_two_pixels_is_not_lost_on_the_coarse_grid() -> None:
    mask = np.zeros((40, 40), bool)
    mask[10:12, 5:35] = True
    film = inflate(mask, signed_distance(mask), coarseness=4)
    assert (film[10:12, 10:30] > 0).all()
