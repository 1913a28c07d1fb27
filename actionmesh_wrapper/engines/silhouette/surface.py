"""The surface in every frame: moved by the cage, snapped to the mask's edge, as thick as the shape is."""

from collections.abc import Sequence

import numpy as np
from scipy.signal import savgol_filter
from scipy.sparse import coo_array, csr_array

from actionmesh_wrapper.data.arrays import Floats, Ints
from actionmesh_wrapper.engines.silhouette.cage import Cage
from actionmesh_wrapper.engines.silhouette.inflate import thickness_of
from actionmesh_wrapper.engines.silhouette.meshing import Mesh
from actionmesh_wrapper.engines.silhouette.numerics import averaging, directed_edges, nearest
from actionmesh_wrapper.engines.silhouette.outline import Shape

SNAP_ROUNDS = 3
GATE = 12.0  # crop pixels; a rim vertex farther from the edge is not snapped to it
SNAP_REACH = 12.0  # crop pixels (sigma), how far from the rim the surface follows it
NEIGHBOURS = 4  # rim vertices that a vertex follows
NEIGHBOUR_BLUR = 1.0  # crop pixels; keeps a vertex on the rim from following itself alone
TIME_WINDOW, TIME_ORDER = 5, 2  # frames and degree of the Savitzky-Golay filter
UNFOLDING_ROUNDS = 4  # more gain little: what then is still folded are limbs that cross
SMOOTHING_STEPS = 2  # over the motion from the cage, whose triangles would show


class RimSnapper:
    """Moves a mesh's rim onto a mask's edge, and the surface near it along."""

    def __init__(self, mesh: Mesh) -> None:
        self._rim, numbers = np.unique(mesh.rim, return_inverse=True)
        self._loop = numbers.reshape(-1, 2)
        self._followers = _followers(mesh.vertices[:, :2], self._rim)

    def snap(self, positions: Floats, shape: Shape) -> Floats:
        """Where the vertices of one frame go, (V, 2) float64, from (V, 2), crop pixels."""
        snapped = positions.copy()
        for _ in range(SNAP_ROUNDS):
            snapped += self._followers @ _rim_offsets(snapped[self._rim], self._loop, shape)
        return snapped


def _followers(flat: Floats, rim: Ints) -> csr_array:
    """The matrix (V, R) by which vertices follow the rim: the farther from it, the less.

    Distance is measured in the picture, not along the surface: where the surface is steep, a vertex lies
    behind one on the rim and has to move with it, or the faces between them turn over.
    """
    distance, which = nearest(flat, flat[rim], NEIGHBOURS)
    weight = 1 / (distance**2 + NEIGHBOUR_BLUR**2)
    weight *= np.exp(-0.5 * (distance[:, :1] / SNAP_REACH) ** 2) / weight.sum(axis=1, keepdims=True)
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
    nodes = _smooth_in_time(nodes)
    relative = _smooth_in_time(thickness_of(nodes, cage, shapes, anchor))[..., None]
    mover = _Mover(mesh, cage)
    vertices = np.empty((len(shapes), *mesh.vertices.shape))
    for frame, shape in enumerate(shapes):  # one by one, for memory: the steps hold many copies
        vertices[frame, :, :2] = mover.positions(nodes[frame], shape)
        vertices[frame, :, 2:] = mover.depth(relative[frame])
    return vertices


def in_between(vertices: Floats, frames: Ints, count: int) -> Floats:
    """Vertices (G, V, 3), known in some frames (G,), in all (count, V, 3): linear, and still at both ends."""
    if len(frames) == count:
        return vertices
    at = np.interp(np.arange(count), frames, np.arange(len(frames)))
    share = (at % 1)[:, None, None]
    between: Floats = (1 - share) * vertices[np.floor(at).astype(int)] + share * vertices[
        np.ceil(at).astype(int)
    ]
    return between


class _Mover:
    """Carries a mesh along with its cage, frame by frame."""

    def __init__(self, mesh: Mesh, cage: Cage) -> None:
        self._mesh, self._cage, self._snapper = mesh, cage, RimSnapper(mesh)
        self._flat = mesh.vertices[:, :2]
        self._embedding = cage.embed(self._flat)
        self._average = averaging(directed_edges(mesh.faces), len(self._flat))
        self._facing = np.sign(_areas(self._flat, mesh.faces))

    def positions(self, nodes: Floats, shape: Shape) -> Floats:
        """The vertices (V, 2), crop pixels, of a frame with the cage's nodes at (N, 2)."""
        carried = self._flat + self._smooth(self._embedding.carry(nodes - self._cage.nodes))
        return self._unfolded(self._snapper.snap(carried, shape))

    def depth(self, relative: Floats) -> Floats:
        """The vertices' z (V, 1), for a thickness (N, 1) at the nodes relative to the anchor's."""
        return self._smooth(self._embedding.carry(relative)) * self._mesh.vertices[:, 2:]

    def _smooth(self, values: Floats) -> Floats:
        """Smooths values (V, C) over the mesh, in each step half way to the neighbours' mean."""
        for _ in range(SMOOTHING_STEPS):
            values = (values + self._average @ values) / 2
        return values

    def _unfolded(self, positions: Floats) -> Floats:
        """Where faces have turned over, moves their vertices off the rim as their neighbours move."""
        faces = self._mesh.faces
        moved = positions - self._flat
        for _ in range(UNFOLDING_ROUNDS):
            turned = _areas(self._flat + moved, faces) * self._facing < 0
            folded = np.zeros(len(moved), bool)
            folded[faces[turned]] = True
            folded[self._mesh.rim] = False
            moved = np.where(folded[:, None], self._average @ moved, moved)
        return self._flat + moved


def _smooth_in_time(tracks: Floats) -> Floats:
    """Smooths over the first axis (T, ...); a clip shorter than the filter's window stays as it is."""
    if len(tracks) < TIME_WINDOW:
        return tracks
    smooth: Floats = savgol_filter(tracks, TIME_WINDOW, TIME_ORDER, axis=0)
    return smooth


def _areas(positions: Floats, faces: Ints) -> Floats:
    """Twice the signed areas (F,) of the faces in the picture, vertices at (V, 2)."""
    a, b, c = (positions[faces[:, corner]] for corner in range(3))
    u, v = b - a, c - a
    areas: Floats = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    return areas
