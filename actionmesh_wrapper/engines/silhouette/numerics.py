"""Edges, averaging, a sparse solver and nearest points, as several steps of the engine need them."""

from collections.abc import Callable

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, diags_array, sparray
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree

from actionmesh_wrapper.data.arrays import Floats, Ints


def directed_edges(triangles: Ints) -> Ints:
    """The edges (3 M, 2) of triangles (M, 3), in the direction in which each runs round its triangle."""
    return np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])


def averaging(edges: Ints, count: int) -> csr_array:
    """The matrix (count, count) that replaces each point's value by the mean over its edges.

    Args:
        edges: (E, 2) indices; the first point's mean counts the second. A closed mesh's `directed_edges`
            hold each edge in both directions.
        count: number of points.
    """
    links = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(count, count))
    degree = np.maximum(links.sum(axis=1), 1.0)
    return csr_array(diags_array(1.0 / degree) @ links)


def factorise(matrix: sparray) -> Callable[[Floats], Floats]:
    """Factorises a symmetric positive definite matrix (N, N); what it returns maps (N, C) to its solution."""
    factors = splu(
        csc_array(matrix),
        permc_spec="MMD_AT_PLUS_A",  # with the two options below: half the time of the default here
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    solve: Callable[[Floats], Floats] = factors.solve
    return solve


def nearest(points: Floats, among: Floats, count: int) -> tuple[Floats, Ints]:
    """For each point, the nearest of some others, nearest first.

    Args:
        points: (P, D).
        among: (Q, D), the others.
        count: how many for each point, or all if there are fewer.

    Returns:
        Distances and indices, (P, min(count, Q)) each.
    """
    wanted = np.arange(1, min(count, len(among)) + 1)
    distances, indices = cKDTree(among).query(points, k=wanted)
    return np.asarray(distances, np.float64), np.asarray(indices, np.int64)
