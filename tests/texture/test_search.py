from dataclasses import replace

import numpy as np
import pytest

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.texture.poses import AZIMUTHS, CLOSENESSES, ELEVATIONS, angle_between
from actionmesh_wrapper.texture.search import COARSE_PIXELS, Search
from tests.texture.bodies import Film, film, film_camera, fox, turned


@pytest.fixture(scope="module")
def made() -> Film:
    body = turned(fox(count=3, cell=0.05), -45)
    return film(body, film_camera(body, 21, 9, closeness=0.25))


def test_the_best_pose_of_the_grid_is_the_nearest_one(made: Film) -> None:
    search = Search.of(made.animation, made.masks, [0, 2])
    assert len(search.poses) == len(AZIMUTHS) * len(ELEVATIONS) * len(CLOSENESSES)
    overlaps = [pose.overlap for pose in search.poses]
    assert overlaps == sorted(overlaps, reverse=True)
    assert angle_between(search.poses[0].camera, made.camera) < 10


def test_keys_lie_in_a_unit_of_their_own_from_which_the_frames_place_is_found_again(made: Film) -> None:
    search = Search.of(made.animation, made.masks, [2, 0])
    assert search.masks.shape[0] == 2
    assert np.array_equal(search.masks[0], made.masks[2])
    low, high = search.points.min(axis=(0, 1)), search.points.max(axis=(0, 1))
    assert np.abs(low + high).max() < 1e-9
    assert float((high - low).max()) == pytest.approx(2)
    back = search.points * search.unit + search.target
    assert np.abs(back - made.animation.vertices[[2, 0]]).max() < 1e-6
    assert search.window.size <= COARSE_PIXELS
    camera = search.poses[0].camera
    x, y = camera.centre
    left_top = np.array([search.window.left, search.window.top])
    middle = (np.array([x, y]) + 0.5) * search.window.pixel + left_top - 0.5
    true, _ = made.camera.project(search.target)
    assert np.abs(middle - true).max() < 12  # pixels of the frame, of which a pixel here has about five


def test_the_unit_and_place_of_a_mesh_change_nothing(made: Film) -> None:
    far = replace(made.animation, vertices=made.animation.vertices * np.float32(64) + np.float32(512))
    one, other = (Search.of(mesh, made.masks, [0]) for mesh in (made.animation, far))
    assert angle_between(one.poses[0].camera, other.poses[0].camera) == pytest.approx(0, abs=1e-4)
    assert other.unit == pytest.approx(64 * one.unit, rel=1e-5)


def test_a_mesh_without_extent_has_poses_too() -> None:
    point = Animation(np.ones((1, 3, 3), np.float32), np.array([[0, 1, 2]], np.int32), 8.0)
    mask = np.zeros((1, 64, 64), np.uint8)
    mask[0, 20:40, 20:40] = 255
    search = Search.of(point, mask, [0])
    assert search.unit > 0
    assert np.isfinite([pose.overlap for pose in search.poses]).all()
