"""Positions and normals as small integers, for KHR_mesh_quantization.

Each frame is stored as its difference from frame 0 *as stored*, so that the rounding of frame 0 does not add
to that of the other frames.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_INT16_REACH = 32_766  # one less than int16 holds: the difference of two rounded values may be one larger
_INT8_ONE = 127  # what stands for 1 in a normalized int8
_MIN_COSINE = np.float32(np.cos(np.deg2rad(2)))  # cosine of the angle within which a normal counts as kept
_MAX_MISSED_SHARE = 0.01  # of a frame's normals, which are off by more: single vertices in folds and creases


@dataclass(frozen=True, eq=False)
class Positions:
    """Positions on a grid: frame 0 is ``centre + step × base``, frame i + 1 adds ``step × deltas[i]``.

    Attributes:
        base: (V, 3) int16.
        deltas: (T - 1, V, 3) int16.
        step: the grid's spacing, > 0, in the animation's unit; no coordinate is off by more than half of it.
        centre: (3,) float64, the middle of frame 0's box.
        error: the largest distance between a vertex and where it was put, in the animation's unit.
    """

    base: NDArray[np.int16]
    deltas: NDArray[np.int16]
    step: float
    centre: NDArray[np.float64]
    error: float


def quantize_positions(vertices: NDArray[np.float32]) -> Positions:
    """Puts every frame on the finest grid that int16 allows for frame 0 and for all changes since.

    Args:
        vertices: (T, V, 3) float32, finite.
    """
    first = vertices[0].astype(np.float64)
    low, high = first.min(axis=0), first.max(axis=0)
    centre = (low + high) / 2
    reach = max((high - low).max() / 2, *(np.abs(frame - first).max() for frame in vertices))
    step = float(reach) / _INT16_REACH or 1.0
    on_grid = np.empty(vertices.shape, np.int32)
    error = 0.0
    for place, frame in zip(on_grid, vertices, strict=True):
        exact = (frame - centre) / step
        place[...] = np.rint(exact)
        exact -= place
        error = max(error, float(np.einsum("ij,ij->i", exact, exact).max()))
    base = on_grid[0].astype(np.int16)
    deltas = (on_grid[1:] - on_grid[0]).astype(np.int16)
    return Positions(base, deltas, step, centre, step * error**0.5)


def quantize_normals(
    normals: Sequence[NDArray[np.float32]],
) -> tuple[NDArray[np.int8], list[NDArray[np.int8] | NDArray[np.float32]]]:
    """Stores unit normals to within 2°, save for up to 1 % of a frame's where the surface folds over.

    Args:
        normals: T arrays of (V, 3) float32, unit length.

    Returns:
        Frame 0 as (V, 3) normalized int8, and for each later frame what is to be added to it: (V, 3)
        normalized int8 where that is enough, else float32. Only the direction of the sum counts.
    """
    base = np.rint(normals[0] * np.float32(_INT8_ONE))
    return base.astype(np.int8), [_normal_delta(frame, base) for frame in normals[1:]]


def _normal_delta(
    normals: NDArray[np.float32], base: NDArray[np.float32]
) -> NDArray[np.int8] | NDArray[np.float32]:
    """The change from ``base`` (in 1/127) to ``normals``, as `quantize_normals` returns it.

    A normalized int8 ends at ±1, but a unit vector that turns around changes by up to 2. Where a change is
    out of reach, the sum is made shorter until it is not: direction alone counts. Where too many sums get too
    short to hold their direction, the whole frame falls back to float32.
    """
    delta = np.rint(normals * np.float32(_INT8_ONE)) - base
    far = np.unique(np.nonzero(np.abs(delta) > _INT8_ONE)[0])
    goal, start = normals[far], base[far]
    room = _INT8_ONE + start * np.sign(goal)
    length = np.divide(room, np.abs(goal), out=np.full_like(goal, _INT8_ONE), where=goal != 0)
    total = np.rint(goal * length.min(axis=1, keepdims=True, initial=_INT8_ONE))
    missed = (total * goal).sum(axis=1) < _MIN_COSINE * np.linalg.norm(total, axis=1)
    gone = ~total.any(axis=1)
    if np.count_nonzero(missed | gone) > _MAX_MISSED_SHARE * len(normals):
        exact: NDArray[np.float32] = normals - base / np.float32(_INT8_ONE)
        return exact
    total[gone] = start[gone]  # a sum of nothing would shade black: such a normal stays as in frame 0
    delta[far] = total - start
    small: NDArray[np.int8] = delta.astype(np.int8)
    return small
