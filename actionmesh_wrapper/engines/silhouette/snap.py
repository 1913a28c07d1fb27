"""Snapping: the surface's rim is drawn onto each frame's mask edge, and the surface near it comes along."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_array, csr_array

from actionmesh_wrapper.engines.arrays import Floats, Ints
from actionmesh_wrapper.engines.silhouette.arrays import nearest
from actionmesh_wrapper.engines.silhouette.meshing import Mesh
from actionmesh_wrapper.engines.silhouette.outline import Shape

SNAPS = 3
GATE = 12.0  # crop pixels; a rim farther from the edge has its reason
SPREAD = 12.0  # crop pixels (sigma) over which a snap fades into the surface
NEIGHBOURS = 4  # rim vertices that a vertex follows
NEIGHBOUR_BLUR = 1.0  # crop pixels; keeps a vertex on the rim from following itself alone


def snap(places: Floats, mesh: Mesh, shapes: Sequence[Shape]) -> Floats:
    """Draws the rim onto the masks' edges.

    Args:
        places: (T, V, 2) crop pixels.
        mesh: in the anchor frame.
        shapes: T shapes.

    Returns:
        (T, V, 2) float64.
    """
    rim, numbers = np.unique(mesh.rim, return_inverse=True)
    loop = numbers.reshape(-1, 2)
    followers = _followers(mesh.vertices[:, :2], rim)
    snapped = places.copy()
    for frame, shape in enumerate(shapes):
        for _ in range(SNAPS):
            snapped[frame] += followers @ _rim_offsets(snapped[frame, rim], loop, shape)
    return snapped


def _followers(flat: Floats, rim: Ints) -> csr_array:
    """The matrix (V, R) by which the vertices follow the rim, less the farther they are from it.

    Distance is measured in the picture, not along the surface: where the surface is steep, a vertex lies
    behind the rim's and has to move with it, or the faces between them turn over.
    """
    distance, which = nearest(flat, flat[rim], NEIGHBOURS)
    weight = 1 / (distance**2 + NEIGHBOUR_BLUR**2)
    weight *= np.exp(-0.5 * (distance[:, :1] / SPREAD) ** 2) / weight.sum(axis=1, keepdims=True)
    rows = np.repeat(np.arange(len(flat)), which.shape[1])
    return csr_array(coo_array((weight.ravel(), (rows, which.ravel())), shape=(len(flat), len(rim))))


def _rim_offsets(rim: Floats, loop: Ints, shape: Shape) -> Floats:
    """How far the rim's vertices, at (R, 2), are from the edge that they belong to; zero for the others."""
    span = rim[loop[:, 1]] - rim[loop[:, 0]]
    normals = np.zeros_like(rim)
    np.add.at(normals, loop.ravel(), np.repeat(np.column_stack([-span[:, 1], span[:, 0]]), 2, axis=0))
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    offsets, belongs = shape.offsets(rim, normals, GATE)
    return np.where(belongs[:, None], offsets, 0.0)
