"""Which face each sample of a picture sees: a z-buffer over scanline spans, in plain array operations.

Every pixel has four samples on a rotated grid (RGSS), so that edges of any slope are smoothed evenly. A
face becomes one span of samples on each row that it crosses (the scanline algorithm of Wylie et al., 1967),
and the nearest span wins by a maximum over (inverse depth, face) packed into one integer. Two faces that
share an edge compute the very same crossings, so that there is neither a crack nor an overlap between them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

SAMPLES = 4  # of a pixel, each on a row of its own
SAMPLE_X = np.array([0.375, 0.875, 0.125, 0.625])  # of those rows from the top, in pixels from the left
CHUNK_SAMPLES = 1 << 17  # handled at once: about 20 MB of temporary arrays
NOTHING = np.int64(0xFFFFFFFF)  # inverse depth 0 above face -1: less than any hit
TINY = np.float32(1e-30)  # the least inverse depth, so that rounding never makes one negative


@dataclass(frozen=True, eq=False)
class Hits:
    """What the samples of a picture see.

    Attributes:
        face: (H, 4, W) int32, the nearest face, -1 for none; axis 1 holds a pixel's samples.
        inverse_depth: (H, 4, W) float32, 1 / distance of it, 0 for none.
    """

    face: NDArray[np.int32]
    inverse_depth: NDArray[np.float32]


def rasterise(points: NDArray[np.float64], faces: NDArray[np.int32], width: int, height: int) -> Hits:
    """Finds the nearest face at every sample, whichever way the faces are turned.

    Args:
        points: (V, 3) float64: column and row in pixels from the picture's upper left corner, and inverse
            depth, which must be affine over a face in the picture. A face with a corner whose inverse depth
            is not positive (behind the camera) is left out.
        faces: (F, 3) int32 indices into ``points``.
        width: pixels.
        height: pixels.

    Returns:
        The hits. Of faces at the same depth the one with the highest index is seen.
    """
    nearest = np.full(height * SAMPLES * width, NOTHING)
    corners, index = _sorted_corners(points, faces, width, height)
    for part in _chunks(corners, width, height):
        _draw(nearest, corners[..., part], index[part], width, height)
    hits = nearest.reshape(height, SAMPLES, width)
    return Hits(hits.astype(np.int32), (hits >> 32).astype(np.int32).view(np.float32))


def barycentric(
    points: NDArray[np.float64], corners: NDArray[np.int32], places: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Perspective-correct weights of a face's corners at places within it.

    Args:
        points: (V, 3) float64 as in `rasterise`.
        corners: (N, 3) int32, for each place the vertices of the face seen there.
        places: (N, 2) float64, column and row in pixels.

    Returns:
        (N, 3) float32, each within [0, 1], with a sum of 1.
    """
    a, b, c = np.moveaxis(points.take(corners.T, axis=0), 2, 1)
    x, y = places.T
    area = (a[0] - c[0]) * (b[1] - c[1]) - (a[1] - c[1]) * (b[0] - c[0])
    area[area == 0] = np.inf
    first = ((x - c[0]) * (b[1] - c[1]) - (y - c[1]) * (b[0] - c[0])) / area
    second = ((a[0] - c[0]) * (y - c[1]) - (a[1] - c[1]) * (x - c[0])) / area
    weights = np.clip([first, second, 1 - first - second], 0, 1) * (a[2], b[2], c[2])
    unit: NDArray[np.float32] = (weights / weights.sum(axis=0)).astype(np.float32).T
    return unit


def sample_places(sample: NDArray[np.intp], width: int) -> NDArray[np.float64]:
    """Where samples lie: (N, 2) float64 column and row in pixels, for flat indices into `Hits`' arrays."""
    row = sample // width
    column = sample - row * width
    return np.stack([column + SAMPLE_X[row % SAMPLES], (row + 0.5) / SAMPLES], axis=1)


