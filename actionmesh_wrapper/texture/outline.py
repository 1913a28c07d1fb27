"""The outline of a mesh in a picture: which pixels it covers, and where in the mesh its rim lies.

Of all sides of faces only the rim is drawn: sides between a face that turns its front to the camera and one
that turns its back, or without a second face. Every face counts once for each sample that it covers, and what
two neighbours add to their common side cancels, so the sum of the rim's crossings from a row's left end is
the number of faces there. The cost goes with the rim's length and not with the area covered; for any mesh,
open, closed or torn, the result is that of drawing every face.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from actionmesh_wrapper.data.arrays import Bools, Floats, Ints, sides_of

SAMPLES = 4  # of a pixel, each on a row of its own
SAMPLE_X = np.array(
    [0.375, 0.875, 0.125, 0.625]
)  # of those rows, in pixels from a pixel's left (rotated grid)


@dataclass(frozen=True, eq=False)
class Rim:
    """N sides of faces where a mesh ends in the picture, behind others included.

    Attributes:
        sides: (N, 2) int64, pairs of vertices.
        count: (N,) float64, how many faces more lie on one side of it than on the other; never 0. Positive:
            on the same side for all, seen from the first vertex towards the second.
    """

    sides: Ints
    count: Floats


class Outline:
    """Draws the outline of one topology.

    Args:
        faces: (F, 3) int32 or int64 indices of vertices, turned either way.
    """

    def __init__(self, faces: NDArray[np.signedinteger]) -> None:
        self._corners = np.ascontiguousarray(faces.T, np.int64)
        sides = sides_of(faces.astype(np.int64))
        low, high = sides.min(axis=1), sides.max(axis=1)
        keys, which = np.unique(low * (int(high.max()) + 1) + high, return_inverse=True)
        self._sides = np.stack(np.divmod(keys, int(high.max()) + 1), axis=1)
        along = np.where(sides[:, 0] == low, 1.0, -1.0)
        face = np.tile(np.arange(len(faces)), 3)
        self._faces_of = csr_array((along, (which.ravel(), face)), shape=(len(keys), len(faces)))

    def rim(self, points: Floats) -> Rim:
        """Where the mesh ends.

        Args:
            points: (V, 2) x, y of the vertices in the picture; a face with a corner that is not finite is
                left out.
        """
        x, y = np.ascontiguousarray(points.T)
        (xa, xb, xc), (ya, yb, yc) = (np.take(values, self._corners) for values in (x, y))
        area = (xb - xa) * (yc - ya) - (xc - xa) * (yb - ya)
        count = self._faces_of @ ((area > 0) * 1.0 - (area < 0))
        some = np.flatnonzero(count)
        return Rim(self._sides[some], count[some])


def covered(rim: Rim, points: Floats, width: int, height: int) -> Floats:
    """How much of each pixel a mesh covers.

    Args:
        rim: of `Outline.rim`.
        points: (V, 2), the same points; the centre of the upper left pixel is at (0, 0).
        width: pixels.
        height: pixels.

    Returns:
        (height, width) float64, 0 to 1 in quarters.
    """
    rows = height * SAMPLES
    ends = points.take(rim.sides, axis=0) + 0.5
    x, y = ends[..., 0], ends[..., 1] * SAMPLES - 0.5
    falls = y[:, 0] <= y[:, 1]
    top, bottom = np.where(falls, y[:, 0], y[:, 1]), np.where(falls, y[:, 1], y[:, 0])
    at_top, at_bottom = np.where(falls, x[:, 0], x[:, 1]), np.where(falls, x[:, 1], x[:, 0])
    first, last = (np.clip(np.ceil(end), 0, rows).astype(np.int64) for end in (top, bottom))
    number = last - first
    owner = np.repeat(np.arange(len(number)), number)
    row = np.arange(len(owner)) - (np.cumsum(number) - number - first).take(owner)
    slope = (at_bottom - at_top) / np.where(bottom > top, bottom - top, np.inf)
    crossing = at_top.take(owner) + (row - top.take(owner)) * slope.take(owner)
    column = np.clip(np.ceil(crossing - SAMPLE_X.take(row % SAMPLES)), 0, width).astype(np.int64)
    change = np.where(falls, rim.count, -rim.count).take(owner)
    changes = np.bincount(row * (width + 1) + column, change, rows * (width + 1)).reshape(rows, width + 1)
    is_covered: Bools = np.abs(np.cumsum(changes[:, :width], axis=1)) > 0.5
    share: Floats = is_covered.reshape(height, SAMPLES, width).mean(axis=1)
    return share
