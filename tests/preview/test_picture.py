import math
import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import binary_fill_holes

from actionmesh_wrapper.data.animation import vertex_normals
from actionmesh_wrapper.preview import NUMPY
from actionmesh_wrapper.preview.camera import FIELD_OF_VIEW, Camera, View
from actionmesh_wrapper.preview.picture import DrawnMesh, Picture, draw
from actionmesh_wrapper.preview.shade import Clay, Material, Painted, Textured
from tests.preview.shapes import Mesh, f32, quad, sphere

FRONT = View(0, 0)
SIZE = 128
WHITE = np.full((SIZE, SIZE, 3), 255, np.float32)


def flat(colours: NDArray[np.float32]) -> Painted:
    """A material of colours (V, 3) at the vertices that light does not touch."""
    return Painted(colours.T, relief=0.0)


def black(mesh: Mesh) -> Painted:
    return flat(np.zeros_like(mesh[0]))


def drawn(mesh: Mesh, material: Material, view: View = FRONT, distance: float = 5.0) -> Picture:
    vertices, faces = mesh
    drawn_mesh = DrawnMesh.of(vertices, vertex_normals(vertices, faces), faces, material)
    return draw(NUMPY, drawn_mesh, Camera(view, np.zeros(3), distance, SIZE, SIZE), WHITE)


def picture(mesh: Mesh, material: Material, view: View = FRONT, distance: float = 5.0) -> NDArray[np.uint8]:
    return drawn(mesh, material, view, distance).pixels


def disc_area(radius: float, distance: float) -> float:
    """Pixels that a sphere in the middle covers."""
    focal = SIZE / 2 / math.tan(FIELD_OF_VIEW / 2)
    return math.pi * (focal * radius) ** 2 / (distance**2 - radius**2)


@pytest.mark.parametrize("distance", [4.6, 7.0, 30.0])
@pytest.mark.parametrize("view", [FRONT, View(2.1, 0.4)])
def test_a_sphere_covers_its_disc(distance: float, view: View) -> None:
    ball = sphere(1.0, 5)
    darkness = 1 - picture(ball, black(ball), view, distance).astype(float).mean(axis=2) / 255
    assert darkness.sum() == pytest.approx(disc_area(1.0, distance), rel=0.01)


def test_it_tells_how_many_pixels_are_covered() -> None:
    ball = sphere(1.0, 4)
    assert drawn(ball, Clay()).covered == (picture(ball, black(ball)) < 255).any(axis=2).sum()


def test_edges_are_smooth() -> None:
    ball = sphere(1.0, 5)
    levels = np.unique(picture(ball, black(ball))[..., 0])
    assert levels.tolist() == [0, 64, 128, 191, 255]


def test_inside_its_outline_a_closed_mesh_shows_nothing_of_the_background() -> None:
    vertices, faces = sphere(1.0, 4)
    wobbly = f32(vertices * (1 + 0.25 * np.sin(5 * vertices[:, :1]))), faces
    covered = picture(wobbly, black(wobbly), View(0.7, 0.3), 6.5)[..., 0] < 255
    assert covered.sum() > 1000
    np.testing.assert_array_equal(covered, binary_fill_holes(covered))


def test_plus_x_is_on_the_right_and_plus_y_up() -> None:
    ball = sphere(1.0, 4)
    colours = np.full_like(ball[0], 255)
    colours[ball[0][:, 0] > 0.9] = (255, 0, 0)
    colours[ball[0][:, 1] > 0.9] = (0, 0, 255)
    shown = picture(ball, flat(colours)).astype(int)
    red = np.argwhere(shown[..., 0] - shown[..., 2] > 128).mean(axis=0)
    blue = np.argwhere(shown[..., 2] - shown[..., 0] > 128).mean(axis=0)
    assert red[1] > 0.8 * SIZE
    assert abs(red[0] - SIZE / 2) < 2
    assert blue[0] < 0.2 * SIZE
    assert abs(blue[1] - SIZE / 2) < 2


def test_a_texture_is_neither_mirrored_nor_upside_down() -> None:
    texture = np.full((8, 8, 3), 255, np.uint8)
    texture[:4, 4:] = 0  # the upper right quarter
    uv = f32([(0, 1), (1, 1), (1, 0), (0, 0)])
    shown = picture(quad(), Textured(uv, quad()[1], texture), distance=6.0)[..., 0]
    dark = np.argwhere(shown < 60)
    assert dark[:, 0].max() < SIZE / 2 + 2
    assert dark[:, 1].min() > SIZE / 2 - 2
    assert len(dark) > 500


@pytest.mark.parametrize("texels_a_field", [1, 2, 16])
def test_a_texture_too_fine_to_be_seen_is_an_even_grey(texels_a_field: int) -> None:
    fields = np.indices((1024, 1024)) // texels_a_field
    texture = np.repeat((fields.sum(axis=0) % 2 * 255).astype(np.uint8)[..., None], 3, axis=2)
    uv = f32([(0, 1), (1, 1), (1, 0), (0, 0)])
    shown = picture(quad(), Textured(uv, quad()[1], texture), distance=16.0 * texels_a_field)
    middle = shown[SIZE // 2, SIZE // 2]
    inside = shown[(np.abs(shown.astype(int) - middle) < 40).all(axis=2)]
    assert 60 < middle.mean() < 200
    assert np.ptp(inside, axis=0).max() <= 6  # neither a pattern nor, from picture to picture, a flicker
    assert len(inside) > 0.5 * (shown < 255).all(axis=2).sum()


def test_what_turns_its_inside_to_the_camera_is_not_drawn() -> None:
    square = quad()
    assert (picture(square, black(square), FRONT) < 255).any()
    assert (picture(square, black(square), View(math.pi, 0)) == 255).all()


@pytest.mark.parametrize("distance", [0.1, 0.5, 1.0, 1.0000001])
def test_a_camera_within_the_mesh_or_at_it_draws_what_lies_ahead(distance: float) -> None:
    ball = sphere(1.0, 3)
    assert picture(ball, Clay(), distance=distance).shape == (SIZE, SIZE, 3)


def test_faces_without_area_do_no_harm() -> None:
    vertices, faces = quad()
    with_more = np.concatenate([faces, np.array([(0, 0, 1), (2, 2, 2)], np.int32)])
    np.testing.assert_array_equal(
        picture((vertices, with_more), Clay()),
        picture((vertices, faces), Clay()),
    )


@pytest.mark.parametrize("distance", [1.01, 1.2, 5.0, 1e5])
def test_memory_is_bounded_at_any_zoom(distance: float) -> None:
    vertices, faces = sphere(1.0, 5)
    drawn_mesh = DrawnMesh.of(vertices, vertex_normals(vertices, faces), faces, Clay())
    background = np.full((512, 512, 3), 255, np.float32)
    tracemalloc.start()
    draw(NUMPY, drawn_mesh, Camera(FRONT, np.zeros(3), distance, 512, 512), background)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6


def test_two_runs_draw_the_same() -> None:
    ball = sphere(1.0, 4)
    np.testing.assert_array_equal(picture(ball, Clay(), View(1, 0.2)), picture(ball, Clay(), View(1, 0.2)))
