"""A mesh and its changes as they are stored: frame 0, and what each later frame adds to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.animation import Animation, normals_of_frames
from actionmesh_wrapper.export.quantize import quantize_normals, quantize_positions


@dataclass(frozen=True, eq=False)
class Morph:
    """Frame 0 with what each of the T - 1 later frames adds to it.

    Attributes:
        base: (V, 3), frame 0's positions on the node's scale.
        deltas: T - 1 arrays (V, 3) to add to them.
        normals: (V, 3), frame 0's normals; integers stand for fractions of their type's largest value.
        turns: T - 1 arrays (V, 3) to add to them.
        placement: the node's transform, which takes positions to the animation's unit; may be empty.
        error: the largest distance between a vertex and where it is stored, in the animation's unit.
    """

    base: NDArray[np.generic]
    deltas: Sequence[NDArray[np.generic]]
    normals: NDArray[np.generic]
    turns: Sequence[NDArray[np.generic]]
    placement: Mapping[str, list[float]]
    error: float


def quantized(animation: Animation) -> Morph:
    """Positions as int16 and normals as int8; see `quantize`."""
    positions = quantize_positions(animation.vertices)
    normals, turns = quantize_normals(normals_of_frames(animation.vertices, animation.faces))
    placement = {"translation": positions.centre.tolist(), "scale": [positions.step] * 3}
    return Morph(positions.base, list(positions.deltas), normals, turns, placement, positions.error)


def exact(animation: Animation) -> Morph:
    """All as float32, as it is; a later frame is off by what float32 loses when it adds."""
    first, *later = animation.vertices
    deltas = [frame - first for frame in later]
    gaps = [first + delta - frame for delta, frame in zip(deltas, later, strict=True)]
    error = max((float(np.linalg.norm(gap, axis=1).max()) for gap in gaps), default=0.0)
    normals, *turned = normals_of_frames(animation.vertices, animation.faces)
    return Morph(first, deltas, normals, [normal - normals for normal in turned], {}, error)


def relative(error: float, vertices: NDArray[Any]) -> float:
    """An error as a share of the longest side of the box around all frames; 0 for a box of no size.

    Args:
        error: in the vertices' unit.
        vertices: (T, V, 3).
    """
    by_axis = np.ascontiguousarray(vertices.reshape(-1, 3).T)
    side = float((by_axis.max(axis=1).astype(np.float64) - by_axis.min(axis=1)).max())
    return error / side if side > 0 else 0.0
