from dataclasses import replace

import numpy as np
import pytest

from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.texture.contours import camera_of, contours_of, moved, numbers_of, rim_points
from actionmesh_wrapper.texture.views import Body, Window, cut
from tests.texture import painted

BALL = painted.ball(24)
BODY = Body.of(BALL.vertices[None].astype(np.float64), BALL.faces.astype(np.int64))
CAMERA = FilmCamera((0, 0, 0), 0, 0, 0, 0.0, 40.0, (79.5, 79.5))


def disc(radius: float = 40.0, x: float = 99.5, y: float = 89.5) -> Window:
    row, column = np.mgrid[0:180, 0:200]
    mask = np.clip(radius + 0.5 - np.hypot(column - x, row - y), 0, 1) * 255
    return cut(mask.round().astype(np.uint8)[None], 400)


def test_the_outline_of_a_disc_is_a_circle_whose_normals_point_away() -> None:
    window = disc()
    (contour,) = contours_of(window)
    assert contour is not None
    middle = np.array([99.5 - window.left, 89.5 - window.top])
    away = contour.points - middle
    assert np.linalg.norm(away, axis=1) == pytest.approx(40, abs=0.3)
    assert (contour.outwards * away).sum(axis=1) / 40 == pytest.approx(1, abs=0.02)


def test_the_rim_of_a_ball_lies_on_its_circle() -> None:
    places, seen, outwards = rim_points(BODY, disc(), 0, CAMERA)
    assert np.linalg.norm(seen - 79.5, axis=1) == pytest.approx(40, abs=0.5)
    assert np.linalg.norm(places[:, :2], axis=1) == pytest.approx(1, abs=0.02)
    assert np.abs(places[:, 2]).max() < 0.2
    assert ((seen - 79.5) * outwards).sum(axis=1).min() > 35


def test_a_camera_is_moved_to_where_and_as_large_as_the_mask_is() -> None:
    window = disc(radius=36.0)
    middle = (99.5 - window.left, 89.5 - window.top)
    start = replace(CAMERA, centre=(middle[0] + 4, middle[1] - 3))
    end = moved(BODY, window, contours_of(window), start, 12)
    assert end.centre == pytest.approx(middle, abs=0.4)
    radius = end.scale / np.sqrt(1 - end.closeness**2)  # of a ball seen from near
    assert radius == pytest.approx(36, abs=0.5)


def test_a_camera_is_seven_numbers_and_its_closeness_has_bounds() -> None:
    camera = FilmCamera((0, 0, 0), 10, -5, 2, 0.3, 40, (7, 8))
    assert numbers_of(camera).tolist() == [10, -5, 2, 0.3, 40, 7, 8]
    assert camera_of(numbers_of(camera)) == camera
    assert camera_of(numbers_of(replace(camera, closeness=0.9))).closeness == 0.6
    assert camera_of(numbers_of(replace(camera, closeness=-0.1))).closeness == 0


def test_without_an_outline_the_camera_stays() -> None:
    assert moved(BODY, disc(), [None], CAMERA, 3) == CAMERA
