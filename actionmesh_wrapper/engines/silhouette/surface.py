"""The surface in every frame: carried by the cage, drawn to the outline, as thick as each frame's shape."""

from collections.abc import Sequence

import numpy as np
from scipy.signal import savgol_filter
from scipy.sparse import csr_array

from actionmesh_wrapper.engines.arrays import Floats, Ints
from actionmesh_wrapper.engines.silhouette.arrays import averaging, directed_edges
from actionmesh_wrapper.engines.silhouette.cage import Cage
from actionmesh_wrapper.engines.silhouette.meshing import Mesh
from actionmesh_wrapper.engines.silhouette.outline import Shape
from actionmesh_wrapper.engines.silhouette.snap import snap
from actionmesh_wrapper.engines.silhouette.thickness import thickness_of

TIME_WINDOW, TIME_ORDER = 5, 2  # frames and degree of the Savitzky-Golay filter
UNFOLDINGS = 4  # more bring little: what is left are limbs that cross
HALF_STEPS = 2  # half-Laplacian steps over what the cage carries, whose triangles would show


def move_surface(mesh: Mesh, cage: Cage, nodes: Floats, shapes: Sequence[Shape], anchor: int) -> Floats:
    """The mesh's vertices in every frame.

    Args:
        mesh: in the anchor frame.
        cage: in the anchor frame.
        nodes: (T, N, 2) where the cage's nodes are, crop pixels.
        shapes: T shapes.
        anchor: index of the anchor frame.

    Returns:
        (T, V, 3) float64, crop pixels, in the mesh's axes.
    """
    flat = mesh.vertices[:, :2]
    nodes = _smooth_in_time(nodes)
    embedding = cage.embed(flat)
    average = averaging(directed_edges(mesh.faces), len(flat))
    places = flat + _half_steps(embedding.carry(nodes - cage.nodes), average)
    places = _unfolded(snap(places, mesh, shapes), mesh, average)
    relative = _smooth_in_time(thickness_of(nodes, cage, shapes, anchor))[..., None]
    depth = _half_steps(embedding.carry(relative), average) * mesh.vertices[:, 2:]
    return np.concatenate([places, depth], axis=2)


def _smooth_in_time(tracks: Floats) -> Floats:
    """Smooths over the first axis (T, ...); a clip shorter than the filter's window stays as it is."""
    if len(tracks) < TIME_WINDOW:
        return tracks
    smooth: Floats = savgol_filter(tracks, TIME_WINDOW, TIME_ORDER, axis=0)
    return smooth


def _unfolded(places: Floats, mesh: Mesh, average: csr_array) -> Floats:
    """Where faces have turned over, lets their vertices behind the rim's move as the neighbours do."""
    flat = mesh.vertices[:, :2]
    facing = np.sign(_areas(flat, mesh.faces))
    moved = places - flat
    for _ in range(UNFOLDINGS):
        frames, faces = np.nonzero(_areas(flat + moved, mesh.faces) * facing < 0)
        folded = np.zeros(moved.shape[:2], bool)
        folded[frames[:, None], mesh.faces[faces]] = True
        folded[:, mesh.rim] = False
        moved = np.where(folded[..., None], _over_frames(average, moved), moved)
    return flat + moved


def _areas(places: Floats, faces: Ints) -> Floats:
    """Twice the signed areas (..., F) of the faces in the picture, vertices at (..., V, 2)."""
    a, b, c = (places[..., faces[:, corner], :] for corner in range(3))
    u, v = b - a, c - a
    areas: Floats = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    return areas


def _half_steps(values: Floats, average: csr_array) -> Floats:
    """Smooths values (T, V, C) over the mesh, each step half way to the neighbours' mean."""
    for _ in range(HALF_STEPS):
        values = (values + _over_frames(average, values)) / 2
    return values


def _over_frames(average: csr_array, values: Floats) -> Floats:
    """Applies a matrix (V, V) to values (T, V, C) in every frame."""
    frames, count, channels = values.shape
    columns = values.transpose(1, 0, 2).reshape(count, -1)
    applied: Floats = average @ columns
    return applied.reshape(count, frames, channels).transpose(1, 0, 2)
