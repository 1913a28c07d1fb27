import math

import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.preview import NUMPY
from actionmesh_wrapper.preview.camera import MARGIN, Camera, View
from actionmesh_wrapper.preview.layout import storyboard
from actionmesh_wrapper.preview.scene import CELLS, DARKNESS, Ground, PreviewScene, is_closed
from tests.preview.shapes import f32, moving_sphere, quad, sphere

BACKGROUND = np.full((96, 96, 3), 244, np.float32)
FRONT, BACK = View(0, 0.05), View(math.pi, 0.05)


def test_a_ball_is_closed_and_a_square_is_open() -> None:
    _, ball = sphere(1.0, 2)
    assert is_closed(ball)
    assert is_closed(ball[:, ::-1])
    assert not is_closed(ball[1:])
    assert not is_closed(quad()[1])


def test_one_turned_face_opens_a_mesh() -> None:
    _, ball = sphere(1.0, 2)
    turned = ball.copy()
    turned[7] = turned[7, ::-1]
    assert not is_closed(turned)


def subject(picture: np.ndarray) -> np.ndarray:
    """Pixels that are far from the background and its shadow, in colour."""
    is_coloured: np.ndarray = np.ptp(picture.astype(int), axis=2) > 8
    return is_coloured


@pytest.mark.parametrize("view", [FRONT, BACK])
def test_an_open_mesh_is_seen_from_both_sides(view: View) -> None:
    vertices, faces = quad()
    scene = PreviewScene(NUMPY, Animation(vertices[None], faces, 8.0), [FRONT, BACK], BACKGROUND)
    assert subject(scene.picture(0, view).pixels).mean() > 0.3


def test_both_sides_of_an_open_mesh_are_lit_alike() -> None:
    vertices, faces = quad()
    views = [View(0, 0), View(math.pi, 0)]
    outside, inside = (
        PreviewScene(NUMPY, Animation(vertices[None], faces, 8.0), views, BACKGROUND).picture(0, view).pixels
        for view in views
    )
    np.testing.assert_array_equal(outside[48, 48], inside[48, 48])


@pytest.mark.parametrize("stretch", [(1, 1, 1), (4, 0.3, 0.5), (0.3, 3, 0.3)])
def test_no_picture_cuts_the_mesh_off(stretch: tuple[float, float, float]) -> None:
    ball = moving_sphere(3)
    animation = Animation(ball.vertices * f32(stretch), ball.faces, 8.0)
    shots = storyboard(range(3), 5)
    scene = PreviewScene(NUMPY, animation, {shot.view for shot in shots}, BACKGROUND)
    free = math.floor(MARGIN * 96)
    for shot in shots:
        shown = subject(scene.picture(shot.key, shot.view).pixels)
        assert shown.any()
        shown[free:-free, free:-free] = False
        assert not shown.any()


def test_keys_differ_and_a_key_is_drawn_the_same_again() -> None:
    scene = PreviewScene(NUMPY, moving_sphere(2), [FRONT], BACKGROUND)
    first = scene.picture(0, FRONT).pixels
    assert (scene.picture(1, FRONT).pixels != first).any()
    np.testing.assert_array_equal(scene.picture(0, FRONT).pixels, first)


def test_a_texture_is_shown_where_there_is_one() -> None:
    vertices, faces = quad()
    uv, texture = np.zeros((4, 2), np.float32), np.full((2, 2, 3), (10, 200, 30), np.uint8)
    picture = (
        PreviewScene(NUMPY, Animation(vertices[None], faces, 8.0, uv, texture), [FRONT], BACKGROUND)
        .picture(0, FRONT)
        .pixels
    )
    red, green, blue = picture[48, 48].astype(int)
    assert green > 4 * max(red, blue)


def test_a_mesh_without_extent_is_no_trouble() -> None:
    points = Animation(np.zeros((2, 3, 3), np.float32), np.array([(0, 1, 2)], np.int32), 8.0)
    assert not subject(PreviewScene(NUMPY, points, [FRONT], BACKGROUND).picture(1, FRONT).pixels).any()


BALL, BALL_FACES = sphere(0.5, 3)
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
    cast = shadow(BALL, BALL_FACES)
    assert cast.shape == (CELLS, CELLS)
    assert np.abs(np.argwhere(cast == cast.max()) - (CELLS - 1) / 2).max() <= 1
    assert 0.1 < cast.max() <= DARKNESS
    assert max(cast[0].max(), cast[:, 0].max(), cast[-1].max(), cast[:, -1].max()) < 0.001


def test_the_higher_the_mesh_the_fainter_its_shadow() -> None:
    darkest = [float(shadow(BALL + f32([0, up, 0]), BALL_FACES).max()) for up in (0, 0.2, 0.4, 0.8)]
    assert darkest == sorted(darkest, reverse=True)
    assert darkest[0] > 3 * darkest[-1]


def test_the_lowest_part_above_each_place_casts_the_shadow() -> None:
    low, high = BALL, BALL + f32([0, 1, 0])
    both = np.concatenate([high, low]), np.concatenate([BALL_FACES, BALL_FACES + np.int32(len(BALL))])
    np.testing.assert_array_equal(shadow(*both), shadow(low, BALL_FACES))


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
    expected = camera.project(f32([(x,), (-0.5,), (z,)]))[:2, 0]
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
