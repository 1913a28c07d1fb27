"""A skeleton for bones that stand alone: which turns about which, where, and what each is called."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array
from scipy.spatial.transform import Rotation

from actionmesh_wrapper.data.arrays import sides_of
from actionmesh_wrapper.export.rig.bones import Bones
from actionmesh_wrapper.export.rig.model import Doubles, Skeleton

_TO_SEAM = 0.01  # how much a joint is drawn to the seam of its bones, against staying together at all keys
_TO_ROOT = 0.5  # of the diagonal: what hanging on the root costs a bone, beyond what it moves from it
_WITHOUT_SEAM = 1.0  # of the diagonal: what hanging on a bone that it does not touch costs
_LEAST_SEAM = 0.01  # a seam's length squared, of the smaller bone's area: bones with less do not touch


@dataclass(frozen=True, eq=False)
class _Links:
    """What each two bones have in common; of the root, bone 0, and any other: the other's middle.

    Attributes:
        pivots: (N, N, 3), where one would turn about the other in the rest pose.
        costs: (N, N), how far they come apart there, of the diagonal, and what else speaks against it.
    """

    pivots: Doubles
    costs: Doubles


def build_skeleton(
    bones: Bones, rest: NDArray[np.float32], faces: NDArray[np.intp], whole: Doubles
) -> tuple[Skeleton, NDArray[np.intp]]:
    """Puts bones together to a tree: each next bone hangs where it comes apart least from one that does.

    The tree comes from the motion alone. It is a guess at joints, not anatomy.

    Args:
        bones: B of them.
        rest: (V, 3), the rest pose.
        faces: (F, 3).
        whole: (T, 4, 4), the motion of the whole, which the root carries.

    Returns:
        A skeleton of B + 1 joints, and the bone of each joint but the root.
    """
    diagonal = float(np.linalg.norm(np.ptp(rest.astype(np.float64), axis=0))) or 1.0
    middles = _middles(bones.weights, rest)
    motions = np.concatenate([whole[:, None], bones.transforms], axis=1)
    links = _links(motions, middles, *_seams(bones.weights, rest, faces), diagonal)
    parents = _tree(links.costs)
    order = _from_the_root(parents)
    pivots = links.pivots[np.arange(len(parents)), np.maximum(parents, 0)]
    pivots[0] = middles[0]
    rank = np.argsort(order)
    names = _names(middles[order], rest)
    above = np.array([-1, *rank[parents[order[1:]]]], np.intp)
    skeleton = _posed(names, above, pivots[order], motions[:, order])
    return skeleton, order[1:] - 1


def root_alone(rest: NDArray[np.float32], whole: Doubles) -> Skeleton:
    """A skeleton of the root that carries all."""
    middle = rest.astype(np.float64).mean(axis=0)[None]
    return _posed(("root",), np.array([-1]), middle, whole[:, None])


def motion_of_the_whole(vertices: NDArray[np.float32], rest: int) -> Doubles:
    """(T, 4, 4), the rigid motion nearest to that of vertices (T, V, 3) from the rest pose.

    Source: Wolfgang Kabsch, A solution for the best rotation to relate two sets of vectors, 1976.
    """
    motions = np.tile(np.eye(4), (len(vertices), 1, 1))
    middle = vertices[rest].astype(np.float64).mean(axis=0)
    arms = vertices[rest] - middle
    for key, frame in enumerate(vertices):
        if key == rest:
            continue
        now = frame.astype(np.float64).mean(axis=0)
        left, _, right = np.linalg.svd((frame - now).T @ arms)
        sign = np.linalg.det(left) * np.linalg.det(right)
        motions[key, :3, :3] = left @ np.diag([1, 1, np.sign(sign) or 1]) @ right
        motions[key, :3, 3] = now - motions[key, :3, :3] @ middle
    return motions


def _middles(weights: Doubles, rest: NDArray[np.float32]) -> Doubles:
    """(1 + B, 3), the middle of the whole and of what each bone carries."""
    middles = weights @ rest.astype(np.float64) / weights.sum(axis=1, keepdims=True)
    return np.vstack([rest.astype(np.float64).mean(axis=0), middles])


def _seams(weights: Doubles, rest: NDArray[np.float32], faces: NDArray[np.intp]) -> tuple[Doubles, Doubles]:
    """For each two bones how many vertices of them meet, (B, B), and the middle of these, (B, B, 3).

    They meet at vertices that both carry, and along edges from one's to the other's.
    """
    count = len(rest)
    ends = sides_of(faces)
    edges: Any = csr_array((np.ones(len(ends)), ends.T), shape=(count, count))
    near = ((edges + edges.T) > 0).astype(np.float64) + eye_array(count, format="csr")
    near = csr_array(near.multiply(1 / near.sum(axis=1)[:, None]))
    near = (near + near.T) / 2
    carried = csr_array(weights)
    meeting = (carried @ near @ carried.T).toarray()
    middles = np.empty((*meeting.shape, 3))
    for axis in range(3):
        along = (carried.multiply(rest[None, :, axis]) @ near @ carried.T).toarray()
        middles[..., axis] = (along + along.T) / 2 / np.maximum(meeting, 1e-300)
    return meeting, middles


def _links(motions: Doubles, middles: Doubles, meeting: Doubles, seams: Doubles, diagonal: float) -> _Links:
    """What each two of N bones (T, N, 4, 4) have in common; the first is the root."""
    num_keys, count = motions.shape[:2]
    aims = np.repeat(middles[:, None], count, axis=1)  # without a seam a bone turns about its own middle
    extra = np.full((count, count), _WITHOUT_SEAM)
    touching = np.zeros((count, count), bool)
    own = np.diagonal(meeting)
    touching[1:, 1:] = meeting**2 > _LEAST_SEAM * np.minimum(own[:, None], own)
    aims[1:, 1:][touching[1:, 1:]] = seams[touching[1:, 1:]]
    extra[touching] = 0
    extra[1:, 0] = _TO_ROOT + np.linalg.norm(middles[1:] - middles[0], axis=1) / diagonal
    pivots, costs = np.empty((count, count, 3)), np.empty((count, count))
    for bone in range(count):
        apart = motions[:, [bone]] - motions
        turns, shifts = apart[..., :3, :3], apart[..., :3, 3]
        least = np.einsum("tnki,tnkj->nij", turns, turns) + _TO_SEAM * num_keys * np.eye(3)
        sought = _TO_SEAM * num_keys * aims[bone] - np.einsum("tnki,tnk->ni", turns, shifts)
        pivots[bone] = np.linalg.solve(least, sought[..., None])[..., 0]
        pivots[bone, ~touching[bone]] = aims[bone, ~touching[bone]]
        gaps = np.einsum("tnij,nj->tni", turns, pivots[bone]) + shifts
        costs[bone] = np.sqrt((gaps**2).sum(axis=2).mean(axis=0)) / diagonal + extra[bone]
    return _Links(pivots, costs)


def _tree(costs: Doubles) -> NDArray[np.intp]:
    """Each bone's parent in the tree of least costs from bone 0 on (Prim's); -1 of that one."""
    parents, best = np.zeros(len(costs), np.intp), costs[:, 0].copy()
    parents[0], best[0] = -1, np.inf
    waiting = np.arange(len(costs)) > 0
    while waiting.any():
        bone = int(np.argmin(np.where(waiting, best, np.inf)))
        waiting[bone] = False
        nearer = waiting & (costs[:, bone] < best)
        parents[nearer], best[nearer] = bone, costs[nearer, bone]
    return parents


def _from_the_root(parents: NDArray[np.intp]) -> NDArray[np.intp]:
    """All bones, each after its parent and before its parent's next child."""
    order, stack = [], [0]
    while stack:
        bone = stack.pop()
        order.append(bone)
        stack += reversed(np.flatnonzero(parents == bone).tolist())
    return np.array(order, np.intp)


