from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.preview.camera import View
from actionmesh_wrapper.preview.fragments import Fragments
from actionmesh_wrapper.preview.shade import (
    CLAY,
    MAP_WIDTH,
    TEXTURE_SIDE,
    Clay,
    Textured,
    interpolate,
    light,
    pyramid,
)
from tests.preview.shapes import f32

FACES = np.array([(0, 1, 2)], np.int32)
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def on_the_face(weights: NDArray[np.float32], pixels: float = 1e9) -> Fragments:
    """Fragments of the one face, of which so many pixels are seen: by default a close look."""
    count = len(weights)
    corners = FACES.T.astype(np.int64).repeat(count, axis=1)
    return Fragments(np.zeros(count, np.int64), corners, weights.T, np.full(count, pixels, np.float32))


def colour_at(u: float, v: float, texture: np.ndarray) -> list[float]:
    uv = np.tile(f32([u, v]), (3, 1))
    fragment = on_the_face(f32([(0.2, 0.3, 0.5)]))
    colour: list[float] = Textured(uv, FACES, texture).albedo(fragment)[:, 0].tolist()
    return colour


@pytest.mark.parametrize(
    ("u", "v", "colour"),
    [
        (0.25, 0.25, RED),
        (0.75, 0.25, GREEN),
        (0.25, 0.75, BLUE),
        (0.75, 0.75, WHITE),
        (0.0, 0.0, RED),
        (1.0, 1.0, WHITE),
        (-3.0, 9.0, BLUE),
    ],
)
def test_uv_counts_from_the_upper_left_and_stops_at_the_edges(
    u: float, v: float, colour: tuple[int, int, int]
) -> None:
    assert colour_at(u, v, np.array([[RED, GREEN], [BLUE, WHITE]], np.uint8)) == list(colour)


def test_between_texels_colours_mix() -> None:
    texture = np.array([[(0, 0, 0), (200, 100, 0)]], np.uint8)
    assert colour_at(0.5, 0.5, texture) == pytest.approx([100, 50, 0], abs=1)


@pytest.mark.parametrize("count", [1, MAP_WIDTH - 1, MAP_WIDTH, MAP_WIDTH + 1, 3000])
def test_any_number_of_fragments_is_looked_up_each_in_its_own(count: int) -> None:
    uv = f32([(0, 0.5), (1, 0.5), (1, 0.5)])
    texture = np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, axis=2)
    share = np.linspace(0, 1, count, dtype=np.float32)
    fragments = on_the_face(np.stack([1 - share, share, 0 * share], axis=1))
    albedo = Textured(uv, FACES, texture).albedo(fragments)
    assert albedo.shape == (3, count)
    np.testing.assert_allclose(albedo[0], np.clip(share * 256 - 0.5, 0, 255), atol=1)


def test_a_fine_texture_is_shrunk_without_moving() -> None:
    texture = np.zeros((4, 3 * TEXTURE_SIDE, 3), np.uint8)
    texture[:, texture.shape[1] // 2 :] = 255
    assert colour_at(0.49, 0.5, texture) == [0, 0, 0]
    assert colour_at(0.51, 0.5, texture) == [255, 255, 255]


def test_from_afar_a_texture_is_its_mean() -> None:
    texture = np.random.default_rng(4).integers(0, 256, (64, 32, 3)).astype(np.uint8)
    uv = f32([(0, 0), (1, 0), (0, 1)])
    far = Textured(uv, FACES, texture).albedo(on_the_face(f32([(0.1, 0.1, 0.8)]), pixels=1e-3))
    np.testing.assert_allclose(far[:, 0], texture.mean(axis=(0, 1)), atol=12)
    near = Textured(uv, FACES, texture).albedo(on_the_face(f32([(1, 0, 0)])))
    assert near[:, 0].tolist() == texture[0, 0].tolist()


@pytest.mark.parametrize(
    ("height", "width", "first"),
    [(64, 32, (64, 32)), (1, 1, (1, 1)), (100, 60, (128, 64)), (4000, 9, (1024, 8)), (1, 2000, (1, 1024))],
)
def test_a_pyramid_halves_both_sides(height: int, width: int, first: tuple[int, int]) -> None:
    sizes = [size.shape[:2] for size in pyramid(np.zeros((height, width, 3), np.uint8))]
    assert sizes[0] == first
    assert min(sizes[-1]) == 1
    for larger, smaller in pairwise(sizes):
        assert smaller == (larger[0] // 2, larger[1] // 2)


def test_clay_is_the_same_everywhere() -> None:
    assert Clay().albedo(on_the_face(f32([(1, 0, 0)])))[:, 0].tolist() == list(CLAY)


def test_interpolation_weighs_the_corners() -> None:
    values = f32([(0, 10, 0), (0, 0, 100)])
    assert interpolate(values, on_the_face(f32([(0.5, 0.3, 0.2)]))).tolist() == [[3], [20]]


NORMALS = f32([(0, 0, 1), (0, 1, 0), (0, -1, 0), (-1, 0, 0), (1, 0, 0), (0, 0, -1)]).T


def test_without_relief_there_is_no_shading() -> None:
    np.testing.assert_allclose(light(NORMALS, View(0, 0).axes, 0.0), 1, rtol=1e-6)


def test_light_comes_from_the_upper_left_and_leaves_nothing_black() -> None:
    front, up, down, left, right, _ = light(NORMALS, View(0, 0).axes, 1.0).mean(axis=0)
    assert 0.9 < front < 1.2
    assert up > down
    assert left > right
    assert min(down, right) > 0.3


def test_the_lights_move_with_the_camera() -> None:
    from_front = light(f32([(0,), (0,), (1,)]), View(0, 0).axes, 1.0)
    from_side = light(f32([(1,), (0,), (0,)]), View(np.pi / 2, 0).axes, 1.0)
    np.testing.assert_allclose(from_front, from_side, rtol=1e-5)
