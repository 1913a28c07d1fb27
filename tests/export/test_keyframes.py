from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from actionmesh_wrapper.export.keyframes import needed_keys


def played(vertices: NDArray[np.float32], keys: list[int]) -> NDArray[np.float64]:
    """All frames as the keys alone play them: (T, V, 3)."""
    flat = vertices.reshape(len(vertices), -1).astype(np.float64)
    times = np.arange(len(vertices))
    return np.stack([np.interp(times, keys, flat[keys, i]) for i in range(flat.shape[1])], 1).reshape(
        vertices.shape
    )


def errors(vertices: NDArray[np.float32], keys: list[int]) -> NDArray[np.float64]:
    """How far off the worst vertex of each frame is."""
    gaps: NDArray[np.float64] = np.linalg.norm(played(vertices, keys) - vertices, axis=2).max(axis=1)
    return gaps


def walk(frames: int, vertices: int = 20, seed: int = 0) -> NDArray[np.float32]:
    """Vertices that go to and fro, each on a way of its own."""
    random = np.random.default_rng(seed)
    phase, size = random.uniform(0, 6.28, (vertices, 3)), random.uniform(0, 0.1, (vertices, 3))
    rest = random.normal(size=(vertices, 3))
    angles = 2 * np.pi * np.arange(frames)[:, None, None] / 40
    return (rest + size * np.sin(angles + phase)).astype(np.float32)


@pytest.mark.parametrize("most", [0.0005, 0.005, 0.05])
@pytest.mark.parametrize("frames", [32, 121])
def test_no_frame_is_further_off_than_is_allowed(frames: int, most: float) -> None:
    vertices = walk(frames)
    keys, error = needed_keys(vertices, most)
    seen = errors(vertices, keys)
    assert seen.max() <= most
    assert error == pytest.approx(seen.max(), abs=1e-6)
    assert 2 < len(keys) <= frames


def test_more_error_takes_fewer_keys() -> None:
    counts = [len(needed_keys(walk(121), most)[0]) for most in (0, 0.0005, 0.005, 0.05)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 121
    assert counts[-1] < 40


def test_a_straight_way_takes_its_ends_alone() -> None:
    start, way = np.zeros((5, 3)), np.arange(15).reshape(5, 3)
    vertices = (start + np.linspace(0, 1, 50)[:, None, None] * way).astype(np.float32)
    assert needed_keys(vertices, 1e-4)[0] == [0, 49]


def test_what_stands_still_and_then_jumps_keeps_the_jump() -> None:
    vertices = np.zeros((40, 3, 3), np.float32)
    vertices[25:] = 1
    assert needed_keys(vertices, 0.01) == ([0, 24, 25, 39], 0.0)


@pytest.mark.parametrize("frames", [1, 2])
def test_there_is_nothing_to_leave_out(frames: int) -> None:
    assert needed_keys(walk(frames), 1.0) == (list(range(frames)), 0.0)


@given(st.integers(3, 60), st.integers(1, 5), st.integers(0, 99), st.floats(1e-4, 0.3))
def test_any_animation(frames: int, vertices: int, seed: int, most: float) -> None:
    moving = np.random.default_rng(seed).normal(size=(frames, vertices, 3)).astype(np.float32)
    keys, error = needed_keys(moving, most)
    assert (keys[0], keys[-1]) == (0, frames - 1)
    assert all(one < next_one for one, next_one in pairwise(keys))
    assert error <= most
    assert errors(moving, keys).max() <= most + 1e-5
