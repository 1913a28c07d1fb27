"""The texels of an unwrapped mesh: where on the surface each lies, and what fills the gaps between charts."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.arrays import Bytes, Floats, Ints, Singles
from actionmesh_wrapper.preview.rasterise import SAMPLES, rasterise
from actionmesh_wrapper.texture.unwrap import Unwrapped

CHUNK = 1 << 16  # texels handled at once


@dataclass(frozen=True, eq=False)
class Texels:
    """The N texels that lie on charts.

    Attributes:
        size: texels along each side of the texture.
        index: (N,) int64, row by row.
        corners: (N, 3) int32 vertices of each one's face, of the mesh before it was unwrapped.
        shares: (N, 3) float32 of the corners, sum 1.
        area: (N,) float64, of the surface that each stands for; sum is that of all faces with texels.
    """

    size: int
    index: Ints
    corners: NDArray[np.int32]
    shares: Singles
    area: Floats

    def of(self, values: NDArray[np.floating]) -> Singles:
        """(N, …) float32: what (V, …) vertices have, between them."""
        values = values.astype(np.float32)
        shares = self.shares.reshape(*self.shares.shape, *[1] * (values.ndim - 1))
        mixed: Singles = values[self.corners[:, 0]] * shares[:, 0]
        for corner in (1, 2):
            mixed += values[self.corners[:, corner]] * shares[:, corner]
        return mixed

    def some(self, which: Ints) -> "Texels":
        """Some of the texels."""
        return Texels(self.size, self.index[which], self.corners[which], self.shares[which], self.area[which])

    def picture(self, colours: Singles) -> Bytes:
        """The texture (size, size, 3) uint8 of (N, 3) colours; between charts the nearest texel's."""
        count = self.size * self.size
        is_gap = np.ones(count, np.uint8)
        is_gap[self.index] = 0
        square = is_gap.reshape(self.size, self.size)
        kind = cv2.DIST_LABEL_PIXEL
        _, labels = cv2.distanceTransformWithLabels(square, cv2.DIST_L2, 5, labelType=kind)
        flat = labels.reshape(-1)
        of_label = np.zeros((int(flat.max()) + 1, 3), np.uint8)
        of_label[flat[self.index]] = np.clip(np.rint(colours), 0, 255).astype(np.uint8)
        picture: Bytes = of_label[flat].reshape(self.size, self.size, 3)
        return picture


def texels_of(
    made: Unwrapped, vertices: NDArray[np.float32], size: int, *, tick: Callable[[], None]
) -> Texels:
    """Finds the texels of a mesh.

    Args:
        made: the unwrapped mesh.
        vertices: (V, 3) of the mesh before, for areas.
        size: texels along each side, a multiple of 4.
        tick: is called several times a second; what it raises passes through.
    """
    place: Floats = made.uv.astype(np.float64).T * size
    faces = np.ascontiguousarray(made.faces.T, np.int64)
    # One sample a texel: of the four rows that the rasteriser has in a pixel each is a row of texels.
    points = np.stack([place[0], place[1] / SAMPLES, np.ones(place.shape[1])])
    face = rasterise(points, faces, size, size // SAMPLES).face.reshape(-1)
    index = np.flatnonzero(face >= 0)
    face = face[index]
    shares = np.empty((len(index), 3), np.float32)
    for start in range(0, len(index), CHUNK):
        tick()
        part = slice(start, start + CHUNK)
        centres = np.stack([index[part] % size, index[part] // size]).astype(np.float64) + 0.5
        shares[part] = _shares(centres, place[:, faces[:, face[part]]])
    old = made.origin[made.faces]
    corners = vertices.astype(np.float64)[old]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(across, axis=1) / 2
    area = areas / np.maximum(np.bincount(face, minlength=len(old)), 1)
    return Texels(size, index, old[face], shares, area[face])


def _shares(points: Floats, corners: Floats) -> Floats:
    """(N, 3): what each corner of its triangle (2, 3, N) has in each of (2, N) points, or in one near it."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    whole = _cross(b - a, c - a)
    flat = np.abs(whole) < np.finfo(np.float64).tiny
    whole = np.where(flat, 1, whole)
    beta, gamma = _cross(points - a, c - a) / whole, _cross(b - a, points - a) / whole
    shares = np.clip(np.stack([1 - beta - gamma, beta, gamma], axis=1), 0, 1)
    shares[flat] = 1
    normed: Floats = shares / shares.sum(axis=1, keepdims=True)
    return normed


def _cross(one: Floats, other: Floats) -> Floats:
    """(N,) cross products of (2, N) vectors."""
    across: Floats = one[0] * other[1] - one[1] * other[0]
    return across
