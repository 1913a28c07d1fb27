"""Where on a mesh the samples of a picture lie: its fragments."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.preview.rasterise import SAMPLE_X, SAMPLES, Hits


@dataclass(frozen=True, eq=False)
class Fragments:
    """N places on faces of a mesh, as a picture shows them.

    Attributes:
        face: (N,) int64, the face that each is on.
        corners: (3, N) int64, its vertices.
        weights: (3, N) float32, the share of each of them, in perspective; within [0, 1], with a sum of 1.
        pixels: (N,) float32, how much of the picture the whole face takes.
        side: (N,) float32, 1 on its outside and -1 on its inside; None where all are outside.
    """

    face: NDArray[np.int64]
    corners: NDArray[np.int64]
    weights: NDArray[np.float32]
    pixels: NDArray[np.float32]
    side: NDArray[np.float32] | None = None


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

    index: NDArray[np.int64]
    corners: NDArray[np.int64]
    front: int
    lines: NDArray[np.float32]
    pixels: NDArray[np.float32]
    side: NDArray[np.float32] | None

    @classmethod
    def of(cls, points: NDArray[np.float64], faces: NDArray[np.int64], *, two_sided: bool) -> Self:
        """Those that show their outside: whose corners run clockwise on the screen, where rows run downwards.

        Args:
            points: (3, V) float64, see `rasterise.rasterise`.
            faces: (3, F) int64 indices into ``points``.
            two_sided: whether to keep those that show their inside too.
        """
        column, row = points[:2].take(faces, axis=-1)
        whole = _doubled_area(column, row)
        outside = np.flatnonzero(whole < 0)
        index = np.concatenate([outside, np.flatnonzero(whole > 0)]) if two_sided else outside
        corners = faces.take(index, axis=-1)
        x, y, inverse = points.take(corners, axis=-1)
        area = _doubled_area(x, y)
        first, second = (
            ((y[1] - y[2]) / area, (x[2] - x[1]) / area),
            ((y[2] - y[0]) / area, (x[0] - x[2]) / area),
        )
        lines = np.stack([x[2], y[2], *first, *second, *inverse]).astype(np.float32)
        pixels = (abs(area) / 2).astype(np.float32)
        side = np.where(area < 0, 1.0, -1.0).astype(np.float32) if two_sided else None
        return cls(index, corners, len(outside), lines, pixels, side)

    def at(self, hits: Hits, sample: NDArray[np.int64]) -> Fragments:
        """The fragments that samples see.

        Args:
            hits: of a picture of these faces.
            sample: (N,) int64, flat indices into the hits; of one that sees nothing the fragment is any.
        """
        face = np.maximum(hits.face.reshape(-1).take(sample).astype(np.int64), 0)
        column, row, across, down, across_2, down_2, *inverse = self.lines.take(face, axis=-1)
        x, y = sample_positions(sample, hits.face.shape[2])
        x, y = x - column, y - row
        first, second = x * across + y * down, x * across_2 + y * down_2
        shares = [np.clip(share, 0, 1) for share in (first, second, 1 - first - second)]
        parts = [share * near for share, near in zip(shares, inverse, strict=True)]
        total = parts[0] + parts[1] + parts[2]
        return Fragments(
            face=self.index.take(face),
            corners=self.corners.take(face, axis=-1),
            weights=np.stack([part / total for part in parts]),
            pixels=self.pixels.take(face),
            side=None if self.side is None else self.side.take(face),
        )


def _doubled_area(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Twice the area of faces with corners (3, N), in pixels; below 0 where they run clockwise."""
    return np.asarray((x[0] - x[2]) * (y[1] - y[2]) - (y[0] - y[2]) * (x[1] - x[2]), np.float64)


def sample_positions(
    sample: NDArray[np.int64], width: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where samples lie: (N,) float32 columns and rows in pixels, for flat indices into `Hits`' arrays."""
    row = sample // width
    shift = np.array(SAMPLE_X, np.float32).take(row & (SAMPLES - 1))
    return (sample - row * width).astype(np.float32) + shift, ((row + 0.5) / SAMPLES).astype(np.float32)
