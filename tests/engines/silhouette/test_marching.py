import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.engines.silhouette.marching import (
    MOST_CELLS,
    MOST_VERTICES,
    PITCH_BOUNDS,
    VERTICES_PER_AREA,
    FrontHalf,
    finest_pitch,
)


def ball(radius: float, size: int) -> NDArray[np.float64]:
    """The film of a ball: its squared half thickness (size, size)."""
    y, x = np.indices((size, size)) - (size - 1) / 2
    return np.asarray(radius**2 - x**2 - y**2, np.float64)


def test_the_front_of_a_ball() -> None:
    front = FrontHalf.of(ball(20, 64), 1.0)
    centre = np.array([31.5, 31.5, 0])
    np.testing.assert_allclose(np.linalg.norm(front.vertices - centre, axis=1), 20, atol=0.2)
    assert (front.vertices[front.rim, 2] == 0).all()
    assert front.enclosed_area == pytest.approx(np.pi * 20**2, rel=0.01)
    assert front.num_closed == 2 * len(front.vertices) - np.unique(front.rim).size


def test_a_small_flat_shape_may_be_meshed_at_the_least_pitch() -> None:
    assert finest_pitch(ball(4, 64)) == PITCH_BOUNDS[0]


def test_a_thick_shape_in_an_empty_picture_is_held_to_the_cells() -> None:
    film = ball(30, 384)
    pitch = finest_pitch(film)
    assert pitch > PITCH_BOUNDS[0]
    assert (384 / pitch) ** 2 * 30 / pitch < MOST_CELLS


def test_a_large_shape_is_held_to_the_vertices() -> None:
    film = np.full((384, 384), -1.0)
    film[10:-10, 10:-10] = 1.0
    assert VERTICES_PER_AREA * 364**2 / finest_pitch(film) ** 2 <= MOST_VERTICES * 1.0001


def test_a_film_that_is_positive_nowhere_gives_no_vertices() -> None:
    assert len(FrontHalf.of(np.full((40, 40), -1.0), 1.0).vertices) == 0
