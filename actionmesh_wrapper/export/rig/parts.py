"""What hangs together: vertices that are one place, and bones that carry one connected part each."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from actionmesh_wrapper.data.arrays import sides_of
from actionmesh_wrapper.export.rig.bones import INFLUENCES, Bones, Ints, spread
from actionmesh_wrapper.export.rig.model import Doubles

_LEAST_SHARE = 0.01  # of a vertex: less is no hold
_LEAST_PART = (
    0.006  # of the mesh: smaller parts, but a bone's largest, go to others; so uint8 counts the joints
)
_MOST_ROUNDS = 100
_TELLING_KEYS = 8


def welded(vertices: NDArray[np.float32]) -> tuple[Ints, Ints]:
    """Finds vertices that are one place, as on both sides of a seam of the uv.

    Args:
        vertices: (T, V, 3); some keys tell it, for that two of them meet at all of these is no chance.

    Returns:
        (W,) one vertex of each such group, in their order, and (V,) for each vertex the number of its group.
    """
    keys, _ = spread(len(vertices), 0, _TELLING_KEYS)
    paths = np.ascontiguousarray(vertices[keys].transpose(1, 0, 2)).reshape(vertices.shape[1], -1)
    rows = paths.view(np.dtype((np.void, paths.itemsize * paths.shape[1]))).ravel()
    _, first, place = np.unique(rows, return_index=True, return_inverse=True)
    order = np.argsort(first)  # in the order of the vertices
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[place.ravel()]


def split_bones(bones: Bones, faces: Ints) -> Bones:
    """Makes a bone of each connected part that a bone carries, with the same motion.

    Small parts go to the bones around them. Dem Bones gives each vertex the bones that move it best, wherever
    else these are; who then turns one by hand would move pieces elsewhere, too.

    Args:
        bones: of V vertices.
        faces: (F, 3) indices of these.
    """
    num_vertices = bones.weights.shape[1]
    ends = sides_of(faces)
    weights, of_bone = [], []
    for bone, shares in enumerate(bones.weights):
        held = shares > _LEAST_SHARE
        inner = ends[held[ends].all(axis=1)]
        links = csr_array((np.ones(len(inner), bool), inner.T), shape=(num_vertices, num_vertices))
        _, label = connected_components(links, directed=False)
        masses = np.bincount(label, np.where(held, shares, 0))
        large = masses >= _LEAST_PART * num_vertices
        large[masses.argmax()] = True
        for part in np.flatnonzero(large):
            weights.append(np.where(held & (label == part), shares, 0))
            of_bone.append(bone)
    kept = np.stack(weights)
    lost = kept.sum(axis=0) < 0.5  # most of what carried these is gone
    return Bones(bones.transforms[:, of_bone], _filled(kept, lost, ends))


def _filled(weights: Doubles, lost: NDArray[np.bool_], ends: Ints) -> Doubles:
    """Weights (B, V) whose sums are 1; lost vertices get what those around them have, from the rim on."""
    count = weights.shape[1]
    both = np.concatenate([ends, ends[:, ::-1]])
    near = csr_array((np.ones(len(both)), both.T), shape=(count, count))
    filled = np.where(lost, 0, weights)
    for _ in range(_MOST_ROUNDS):
        empty = lost & ~filled.any(axis=0)
        if not empty.any():
            break
        around = (near[np.flatnonzero(empty)] @ filled.T).T
        if not around.any():
            break
        filled[:, empty] = around / np.maximum(around.sum(axis=0), 1e-300)
    alone = ~filled.any(axis=0)  # on no face, or on a piece that has lost all
    filled[:, alone] = weights[:, alone]
    filled[0, ~filled.any(axis=0)] = 1
    few = np.argsort(-filled, axis=0, kind="stable")[:INFLUENCES]
    strongest = np.zeros_like(filled)
    np.put_along_axis(strongest, few, np.take_along_axis(filled, few, axis=0), axis=0)
    whole: Doubles = strongest / strongest.sum(axis=0)
    return whole
