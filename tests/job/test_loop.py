from dataclasses import replace

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.job.loop import Loop, closed

BALL = trimesh.creation.icosphere(subdivisions=2)


def moved(offsets: NDArray[np.float64], fps: float = 8.0) -> Animation:
    """A ball whose upper half is pushed along X by so much, (T,)."""
    upper = np.maximum(BALL.vertices[:, 1:2], 0) * [1.0, 0, 0]
    vertices = (BALL.vertices + offsets[:, None, None] * upper).astype(np.float32)
    return Animation(vertices, BALL.faces.astype(np.int32), fps)


def walk(frames: int, period: float, noise: float = 0.0) -> Animation:
    """A motion that repeats after so many keys, perhaps not quite."""
    rough = np.random.default_rng(0).normal(scale=noise, size=frames)
    return moved(0.5 * np.sin(2 * np.pi * np.arange(frames) / period) + rough)


def jump(made: Animation) -> float:
    """The largest way from the last key of the cycle to its first, over the largest from key to key."""
    cycle = made.vertices[:-1].astype(np.float64)
    steps = np.abs(np.diff(np.concatenate([cycle, cycle[:1]]), axis=0)).max(axis=(1, 2))
    return float(steps[-1] / steps[:-1].max())


@pytest.mark.parametrize(
    ("frames", "period", "keys"), [(31, 20, 20), (16, 10, 10), (31, 10, 30), (31, 30, 30)]
)
def test_a_walk_is_cut_at_the_last_whole_period_and_moved_by_nothing(
    frames: int, period: int, keys: int
) -> None:
    clip = walk(frames, period)
    made, loop = closed(clip)
    assert (loop.keys, made.num_frames, made.fps) == (keys, keys + 1, clip.fps)
    assert loop.error < 1e-6
    np.testing.assert_allclose(made.vertices, clip.vertices[: keys + 1], atol=1e-6)
    assert not list(loop.notices)


def test_a_walk_of_no_whole_number_of_keys_is_blended_without_a_jump() -> None:
    clip = walk(31, 13.4, noise=0.01)
    made, loop = closed(clip)
    assert loop.keys == 27
    assert 0 < loop.error < 0.05
    assert jump(made) <= 1
    np.testing.assert_array_equal(made.vertices[loop.blended_keys + 1], clip.vertices[loop.blended_keys + 1])
    assert not list(loop.notices)


@pytest.mark.parametrize("clip", [walk(31, 13.4, noise=0.01), moved(np.linspace(0, 1, 31)), walk(16, 40)])
def test_the_last_key_is_the_first_and_the_error_is_what_was_moved(clip: Animation) -> None:
    made, loop = closed(clip)
    assert made.loops
    np.testing.assert_array_equal(made.vertices[0], made.vertices[-1])
    ways = np.linalg.norm(made.vertices - clip.vertices[: loop.keys + 1], axis=2)
    side = np.ptp(clip.vertices.reshape(-1, 3), axis=0).max()
    assert ways.max() / side == pytest.approx(loop.error, rel=1e-3, abs=1e-6)
    assert np.flatnonzero(ways.max(axis=1) > 1e-6).tolist() == [
        *range(loop.blended_keys),
        *range(loop.keys + 1 - loop.blended_keys, loop.keys + 1),
    ]


def test_a_motion_that_does_not_come_back_is_closed_with_a_warning() -> None:
    made, loop = closed(moved(np.linspace(0, 1, 31)))
    assert loop.keys == 16  # little more than half: 15 would be nearest
    assert [notice.code for notice in loop.notices] == ["LOOP_UNLIKE"]
    assert loop.error > 0.1
    assert jump(made) <= 1


def test_a_swing_is_not_cut_where_it_passes_its_start_the_other_way() -> None:
    """A pendulum is at its first pose twice in a period."""
    _, loop = closed(walk(31, 22))
    assert loop.keys == 22


def test_what_stands_still_keeps_its_length() -> None:
    _, loop = closed(moved(np.zeros(16)))
    assert loop == Loop(keys=15, blended_keys=1, error=0.0, likeness=0.0)
    assert not list(loop.notices)


def test_the_cut_lies_at_a_frame_and_the_anchor_stays_in_the_cycle() -> None:
    clip = replace(walk(61, 21), anchor=58)
    made, loop = closed(clip, keys_a_frame=2)
    assert loop.keys == 42
    assert made.anchor == 58 - 42
