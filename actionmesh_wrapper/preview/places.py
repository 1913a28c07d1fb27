"""Where on a mesh the samples of a picture lie."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from actionmesh_wrapper.preview.arrays import Array, Arrays
from actionmesh_wrapper.preview.rasterise import SAMPLE_X, SAMPLES, Hits


@dataclass(frozen=True, eq=False)
class Places:
    """N places on faces of a mesh, as a picture shows them.

    Attributes:
        face: (N,) int64, the face that each is on.
        corners: (3, N) int64, its vertices.
        weights: (3, N) float32, the share of each of them, in perspective; within [0, 1], with a sum of 1.
        pixels: (N,) float32, how much of the picture the whole face takes.
        side: (N,) float32, 1 on its outside and -1 on its inside; None where all are outside.
    """

    face: Array
    corners: Array
    weights: Array
    pixels: Array
    side: Array | None = None


@dataclass(frozen=True, eq=False)
class Facing:
    """The faces that show a side that can be seen.

    Attributes:
        index: (N,) int64, which of the mesh's faces they are.
        corners: (3, N) int64, their vertices.
        front: how many of them, the first, show their outside.
        lines: (9, N) float32: the last corner's column and row; how the first corner's share changes per
            column and per row, and the second's; the corners' inverse depths.
        pixels: (N,) float32, how much of the picture they take.
        side: (N,) float32, 1 for those that show their outside, -1 for the others; None without others.
    """

    index: Array
    corners: Array
    front: int
    lines: Array
    pixels: Array
    side: Array | None

    @classmethod
    def of(cls, xp: Arrays, points: Array, faces: Array, *, two_sided: bool) -> Self:
        """Those that show their outside: whose corners run clockwise on the screen, where rows run downwards.

        Args:
            xp: the arrays' library.
            points: (3, V) float64, see `rasterise.rasterise`.
            faces: (3, F) int64 indices into ``points``.
            two_sided: whether to keep those that show their inside too.
        """
        column, row = xp.take(points[:2], faces)
        whole = _doubled_area(column, row)
        outside = xp.nonzero(whole < 0)
        index = xp.concat([outside, xp.nonzero(whole > 0)]) if two_sided else outside
        corners = xp.take(faces, index)
        x, y, inverse = xp.take(points, corners)
        area = _doubled_area(x, y)
        first, second = (
            ((y[1] - y[2]) / area, (x[2] - x[1]) / area),
            ((y[2] - y[0]) / area, (x[0] - x[2]) / area),
        )
        lines = xp.stack([x[2], y[2], *first, *second, *inverse])
        side = xp.cast(xp.where(area < 0, 1.0, -1.0), "float32") if two_sided else None
        lines, pixels = xp.cast(lines, "float32"), xp.cast(abs(area) / 2, "float32")
        return cls(index, corners, len(outside), lines, pixels, side)

    def at(self, xp: Arrays, hits: Hits, sample: Array) -> Places:
        """The places that samples see.

        Args:
            xp: the arrays' library.
            hits: of a picture of these faces.
            sample: (N,) int64, flat indices into the hits; of one that sees nothing the place is any.
        """
        face = xp.at_least(xp.cast(xp.take(hits.face.reshape(-1), sample), "int64"), 0)
        column, row, across, down, across_2, down_2, *inverse = xp.take(self.lines, face)
        x, y = sample_places(xp, sample, hits.face.shape[2])
        x, y = x - column, y - row
        first, second = x * across + y * down, x * across_2 + y * down_2
        shares = [xp.clip(share, 0, 1) for share in (first, second, 1 - first - second)]
        parts = [share * near for share, near in zip(shares, inverse, strict=True)]
        total = parts[0] + parts[1] + parts[2]
        weights = xp.stack([part / total for part in parts])
        return Places(
            face=xp.take(self.index, face),
            corners=xp.take(self.corners, face),
            weights=weights,
            pixels=xp.take(self.pixels, face),
            side=None if self.side is None else xp.take(self.side, face),
        )


def _doubled_area(x: Array, y: Array) -> Array:
    """Twice the area of faces with corners (3, N), in pixels; below 0 where they run clockwise."""
    return (x[0] - x[2]) * (y[1] - y[2]) - (y[0] - y[2]) * (x[1] - x[2])


def sample_places(xp: Arrays, sample: Array, width: int) -> tuple[Array, Array]:
    """Where samples lie: (N,) float32 columns and rows in pixels, for flat indices into `Hits`' arrays."""
    row = sample // width
    shift = xp.take(xp.put(np.array(SAMPLE_X, np.float32)), row & (SAMPLES - 1))
    return xp.cast(sample - row * width, "float32") + shift, (xp.cast(row, "float32") + 0.5) / SAMPLES
