"""The anchor key's surface as a net of vertices, along which colours are passed on."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from actionmesh_wrapper.data.animation import vertex_normals
from actionmesh_wrapper.data.arrays import Bools, Floats, Ints, Singles
from actionmesh_wrapper.texture.texels import Texels
from actionmesh_wrapper.texture.unwrap import neighbours, welded

KNOWN = 0.05  # sum of shares of texels, from which a vertex has their colour


class Surface:
    """The surface, with the vertices at each place as one: U of them.

    Args:
        texels: N on the surface.
        vertices: (V, 3).
        faces: (F, 3).

    Attributes:
        place: (V,) int64, which of the U each vertex is.
        points: (U, 3) float64.
        side: the longest side of the box around them.
        near: (U, U), 1 where there is an edge.
        texel_points: (N, 3) float32.
        texel_normals: (N, 3) float32, of about length 1.
    """

    def __init__(self, texels: Texels, vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> None:
        first, self.place = welded(vertices)
        self.texels = texels
        self.points: Floats = vertices[first].astype(np.float64)
        self.side = float(np.ptp(self.points, axis=0).max())
        self.near = neighbours(self.place[faces], len(first))
        normals = vertex_normals(vertices, faces)
        self.texel_points: Singles = texels.of(vertices)
        self.texel_normals: Singles = texels.of(normals)
        ends = self.near.tocoo()
        lengths = np.linalg.norm(self.points[ends.row] - self.points[ends.col], axis=1)
        self._lengths = csr_array((np.maximum(lengths, 1e-12), (ends.row, ends.col)), shape=self.near.shape)

    def at_vertices(self, colours: Singles, weights: Singles) -> tuple[Singles, Bools]:
        """The (U, 3) colours of vertices by those of (N, 3) texels, and which (U,) have any."""
        some = np.flatnonzero(weights > 0)
        corners = self.place[self.texels.corners[some]]
        shares = (self.texels.shares[some] * weights[some, None]).astype(np.float64)
        flat, count = corners.reshape(-1), len(self.points)
        total = np.bincount(flat, shares.reshape(-1), count)
        sums = [
            np.bincount(flat, (shares * colours[some, channel, None]).reshape(-1), count)
            for channel in range(3)
        ]
        known = total > KNOWN
        mean = np.stack(sums, axis=1) / np.where(known, total, 1)[:, None]
        return mean.astype(np.float32), known

    def distances(self, known: Bools) -> tuple[Floats, Ints]:
        """Of each vertex the way along the surface to the nearest known one, and which that is.

        Returns:
            (U,) float64 in the mesh's units, inf where there is none, and (U,) int64, negative there.
        """
        way, _, source = dijkstra(
            self._lengths, indices=np.flatnonzero(known), min_only=True, return_predecessors=True
        )
        return way, source.astype(np.int64)

    def to_texels(self, values: NDArray[np.floating]) -> Singles:
        """(N, …) what (U, …) vertices have."""
        return self.texels.of(values[self.place])
