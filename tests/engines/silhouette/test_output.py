import numpy as np

from actionmesh_wrapper.engines.silhouette.crop import Crop
from actionmesh_wrapper.engines.silhouette.output import TrackedSurface, anchor_texture, to_animation, uv_of


def test_one_similarity_for_all_frames() -> None:
    vertices = np.array(
        [
            [[10.0, 10, 0], [30, 10, 0], [10, 20, 0], [10, 10, 5]],
            [[20.0, 10, 0], [50, 10, 0], [20, 20, 0], [20, 10, 5]],
        ]
    )
    faces = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]])
    surface = TrackedSurface(vertices, faces, 0, np.zeros((4, 2), np.float32), np.zeros((2, 2, 3), np.uint8))
    animation = to_animation(surface, 12.5)
    assert animation.fps == 12.5
    assert animation.front_only
    assert animation.vertices.dtype == np.float32
    # x runs from 10 to 50: half extent 20, middle 30; y from 10 to 20, upside down; z from 0 to 5.
    np.testing.assert_allclose(animation.vertices[0, 0], [-1, 0.25, -0.125])
    np.testing.assert_allclose(animation.vertices[1, 1], [1, 0.25, -0.125])
    np.testing.assert_allclose(animation.vertices[0, 2], [-1, -0.25, -0.125])
    np.testing.assert_allclose(animation.vertices[0, 3], [-1, 0.25, 0.125])


def test_uv_runs_from_the_upper_left_corner_to_the_lower_right() -> None:
    crop = Crop(0, 0, 40, 20, 400, 200)
    corners = np.array([[-0.5, -0.5], [399.5, 199.5], [199.5, 99.5]])
    np.testing.assert_allclose(uv_of(corners, crop), np.array([[0, 0], [1, 1], [0.5, 0.5]]))


def test_no_background_is_left() -> None:
    image = np.full((50, 50, 3), [0, 255, 0], np.uint8)
    image[10:40, 10:40] = [200, 50, 50]
    image[10:40, 10:12] = [100, 150, 25]  # an edge that is mixed with it
    mask = np.zeros((50, 50), bool)
    mask[10:40, 10:40] = True
    texture = anchor_texture(image, mask, Crop(0, 0, 50, 50, 50, 50))
    assert texture.shape == (50, 50, 3)
    np.testing.assert_array_equal(np.unique(texture.reshape(-1, 3), axis=0), [[200, 50, 50]])


def test_has_the_sources_resolution_up_to_a_limit() -> None:
    for side, expected in ((100, 100), (3000, 1024)):
        image = np.full((side, side, 3), 90, np.uint8)
        crop = Crop(0, 0, side, side, 384, 384)
        assert anchor_texture(image, np.ones((384, 384), bool), crop).shape == (expected, expected, 3)
