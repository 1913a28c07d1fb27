import math

import numpy as np
import pytest

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.preview import NUMPY
from actionmesh_wrapper.preview.camera import MARGIN, View
from actionmesh_wrapper.preview.layout import storyboard
from actionmesh_wrapper.preview.scene import Scene, is_closed
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
    coloured = picture.astype(int)
    found: np.ndarray = np.ptp(coloured, axis=2) > 8
    return found


@pytest.mark.parametrize("view", [FRONT, BACK])
def test_an_open_mesh_is_seen_from_both_sides(view: View) -> None:
    vertices, faces = quad()
    scene = Scene(NUMPY, Animation(vertices[None], faces, 8.0), [FRONT, BACK], BACKGROUND)
    assert subject(scene.picture(0, view).pixels).mean() > 0.3


def test_both_sides_of_an_open_mesh_are_lit_alike() -> None:
    vertices, faces = quad()
    views = [View(0, 0), View(math.pi, 0)]
    outside, inside = (
        Scene(NUMPY, Animation(vertices[None], faces, 8.0), views, BACKGROUND).picture(0, view).pixels
        for view in views
    )
    np.testing.assert_array_equal(outside[48, 48], inside[48, 48])


@pytest.mark.parametrize("stretch", [(1, 1, 1), (4, 0.3, 0.5), (0.3, 3, 0.3)])
def test_no_picture_cuts_the_mesh_off(stretch: tuple[float, float, float]) -> None:
    ball = moving_sphere(3)
    animation = Animation(ball.vertices * f32(stretch), ball.faces, 8.0)
    shots = storyboard(range(3))
    scene = Scene(NUMPY, animation, {shot.view for shot in shots}, BACKGROUND)
    free = math.floor(MARGIN * 96)
    for shot in shots:
        shown = subject(scene.picture(shot.key, shot.view).pixels)
        assert shown.any()
        shown[free:-free, free:-free] = False
        assert not shown.any()


def test_keys_differ_and_a_key_is_drawn_the_same_again() -> None:
    scene = Scene(NUMPY, moving_sphere(2), [FRONT], BACKGROUND)
    first = scene.picture(0, FRONT).pixels
    assert (scene.picture(1, FRONT).pixels != first).any()
    np.testing.assert_array_equal(scene.picture(0, FRONT).pixels, first)


def test_a_texture_is_shown_where_there_is_one() -> None:
    vertices, faces = quad()
    uv, texture = np.zeros((4, 2), np.float32), np.full((2, 2, 3), (10, 200, 30), np.uint8)
    picture = (
        Scene(NUMPY, Animation(vertices[None], faces, 8.0, uv, texture), [FRONT], BACKGROUND)
        .picture(0, FRONT)
        .pixels
    )
    red, green, blue = picture[48, 48].astype(int)
    assert green > 4 * max(red, blue)


def test_a_mesh_without_extent_is_no_trouble() -> None:
    points = Animation(np.zeros((2, 3, 3), np.float32), np.array([(0, 1, 2)], np.int32), 8.0)
    assert not subject(Scene(NUMPY, points, [FRONT], BACKGROUND).picture(1, FRONT).pixels).any()
