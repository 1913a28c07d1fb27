"""Flat sheets whose texels are where anybody can count them."""

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.texture.texels import Texels, texels_of
from actionmesh_wrapper.texture.unwrap import Unwrapped

Sheet = tuple[NDArray[np.float32], NDArray[np.int32]]


def sheet(columns: int = 20, rows: int = 10, cell: float = 0.1) -> Sheet:
    """Vertices and faces of cells in the plane z = 0, seen from +Z, the lower left corner at (0, 0)."""
    y, x = np.mgrid[0 : rows + 1, 0 : columns + 1] * cell
    vertices = np.stack([x.ravel(), y.ravel(), 0 * x.ravel()], axis=1).astype(np.float32)
    index = np.arange((rows + 1) * (columns + 1)).reshape(rows + 1, columns + 1)
    corners = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    a, b, c, d = (part.ravel() for part in corners)
    return vertices, np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]).astype(np.int32)


def laid(vertices: NDArray[np.float32], faces: NDArray[np.int32], size: int, share: float = 1.0) -> Texels:
    """The texels of a sheet that lies on the upper left of its texture, on such a share of its sides."""
    high = vertices.max(axis=0)
    uv = (vertices[:, :2] / high[:2] * [1, -1] + [0, 1]) * share
    origin = np.arange(len(vertices), dtype=np.int32)
    return texels_of(Unwrapped(origin, faces, uv.astype(np.float32), 1), vertices, size, tick=lambda: None)
