"""Bones and weights of a moving surface: skinning decomposition by Dem Bones.

Method: Binh Huy Le and Zhigang Deng, Smooth Skinning Decomposition with Rigid Bones, 2012, and Robust and
Accurate Skeletal Rigging from Mesh Sequences, 2014, as Electronic Arts' Dem Bones has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Ints = NDArray[np.intp]

INFLUENCES = 4
_MOST_ROUNDS = 12
_LEAST_GAIN = 0.002  # of the error; a round that gains less is the last
_MOST_POINTS = 8000  # bones are found on so many vertices: more would move them hardly
_HOPE = 1.5  # twice the bones make half the error, or this much less; counts that need more are passed over
_MOST_KEYS = 32  # and on so many keys; the motion at all others follows from the weights
_FINE_KEYS, _FINE_ROUNDS = 16, 2  # for the weights of all vertices, where these are more


@dataclass(frozen=True, eq=False)
class Bones:
    """A skin over B bones, of which the rest pose is one of the keys.

    Attributes:
        transforms: (T, B, 4, 4) of each bone at each key, from the rest pose; rigid.
        weights: (B, V) float64 of at most `INFLUENCES` bones a vertex; a vertex's sum is 1.
    """

    transforms: Doubles
    weights: Doubles

    def off(self, vertices: NDArray[Any], rest: int) -> Doubles:
        """(T, V) distances of vertices (T, V, 3) from where the skin has them."""
        points = np.vstack([vertices[rest].T, np.ones(vertices.shape[1])])
        shares = (self.weights[:, None] * points).reshape(-1, points.shape[1])
        distances = np.empty(vertices.shape[:2])
        for key, bones in enumerate(self.transforms):
            moved = bones[:, :3].transpose(1, 0, 2).reshape(3, -1) @ shares
            distances[key] = np.linalg.norm(moved.T - vertices[key], axis=1)
        return distances


def find_bones(
    vertices: NDArray[np.float32], faces: Ints, rest: int, counts: Sequence[int], enough: float
) -> Bones:
    """Finds bones that carry a surface from its rest pose through all keys.

    Args:
        vertices: (T, V, 3), T ≥ 2, not all in one place.
        faces: (F, 3).
        rest: the key of the rest pose.
        counts: of bones, tried in turn, but those that promise too little; there may come out fewer than
            asked for.
        enough: an error as a share of the diagonal of the box around all keys. The first count whose 99th
            percentile is within it is taken, or else the last.

    Returns:
        The bones, in the unit of ``vertices``.
    """
    low, high = vertices.min(axis=(0, 1)).astype(np.float64), vertices.max(axis=(0, 1)).astype(np.float64)
    centre, size = (low + high) / 2, float(np.linalg.norm(high - low))
    corners = _without_collapsed(faces.astype(np.intp))
    chosen, triangles = _thinned((vertices[rest] - centre) / size, corners, _MOST_POINTS)
    keys, still = spread(len(vertices), rest, _MOST_KEYS)
    few = (vertices[np.ix_(keys, chosen)] - centre) / size
    hoped = 0.0
    for count in counts:
        if hoped / count > enough and count != counts[-1]:
            continue
        bones = _solve(few, triangles, still, count)
        error = np.percentile(bones.off(few, still), 99)
        if error <= enough:
            break
        hoped = error * count / _HOPE
    carried = bones.weights
    if len(chosen) < vertices.shape[1]:
        telling, place = spread(len(keys), still, _FINE_KEYS)
        known = Bones(bones.transforms[telling], bones.weights)
        carried = _weights_of((vertices[keys[telling]] - centre) / size, corners, place, known)
    if len(keys) < len(vertices):
        bones = _moved((vertices[:, chosen] - centre) / size, triangles, rest, bones.weights)
    bones = Bones(bones.transforms, carried)
    transforms = bones.transforms.copy()
    transforms[..., :3, 3] = size * transforms[..., :3, 3] + centre - transforms[..., :3, :3] @ centre
    used = bones.weights.any(axis=1)
    return Bones(transforms[:, used], bones.weights[used])


def _without_collapsed(faces: Ints) -> Ints:
    """The faces of three different vertices."""
    a, b, c = faces.T
    kept: Ints = faces[(a != b) & (b != c) & (c != a)]
    return kept


def _thinned(points: Doubles, faces: Ints, most: int) -> tuple[Ints, Ints]:
    """About ``most`` of the points (V, 3), one for each cell of a grid, and the faces between them."""
    if len(points) <= most:
        return np.arange(len(points)), faces
    small, large = 1e-4, 1.0
    low = points.min(axis=0)
    for _ in range(16):
        cell = (small * large) ** 0.5
        if len(np.unique(np.floor((points - low) / cell), axis=0)) > most:
            small = cell
        else:
            large = cell
    cells = np.floor((points - low) / large)
    _, first, place = np.unique(cells, axis=0, return_index=True, return_inverse=True)
    return first, np.unique(_without_collapsed(place.ravel()[faces]), axis=0)


def _solver(points: Doubles, faces: Ints, rest: int) -> Any:
    """Dem Bones with what is to be solved; the rest pose itself is no key of it."""
    from py_dem_bones import DemBones  # noqa: PLC0415 – not installed everywhere

    keys = [key for key in range(len(points)) if key != rest]
    solver = DemBones()
    solver.nV, solver.nF, solver.nS, solver.nnz = points.shape[1], len(keys), 1, INFLUENCES
    solver.fStart, solver.subjectID = np.array([0, len(keys)]), np.zeros(len(keys), int)
    solver.u = points[rest].T
    solver.v = points[keys].transpose(0, 2, 1).reshape(-1, points.shape[1])
    solver.fv = faces.tolist()
    return solver


def _solve(points: Doubles, faces: Ints, rest: int, count: int) -> Bones:
    """Bones and weights, each found for the other in turn until that gains little."""
    solver = _solver(points, faces, rest)
    solver.nB = count
    solver.init()
    error = np.inf
    for _ in range(_MOST_ROUNDS):
        solver.computeTranformations()
        solver.computeWeights()
        before, error = error, solver.rmse()
        if error >= before * (1 - _LEAST_GAIN):
            break
    return Bones(_transforms(solver, rest), _normalised(solver.get_weights()))


def spread(num_keys: int, rest: int, most: int) -> tuple[Ints, int]:
    """Up to ``most`` keys that stand for all, in order, and the rest pose's; and its place among them."""
    even = np.linspace(0, num_keys - 1, min(num_keys, most)).round().astype(np.intp)
    keys = np.union1d(even, [rest])
    return keys, int(np.searchsorted(keys, rest))


