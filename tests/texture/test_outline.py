import numpy as np
import pytest

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.preview.rasterise import rasterise
from actionmesh_wrapper.texture.outline import Outline, covered
from tests.texture.bodies import Floats, film_camera, fox

SIZE = 96


def drawn(faces: Floats, seen: Floats) -> Floats:
    """Every face drawn, by the preview's rasteriser."""
    points = np.concatenate([seen.T + 0.5, np.ones((1, len(seen)))])
    share: Floats = (rasterise(points, faces.T.astype(np.int64), SIZE, SIZE).face >= 0).mean(axis=1)
    return share


def outlined(faces: Floats, seen: Floats) -> Floats:
    return covered(Outline(faces.astype(np.int64)).rim(seen), seen, SIZE, SIZE)


@pytest.fixture(scope="module")
def body() -> Animation:
    return fox(count=1, cell=0.05)


@pytest.mark.parametrize(("azimuth", "elevation"), [(0, 0), (35, 20), (-80, -40)])
def test_it_covers_what_all_faces_cover(body: Animation, azimuth: float, elevation: float) -> None:
    camera = film_camera(body, azimuth, elevation, roll=7, closeness=0.3)
    seen = camera.project(body.vertices[0].astype(np.float64))[0] * 0.5 - [
        70,
        40,
    ]  # partly beyond the picture
    share = drawn(body.faces.astype(np.float64), seen)
    assert 0.02 < share.mean() < 0.9
    np.testing.assert_array_equal(outlined(body.faces.astype(np.float64), seen), share)


def test_faces_need_no_neighbours_and_no_common_direction() -> None:
    rng = np.random.default_rng(3)
    seen = rng.uniform(-20, SIZE + 20, size=(60, 2))
    faces = rng.integers(0, 60, size=(25, 3)).astype(np.float64)
    share = drawn(faces, seen)
    assert 0.3 < share.mean() < 1
    np.testing.assert_array_equal(outlined(faces, seen), share)


def test_faces_with_a_corner_behind_the_camera_are_left_out() -> None:
    seen = np.array([[10, 10], [80, 10], [10, 80], [np.nan, np.nan]])
    both, one = np.array([[0, 1, 2], [1, 3, 2]]), np.array([[0, 1, 2]])
    np.testing.assert_array_equal(
        outlined(both.astype(np.float64), seen), outlined(one.astype(np.float64), seen)
    )


def test_the_rim_is_where_a_cubes_front_meets_its_back() -> None:
    corners = np.array([(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float64)
    sides = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = np.array([t for a, b, c, d in sides for t in ((a, b, c), (a, c, d))])
    turned = corners @ np.array([[0.8, 0.1], [0.3, 0.9], [-0.5, 0.4]])
    rim = Outline(faces).rim(turned)
    assert len(rim.sides) == 6
    assert (np.abs(rim.count) == 2).all()