def _sorted_corners(
    points: NDArray[np.float64], faces: NDArray[np.int32], width: int, height: int
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """The N faces that may be seen, with their corners from top to bottom.

    Returns:
        (3, 3, N) float64: column, row and inverse depth of each corner, with rows in units of sample rows
        and 0 at the first; and the faces' indices, (N,).
    """
    corners = np.ascontiguousarray(points.T).take(faces.T, axis=1)
    low, high = corners.min(axis=1), corners.max(axis=1)
    seen = (low[2] > 0) & (high[0] > 0) & (low[0] < width) & (high[1] > 0) & (low[1] < height)
    index = np.flatnonzero(seen)
    corners = corners[:, :, index]
    corners[1] = corners[1] * SAMPLES - 0.5
    order = np.argsort(corners[1], axis=0, kind="stable")
    return np.take_along_axis(corners, order[None], axis=1), index


def _chunks(corners: NDArray[np.float64], width: int, height: int) -> Iterator[slice]:
    """Runs of faces whose boxes hold about `CHUNK_SAMPLES` samples, so that memory is bounded at any zoom."""
    if not corners.size:
        return
    columns = np.clip(corners[0].max(axis=0), 0, width) - np.clip(corners[0].min(axis=0), 0, width)
    rows = np.clip(corners[1, 2], 0, height * SAMPLES) - np.clip(corners[1, 0], 0, height * SAMPLES)
    samples = np.cumsum((columns + 1) * (rows + 1))
    ends = np.flatnonzero(np.diff(samples // CHUNK_SAMPLES)) + 1
    yield from (slice(a, b) for a, b in pairwise([0, *ends.tolist(), len(samples)]))


def _draw(
    nearest: NDArray[np.int64], corners: NDArray[np.float64], index: NDArray[np.intp], width: int, height: int
) -> None:
    """Draws faces into ``nearest``, the (H · 4 · W,) int64 buffer of inverse depth above face."""
    rows, left, right, gradient = _trapezoids(corners)
    limits = np.clip(np.ceil(rows), 0, height * SAMPLES).astype(np.int64)
    part, nth = _ranges(limits[1] - limits[0])
    row = limits[0][part] + nth
    shift = SAMPLE_X[row % SAMPLES]
    down, left_end = _crossing(left, part, row)
    _, right_end = _crossing(right, part, row)
    first, last = (np.clip(np.ceil(end - shift), 0, width).astype(np.int64) for end in (left_end, right_end))
    per_column = gradient[part]
    start = left[2][part] + down * left[4][part] + (first + shift - left_end) * per_column
    span, nth = _ranges(last - first)
    cell = (row * width + first)[span] + nth
    inverse = start.astype(np.float32)[span] + nth.astype(np.float32) * per_column.astype(np.float32)[span]
    bits = np.maximum(inverse, TINY).view(np.int32)  # positive floats sort as integers
    np.maximum.at(nearest, cell, bits.astype(np.int64) << 32 | np.tile(index, 2)[part][span])


def _trapezoids(
    corners: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Cuts N faces at the row of their middle corner.

    Returns:
        For each of 2 N trapezoids, all upper ones before all lower ones, float64: its first and its
        exclusive last row (2, 2 N), its left and its right edge (5, 2 N), and the change of inverse depth
        per column (2 N,).
    """
    top, middle, bottom = corners[:, 0], corners[:, 1], corners[:, 2]
    long, upper, lower = _edges(top, bottom), _edges(top, middle), _edges(middle, bottom)
    down = middle[1] - top[1]
    across = middle[0] - (long[0] + down * long[3])
    deeper = middle[2] - (long[2] + down * long[4])
    gradient = deeper / np.where(across == 0, np.inf, across)
    to_right = across > 0  # the middle corner lies to the right of the long edge
    left = np.concatenate([np.where(to_right, long, short) for short in (upper, lower)], axis=1)
    right = np.concatenate([np.where(to_right, short, long) for short in (upper, lower)], axis=1)
    rows = np.stack([corners[1, :2].ravel(), corners[1, 1:].ravel()])
    return rows, left, right, np.tile(gradient, 2)


def _edges(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    """(5, N): the upper end's column, row and inverse depth, and the first and last's change per row."""
    run = bottom - top
    rise = np.where(run[1] > 0, run[1], np.inf)  # no row crosses a level edge
    return np.concatenate([top, run[::2] / rise])


def _crossing(
    edges: NDArray[np.float64], edge: NDArray[np.int64], row: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far below the edges' upper ends rows cross them, and in which column.

    The column is the same to the last bit for every face that has the edge.
    """
    down = row - edges[1][edge]
    return down, edges[0][edge] + down * edges[3][edge]


def _ranges(lengths: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every range(length), one after the other, preceded by the index of the range that each number is in."""
    count = np.maximum(lengths, 0)
    owner = np.repeat(np.arange(len(count)), count)
    return owner, np.arange(len(owner)) - (np.cumsum(count) - count)[owner]
