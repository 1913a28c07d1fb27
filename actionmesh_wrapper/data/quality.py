"""How well an animation holds together: jerks where an engine's windows meet, and drift from the anchor.

The measures are plain ones of ours. Nobody has compared them with what the real models make of long clips.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.arrays import sides_of

OPEN_EDGES = 0.01  # share of edges without two faces, beyond which a mesh has no volume to speak of
LEAST_VOLUME = 1e-3  # of the box around it


@dataclass(frozen=True)
class Quality:
    """What was measured.

    Attributes:
        seams: mean acceleration of the vertices where frames of different windows meet, over that elsewhere;
            1 is none. None where there is one window, or nothing to compare with.
        volume_drift: the largest change of volume in any frame, as a share of the anchor frame's; None of a
            mesh that is not closed.
        edge_drift: the same of the sum of its edges' lengths.
    """

    seams: float | None
    volume_drift: float | None
    edge_drift: float


def measure(
    vertices: NDArray[np.float32], faces: NDArray[np.int32], anchor: int, made_in: Sequence[Hashable]
) -> Quality:
    """Measures an animation.

    Args:
        vertices: (T, V, 3), the frames alone.
        faces: (F, 3).
        anchor: index of the anchor frame.
        made_in: of each frame, which window it was made in.
    """
    edges, shares = _edges(faces)
    lengths = np.array([_length(frame, edges) for frame in vertices])
    drift = np.abs(lengths / max(lengths[anchor], np.finfo(np.float64).tiny) - 1)
    return Quality(
        _seams(vertices, made_in),
        _volume_drift(vertices, faces, anchor) if shares <= OPEN_EDGES else None,
        float(drift.max()),
    )


def _seams(vertices: NDArray[np.float32], made_in: Sequence[Hashable]) -> float | None:
    """Acceleration across windows' borders over that within windows."""
    across: list[float] = []
    within: list[float] = []
    for middle in range(1, len(vertices) - 1):
        before, here, after = vertices[middle - 1 : middle + 2].astype(np.float64)
        acceleration = float(np.linalg.norm(before - 2 * here + after, axis=1).mean())
        is_border = len(set(made_in[middle - 1 : middle + 2])) > 1
        (across if is_border else within).append(acceleration)
    if not across or not within or not np.any(within):
        return None
    return float(np.mean(across) / np.mean(within))


def _edges(faces: NDArray[np.int32]) -> tuple[NDArray[np.int32], float]:
    """The edges (E, 2), and the share of them that have not two faces."""
    sides = np.sort(sides_of(faces), axis=1)
    edges, counts = np.unique(sides, axis=0, return_counts=True)
    return edges, float((counts != 2).mean())


def _length(frame: NDArray[np.float32], edges: NDArray[np.int32]) -> float:
    spans = frame[edges[:, 1]].astype(np.float64) - frame[edges[:, 0]]
    return float(np.linalg.norm(spans, axis=1).sum())


def _volume_drift(vertices: NDArray[np.float32], faces: NDArray[np.int32], anchor: int) -> float | None:
    volumes = np.array([_volume(frame, faces) for frame in vertices])
    box = float(np.ptp(vertices[anchor], axis=0).prod())
    if abs(volumes[anchor]) <= LEAST_VOLUME * box:
        return None
    return float(np.abs(volumes / volumes[anchor] - 1).max())


def _volume(frame: NDArray[np.float32], faces: NDArray[np.int32]) -> float:
    """The enclosed volume, from the centre of the vertices."""
    centred = frame.astype(np.float64) - frame.mean(axis=0, dtype=np.float64)
    first, second, third = (centred[faces[:, corner]] for corner in range(3))
    return float((first * np.cross(second, third)).sum() / 6)
