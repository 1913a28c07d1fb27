import numpy as np
import pytest

from actionmesh_wrapper.export.quantize import quantize_normals, quantize_positions
from tests.export.reader import angles

X, Y, Z = np.eye(3, dtype=np.float32)


def turned(degrees: float) -> list[np.ndarray[tuple[int, int], np.dtype[np.float32]]]:
    """Two frames of 500 normals, the second turned about Y."""
    random = np.random.default_rng(5)
    first = random.normal(size=(500, 3))
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return [first.astype(np.float32), (first @ [[c, 0, -s], [0, 1, 0], [s, 0, c]]).astype(np.float32)]


def test_the_first_frame_fills_the_grid() -> None:
    vertices = np.array([[[0, 1, 2], [4, 2, 2]]], np.float32)
    stored = quantize_positions(vertices)
    assert stored.centre.tolist() == [2, 1.5, 2]
    assert stored.step == 2 / 32766
    assert stored.base.tolist() == [[-32766, -8192, 0], [32766, 8192, 0]]
    assert stored.deltas.shape == (0, 2, 3)


def test_a_far_movement_widens_the_grid() -> None:
    vertices = np.array([[[-1, 0, 0], [1, 0, 0]], [[-1, 0, 0], [1, 8, 0]]], np.float32)
    stored = quantize_positions(vertices)
    assert stored.step == 8 / 32766
    assert stored.deltas.tolist() == [[[0, 0, 0], [0, 32766, 0]]]


def test_rounding_does_not_add_up_over_frames() -> None:
    vertices = np.random.default_rng(1).normal(size=(8, 300, 3)).astype(np.float32)
    stored = quantize_positions(vertices)
    for delta, frame in zip(stored.deltas, vertices[1:], strict=True):
        grid = stored.base.astype(np.int64) + delta
        assert np.abs(grid * stored.step + stored.centre - frame).max() <= stored.step * (0.5 + 1e-9)


def test_a_single_place_has_a_step_that_is_not_zero() -> None:
    stored = quantize_positions(np.full((2, 3, 3), 7, np.float32))
    assert stored.step == 1
    assert not stored.base.any()
    assert not stored.deltas.any()
    assert stored.centre.tolist() == [7, 7, 7]


@pytest.mark.parametrize("degrees", [0, 10, 45, 60])
def test_a_moderate_turn_fits_int8(degrees: float) -> None:
    frames = turned(degrees)
    base, (delta,) = quantize_normals(frames)
    assert {base.dtype.name, delta.dtype.name} == {"int8"}
    total = base / 127 + np.maximum(delta / 127, -1)
    assert angles(total / np.linalg.norm(total, axis=1, keepdims=True), frames[1]).max() < 2


def test_a_change_of_more_than_one_shortens_the_sum() -> None:
    start, goal = X[None], ((-0.6 * X) + 0.8 * Y)[None].astype(np.float32)
    tilted = np.array([[0.6, 0, 0.8]], np.float32)
    base, (delta,) = quantize_normals([tilted, goal])
    assert (base + delta.astype(np.int16)).tolist() == [[-51, 68, 0]]  # 85 × goal; 127 × goal is out of reach
    assert quantize_normals([start, goal])[1][0].dtype == np.float32  # the sum would be (0, 0, 0)


def test_an_about_turn_falls_back_to_float32() -> None:
    base, (delta,) = quantize_normals([Z[None], -Z[None]])
    assert delta.dtype == np.float32
    assert (base / 127 + delta).tolist() == [[0, 0, -1]]


def test_a_fold_of_few_vertices_costs_neither_the_frame_nor_a_normal() -> None:
    first, second = np.repeat(Z[None], 200, axis=0), np.repeat(X[None], 200, axis=0)
    second[7], second[8] = -Z, np.array([0.6, 0, -0.8])
    base, (delta,) = quantize_normals([first, second])
    total = base + delta.astype(np.int16)
    assert delta.dtype == np.int8
    assert total[7].tolist() == [0, 0, 127]  # there is no way to -Z: it stays as it was
    assert total[8].tolist() == [0, 0, 127]
    assert total[6].tolist() == [127, 0, 0]


def test_a_fold_of_many_vertices_makes_the_frame_float32() -> None:
    first, second = np.repeat(Z[None], 200, axis=0), np.repeat(X[None], 200, axis=0)
    second[:3] = -Z
    _, (delta,) = quantize_normals([first, second])
    assert delta.dtype == np.float32
