"""Bones that carry one connected part each: what moves alike in two places is two bones' in the hand."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from actionmesh_wrapper.export.rig.bones import INFLUENCES, Bones
from actionmesh_wrapper.export.rig.model import Doubles

_LEAST_SHARE = 0.01  # of a vertex: less is no hold
_LEAST_PART = 0.004  # of the mesh: a smaller part of a bone, beside its largest, goes to its neighbours
_MOST_ROUNDS = 100


def split_bones(bones: Bones, faces: NDArray[np.int32]) -> Bones:
    """Makes a bone of each connected part that a bone carries, with the same motion.

    Small parts go to the bones around them. Dem Bones gives each vertex the bones that move it best, wherever
    else these are; who then turns one by hand would move pieces elsewhere, too.

    Args:
        bones: of V vertices.
        faces: (F, 3) indices of these.
    """
    num_vertices = bones.weights.shape[1]
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
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


def _filled(weights: Doubles, lost: NDArray[np.bool_], ends: NDArray[np.int32]) -> Doubles:
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
