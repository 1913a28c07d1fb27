import numpy as np
import pytest

from actionmesh_wrapper.data.film_camera import FilmCamera, FilmView


def seen(camera: FilmCamera, *point: float) -> tuple[float, float, float]:
    (x, y), depth = camera.project(np.array(point))
    return float(x), float(y), float(depth)


def test_from_the_front_right_is_x_and_up_is_y() -> None:
    front = FilmCamera((0, 0, 0), 0, 0, 0, 0, 100, (50, 40))
    assert seen(front, 0.5, 0.25, 0.1) == pytest.approx((100, 15, -0.1))


def test_azimuth_90_stands_at_plus_x_and_elevation_90_above() -> None:
    assert seen(FilmCamera((0, 0, 0), 90, 0, 0, 0, 1, (0, 0)), 1, 0, -0.5) == pytest.approx((0.5, 0, -1))
    assert seen(FilmCamera((0, 0, 0), 0, 90, 0, 0, 1, (0, 0)), 0, 1, -0.5) == pytest.approx((0, -0.5, -1))


def test_roll_turns_the_picture_clockwise() -> None:
    assert seen(FilmCamera((0, 0, 0), 0, 0, 90, 0, 1, (0, 0)), 0, 1, 0) == pytest.approx((1, 0, 0))


def test_what_is_nearer_is_larger() -> None:
    camera = FilmCamera((1, 0, 0), 0, 0, 0, 0.25, 8, (0, 0))
    assert seen(camera, 2, 0, 0) == pytest.approx((8, 0, 0))
    assert seen(camera, 2, 0, 2) == pytest.approx((16, 0, -2))


def test_a_view_tells_the_frame_in_units_of_the_mesh() -> None:
    camera = FilmCamera((0, 0, 0), 20, 10, 0, 0.25, 100, (79.5, 19.5))
    view = FilmView(camera, 320, 200)
    assert (view.distance, view.frame_height, view.aspect_ratio) == (4.0, 2.0, 1.6)
    assert view.principal_point == (0.25, 0.1)
    assert view.yfov is not None
    top = np.array([0, np.tan(view.yfov / 2) * 4.0, 0]) @ camera.axes
    assert camera.project(top)[0][1] == pytest.approx(19.5 - 100)


def test_a_parallel_projection_has_no_distance() -> None:
    view = FilmView(FilmCamera((0, 0, 0), 0, 0, 0, 0, 50, (0, 0)), 100, 100)
    assert (view.distance, view.yfov, view.frame_height) == (None, None, 2.0)