def _names(middles: Doubles, rest: NDArray[np.float32]) -> tuple[str, ...]:
    """``root``, then by a bone's place in the box of the rest pose, as the camera sees it: ``left_low_1``."""
    low, high = rest.min(axis=0).astype(np.float64), rest.max(axis=0).astype(np.float64)
    third = np.clip((middles - low) / np.maximum(high - low, 1e-300) * 3, 0, 2).astype(int)
    names, count = ["root"], Counter[str]()
    for x, y, _ in third[1:]:
        place = f"{('left', 'centre', 'right')[x]}_{('low', 'mid', 'high')[y]}"
        count[place] += 1
        names.append(f"{place}_{count[place]}")
    return tuple(names)


def _posed(names: tuple[str, ...], parents: NDArray[np.intp], pivots: Doubles, motions: Doubles) -> Skeleton:
    """The skeleton of joints at pivots (J, 3) that do motions (T, J, 4, 4)."""
    above = np.maximum(parents, 0)
    offsets = pivots - np.where(parents[:, None] < 0, 0, pivots[above])
    places = (motions[..., :3, :3] @ pivots[..., None])[..., 0] + motions[..., :3, 3]
    turns = motions[..., :3, :3].swapaxes(-1, -2)[:, above]  # the parents', undone
    inner = parents >= 0
    translations, rotations = places.copy(), motions[..., :3, :3].copy()
    gaps = places - places[:, above]
    translations[:, inner] = (turns @ gaps[..., None])[..., 0][:, inner]
    rotations[:, inner] = (turns @ rotations)[:, inner]
    quaternions = Rotation.from_matrix(rotations.reshape(-1, 3, 3)).as_quat().reshape(*rotations.shape[:2], 4)
    return Skeleton(
        names,
        parents.astype(np.intp),
        offsets.astype(np.float32),
        _continuous(quaternions).astype(np.float32),
        translations.astype(np.float32),
    )


def _continuous(quaternions: Doubles) -> Doubles:
    """The same turns, with signs by which each key is near the one before: the short way between two."""
    signs = np.where((quaternions[1:] * quaternions[:-1]).sum(axis=-1) < 0, -1.0, 1.0)
    return np.concatenate([quaternions[:1], quaternions[1:] * np.cumprod(signs, axis=0)[..., None]])