def _weights_of(points: Doubles, faces: Ints, rest: int, bones: Bones) -> Doubles:
    """(B, V) weights of more points for the motion of bones."""
    solver = _solver(points, faces, rest)
    solver.nB = bones.transforms.shape[1]
    others = np.delete(bones.transforms, rest, axis=0)
    solver.m = others.transpose(0, 2, 1, 3).reshape(4 * len(others), -1)
    solver.init()
    for _ in range(_FINE_ROUNDS):
        solver.computeWeights()
    return _normalised(solver.get_weights())


def _moved(points: Doubles, faces: Ints, rest: int, weights: Doubles) -> Bones:
    """The motion at more keys of bones whose weights are known."""
    solver = _solver(points, faces, rest)
    solver.nB = len(weights)
    solver.set_weights(weights)
    solver.init()
    solver.computeTranformations()
    return Bones(_transforms(solver, rest), weights)


def _transforms(solver: Any, rest: int) -> Doubles:
    """(T, B, 4, 4) of a solver, with the rest pose's put in."""
    matrices = np.asarray(solver.m)
    others = matrices.reshape(len(matrices) // 4, 4, -1, 4).transpose(0, 2, 1, 3)
    return np.insert(others, rest, np.broadcast_to(np.eye(4), others.shape[1:]), axis=0)


def _normalised(weights: NDArray[Any]) -> Doubles:
    """Weights whose sums are 1; of a vertex without any, all of the first bone."""
    weights = np.maximum(np.asarray(weights, np.float64), 0)
    total = weights.sum(axis=0)
    weights[0, total <= 0] = 1
    normalised: Doubles = weights / np.where(total > 0, total, 1)
    return normalised
