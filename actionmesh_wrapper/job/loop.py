"""A motion made into a cycle that repeats without a jump: its last keys and its first are blended into one.

The cut is the length at which the pose, and how it moves on, are most like the first. What still differs
there is halved between the two ends and fades out over some keys, as games blend from one motion into another
(offsets that decay, "inertialization": D. Bollo, GDC 2018; here by a cubic).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.contract.result import LoopInfo
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Notice, Warn

LEAST_SHARE = 0.5  # of the keys, that a cycle has
AS_GOOD = 1.1  # times the least difference: of lengths within it the longest is taken
MOST_BLENDED = 3  # of so many keys of a cycle one is blended at either end, at most
UNLIKE = 0.5  # of the usual difference from the first pose: a walk's, cut at its period, has a few per cent
NOTICED = 0.005  # of the mesh's longest side: what is moved by less is no reason for a warning


@dataclass(frozen=True)
class Loop:
    """How a motion was closed.

    Attributes:
        keys: of the cycle; the animation has one more, which is the first again.
        blended_keys: how many at either end were moved, the first and the last among them.
        error: the largest distance that a vertex was moved by, as a share of the longest side of the box
            around all frames.
        likeness: how far apart the ends were, as a share of how far poses of the clip usually are from its
            first; 0 where nothing moves.
    """

    keys: int
    blended_keys: int
    error: float
    likeness: float

    @property
    def notices(self) -> Iterator[Notice]:
        """A warning where the ends were too unlike."""
        if self.likeness > UNLIKE and self.error > NOTICED:
            moved = f"to close it, vertices are moved by up to {self.error:.1%} of the mesh's longest side"
            yield Notice(
                "LOOP_UNLIKE",
                f"The motion does not come back to where it starts: {moved}. Choose a part that holds a "
                "whole cycle, with start_s and end_s.",
            )


def close(animation: Animation, frames: Frames, warn: Warn) -> tuple[Animation, Frames, LoopInfo]:
    """A job's animation as a cycle, the frames that it still shows, and what the result says of it.

    Args:
        animation: of the frames, with keys between them perhaps.
        frames: that it was made from.
        warn: is told where the ends are too unlike.
    """
    keys_a_frame = (animation.num_frames - 1) // (len(frames) - 1)
    made, loop = closed(animation, keys_a_frame)
    for notice in loop.notices:
        warn(notice)
    info = LoopInfo(keys=loop.keys, blended_keys=loop.blended_keys, error=round(loop.error, 4))
    return made, frames.first(loop.keys // keys_a_frame + 1), info


def closed(animation: Animation, keys_a_frame: int = 1) -> tuple[Animation, Loop]:
    """The animation as a cycle.

    Its last key equals its first, bit for bit, so players that go from the end to the start show no jump, and
    one turn takes (keys - 1) / fps seconds. The keys before are those of the frames from the first on; what
    the clip has after the cut is left out. Vertices are moved, nothing else changes.

    Args:
        animation: T keys, at least 3.
        keys_a_frame: the cut lies at a frame; these are its keys from one to the next.
    """
    vertices = animation.vertices
    lengths = _lengths(len(vertices), keys_a_frame)
    gaps = np.array([_gap(vertices, length) for length in lengths])
    keys = int(lengths[np.flatnonzero(gaps <= AS_GOOD * gaps.min())[-1]])
    apart = vertices[keys].astype(np.float64) - vertices[0]
    blended = _how_many(vertices[: keys + 1], apart)
    shares = np.arange(blended) / blended
    fading = (1 - shares * shares * (3 - 2 * shares))[:, None, None] * apart / 2
    cycle = vertices[: keys + 1].astype(np.float64)
    cycle[:blended] += fading
    cycle[: -blended - 1 : -1] -= fading
    cycle[-1] = cycle[0]
    usual = float(np.mean([_rms(frame - vertices[0]) for frame in vertices[1:]]))
    side = float(np.ptp(vertices.reshape(-1, 3), axis=0).max())
    loop = Loop(
        keys,
        blended,
        float(np.linalg.norm(apart, axis=1).max()) / 2 / side if side > 0 else 0.0,
        _rms(apart) / usual if usual > 0 else 0.0,
    )
    made = replace(animation, vertices=cycle.astype(np.float32), anchor=animation.anchor % keys, loops=True)
    return made, loop


def _lengths(count: int, step: int) -> NDArray[np.intp]:
    """Of a cycle, in keys: whole frames, from half of them on."""
    frames = (count - 1) // step
    return np.arange(max(2, math.ceil(frames * LEAST_SHARE)), frames + 1) * step


def _gap(vertices: NDArray[np.float32], length: int) -> float:
    """How unlike the first key and the one after so many are: their poses, and where these go from there."""
    first, last = vertices[0], vertices[length]
    turn = (last - vertices[length - 1]) - (vertices[1] - first)
    return _rms(last - first) + _rms(turn)


def _how_many(cycle: NDArray[np.float32], apart: NDArray[np.float64]) -> int:
    """How many keys at either end take part, so that none moves faster by it than the motion itself does."""
    speed = float(np.mean([_rms(after - before) for before, after in pairwise(cycle)]))
    most = max(1, (len(cycle) - 1) // MOST_BLENDED)
    steepest = 1.5 * _rms(apart) / 2  # of the cubic, over one key
    return min(most, max(1, math.ceil(steepest / speed))) if speed > 0 else 1


def _rms(way: NDArray[np.floating]) -> float:
    """The root of the mean squared length, of (V, 3)."""
    return float(np.sqrt(np.square(way, dtype=np.float64).sum(axis=-1).mean()))
