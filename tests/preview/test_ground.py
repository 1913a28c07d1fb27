import math

import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.preview import NUMPY
from actionmesh_wrapper.preview.camera import Camera, View
from actionmesh_wrapper.preview.ground import CELLS, DARKNESS, Ground
from tests.preview.shapes import f32, quad, sphere

VERTICES, FACES = sphere(0.5, 3)
GROUND = Ground(np.array([0.0, -0.5, 0.0]), 4.0)


def shadow(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.float32]:
    return GROUND.shadow(NUMPY, vertices.T, faces.T.astype(np.int64))


def test_it_lies_below_the_middle_of_the_mesh_and_is_wider() -> None:
    ground = Ground.below(np.array([-1.0, -2.0, 3.0]), np.array([3.0, 0.0, 4.0]))
    assert ground.centre.tolist() == [1, -2, 3.5]
    assert ground.side > 4


def test_a_point_has_a_ground_too() -> None:
    assert Ground.below(np.zeros(3), np.zeros(3)).side == 1


def test_the_shadow_is_darkest_under_the_mesh_and_fades_out_around_it() -> None:
    cast = shadow(VERTICES, FACES)
    assert cast.shape == (CELLS, CELLS)
    assert np.abs(np.argwhere(cast == cast.max()) - (CELLS - 1) / 2).max() <= 1
    assert 0.1 < cast.max() <= DARKNESS
    assert max(cast[0].max(), cast[:, 0].max(), cast[-1].max(), cast[:, -1].max()) < 0.001


def test_the_higher_the_mesh_the_fainter_its_shadow() -> None:
    darkest = [float(shadow(VERTICES + f32([0, up, 0]), FACES).max()) for up in (0, 0.2, 0.4, 0.8)]
    assert darkest == sorted(darkest, reverse=True)
    assert darkest[0] > 3 * darkest[-1]


def test_the_lowest_part_above_each_place_casts_the_shadow() -> None:
    low, high = VERTICES, VERTICES + f32([0, 1, 0])
    both = np.concatenate([high, low]), np.concatenate([FACES, FACES + np.int32(len(VERTICES))])
    np.testing.assert_array_equal(shadow(*both), shadow(low, FACES))


@pytest.mark.parametrize(("x", "z"), [(1.0, 0.0), (-0.7, 0.5), (0.3, -1.2)])
@pytest.mark.parametrize("view", [View(0, 0.1), View(0.7, 0.3), View(math.pi, 0.2)])
def test_the_picture_shows_it_where_it_lies(x: float, z: float, view: View) -> None:
    spot, faces = sphere(0.1, 2)
    vertices = spot + f32([x, -0.4, z])
    camera = Camera(view, np.zeros(3), 6.0, 160, 160)
    picture = np.full((160, 160, 3), 200, np.float32)
    GROUND.lay(shadow(vertices, faces), camera, picture)
    dark = 200 - picture[..., 0]
    rows, columns = np.mgrid[:160, :160] + 0.5
    seen = (columns * dark).sum() / dark.sum(), (rows * dark).sum() / dark.sum()
    expected = camera.project(NUMPY.xp, f32([(x,), (-0.5,), (z,)]))[:2, 0]
    assert math.dist(seen, expected) < 1.0


def test_nothing_above_the_ground_is_darkened() -> None:
    picture = np.full((64, 64, 3), 200, np.float32)
    GROUND.lay(shadow(*quad(0.5)), Camera(View(0, math.radians(4)), np.zeros(3), 6.0, 64, 64), picture)
    assert (picture[:32] == 200).all()


def test_towards_a_rim_it_fades_out_and_elsewhere_it_is_the_same() -> None:
    camera = Camera(View(0, math.radians(50)), np.zeros(3), 2.0, 64, 64)
    everywhere = np.full((CELLS, CELLS), 0.4, np.float32)
    plain, faded = np.full((2, 64, 64, 3), 200, np.float32)
    GROUND.lay(everywhere, camera, plain)
    GROUND.lay(everywhere, camera, faded, rim=0.1)
    assert (plain[-1] < 130).all()
    assert (faded[-1] > 195).all()
    np.testing.assert_array_equal(plain[10:-10, 10:-10], faded[10:-10, 10:-10])
