import math

import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.preview.camera import FIELD_OF_VIEW, MARGIN, Camera, View, fitting_distance
from tests.preview.shapes import f32

ORIGIN = np.zeros(3)
VIEWS = [View(yaw, pitch) for yaw in np.linspace(0, 2 * math.pi, 9) for pitch in (0.0, 0.3)]


def camera(view: View, distance: float = 4.0, width: int = 200, height: int = 100) -> Camera:
    return Camera(view, ORIGIN, distance, width, height)


def projected(camera: Camera, points: NDArray[np.float32]) -> NDArray[np.float64]:
    """Of points (V, 3): (V, 3)."""
    return camera.project(points.T).T


def test_plus_x_is_on_the_right_and_plus_y_up_as_filmed() -> None:
    points = projected(camera(View(0, 0)), f32([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]))
    middle, right, up, nearer = points
    np.testing.assert_allclose(middle, (100, 50, 1 / 4))
    assert right[0] > 100
    assert right[1] == pytest.approx(50)
    assert up[1] < 50
    assert up[0] == pytest.approx(100)
    np.testing.assert_allclose(nearer, (100, 50, 1 / 3))


def test_from_the_side_it_stands_at_plus_x() -> None:
    towards_camera, to_the_left = projected(camera(View(math.pi / 2, 0)), f32([(1, 0, 0), (0, 0, 1)]))
    np.testing.assert_allclose(towards_camera, (100, 50, 1 / 3))
    assert to_the_left[0] < 100


def test_from_above_what_is_nearer_is_lower_in_the_picture() -> None:
    (point,) = projected(camera(View(0, 0.3)), f32([(0, 0, 1)]))
    assert point[1] > 50


@pytest.mark.parametrize("view", VIEWS)
def test_axes_are_a_rotation(view: View) -> None:
    np.testing.assert_allclose(view.axes @ view.axes.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(view.axes) == pytest.approx(1)


def test_the_field_of_view_spans_the_shorter_side() -> None:
    edge = 4 * math.tan(FIELD_OF_VIEW / 2)
    (point,) = projected(camera(View(0, 0)), f32([(0, edge, 0)]))
    assert point[1] == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("z", [4.0, 5.0, 1e6])
def test_what_is_at_or_behind_the_camera_has_no_depth(z: float) -> None:
    (point,) = projected(camera(View(0, 0)), f32([(0.1, 0.2, z)]))
    assert point[2] == 0
    assert np.isfinite(point).all()


@pytest.mark.parametrize(("width", "height"), [(100, 100), (200, 100), (100, 200)])
@pytest.mark.parametrize("stretch", [(1, 1, 1), (10, 0.1, 1), (0.01, 3, 0.01), (1, 1, 50)])
def test_everything_fits_within_the_margins_and_only_just(
    width: int, height: int, stretch: tuple[float, float, float]
) -> None:
    points = (np.random.default_rng(3).uniform(-1, 1, (500, 3)) * stretch + (5, 0, 0)).astype(np.float32)
    target = np.array([5.0, 0, 0])
    distance = fitting_distance(points, target, VIEWS, width / height)
    size = np.array([width, height])
    free = []
    for view in VIEWS:
        seen = projected(Camera(view, target, distance, width, height), points)
        assert (seen[:, 2] > 0).all()
        free.append(np.minimum(seen[:, :2], size - seen[:, :2]).min(axis=0) / (size * MARGIN))
    assert np.min(free) == pytest.approx(1, abs=0.01)


def test_a_single_point_is_seen_from_some_distance() -> None:
    assert fitting_distance(np.zeros((1, 3), np.float32), ORIGIN, VIEWS) == 1
