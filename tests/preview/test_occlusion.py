import numpy as np
import pytest

from actionmesh_wrapper.preview.arrays import NumpyArrays
from actionmesh_wrapper.preview.occlusion import TILE, may_be_seen
from actionmesh_wrapper.preview.rasterise import rasterise
from tests.preview.shapes import sphere

XP = NumpyArrays()


def ball() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points of a ball in a picture of 288 × 240, its faces, and which of them are on the near half."""
    vertices, faces = sphere(108.0, 4)
    points = np.stack([vertices[:, 0] + 144, vertices[:, 1] + 120, 1 / (600.0 - vertices[:, 2])])
    return points, faces.T.astype(np.int64), vertices[faces][..., 2].mean(axis=1) > 0


def test_what_the_near_half_of_a_ball_hides_is_mostly_found() -> None:
    points, faces, near = ball()
    depth = rasterise(XP, points, faces[:, near], 288, 240).inverse_depth
    remain = may_be_seen(XP, depth, points, faces[:, ~near])
    assert len(remain) < 0.45 * (~near).sum()  # at the rim tiles are not full


def test_nothing_is_hidden_by_an_empty_picture() -> None:
    points, faces, _ = ball()
    depth = np.zeros((240, 4, 288), np.float32)
    assert len(may_be_seen(XP, depth, points, faces)) == faces.shape[1]


@pytest.mark.parametrize("side", [1, TILE - 1])
def test_a_picture_smaller_than_a_tile_hides_nothing(side: int) -> None:
    points, faces, _ = ball()
    assert len(may_be_seen(XP, np.ones((side, 4, side), np.float32), points, faces)) == faces.shape[1]


@pytest.mark.parametrize("seed", range(5))
def test_leaving_out_what_is_hidden_changes_no_picture(seed: int) -> None:
    rng = np.random.default_rng(seed)
    starts = np.stack([rng.uniform(-20, 120, 600), rng.uniform(-20, 100, 600)])
    spread = rng.choice([2.0, 6.0, 40.0], 600)
    corners = starts[:, None] + rng.uniform(-1, 1, (2, 3, 600)) * spread
    points = np.concatenate([corners, rng.uniform(0.1, 1, (1, 3, 600))]).reshape(3, -1)
    faces = np.arange(1800).reshape(3, 600)
    whole = rasterise(XP, points, faces, 96, 80)
    in_two = rasterise(XP, points, faces, 96, 80, front=300)
    np.testing.assert_array_equal(whole.face, in_two.face)
    np.testing.assert_array_equal(whole.inverse_depth, in_two.inverse_depth)
