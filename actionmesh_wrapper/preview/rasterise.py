"""Which face each sample of a picture sees: a z-buffer over scanline spans, in plain NumPy.

Every pixel has four samples on a rotated grid (RGSS), so that edges of any slope are smoothed evenly. A
face becomes one span of samples on each row that it crosses (the scanline algorithm of Wylie et al., 1967),
and the nearest span wins by a maximum over (inverse depth, face) packed into one integer. Two faces that
share an edge compute the very same crossings, so that there is neither a crack nor an overlap between them.

Spans, and then their samples, are listed in chunks: memory is bounded at any zoom. Faces behind what is drawn
are left out by a coarse map of its depth (after Greene's hierarchical z-buffer, 1993).
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

SAMPLES = 4  # of a pixel, each on a row of its own
SAMPLE_X = (0.375, 0.875, 0.125, 0.625)  # of those rows from the top, in pixels from the left
NOTHING = 0xFFFFFFFF  # inverse depth 0 above face -1: less than any hit
LOWER_WORD = int(sys.byteorder == "big")  # which of an int64's two words holds the face
TINY = 1e-30  # the least inverse depth, so that rounding never makes one negative
SLIVER = 1e-6  # pixels across; a face that is narrower has its long edge's depth
CHUNK = 1 << 16  # samples handled at once: about 8 MB of temporary arrays
TILE = 8  # pixels along each side of the coarse map's cells
SURE = 1e-5  # relative difference in depth that rounding can't make


@dataclass(frozen=True, eq=False)
class Hits:
    """What the samples of a picture see.

    Attributes:
        face: (H, 4, W) int32, the nearest face, -1 for none; axis 1 holds a pixel's samples.
        inverse_depth: (H, 4, W) float32, 1 / distance of it, 0 for none.
    """

    face: NDArray[np.int32]
    inverse_depth: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class _Trapezoids:
    """N faces, each cut at the row of its middle corner; rows are sample rows, 0 is the first.

    Attributes:
        lines: (5, N) float64: column on row 0 and change per row of the face's long edge, and its inverse
            depth at row 0 and column 0 with the changes per row and per column.
        short: (2, 2 N) float64: as the first two of ``lines``, of the upper and the lower edge on the other
            side, face by face.
        first: (N,) int64, the first row of each face.
        rows: (2 N,) int64, how many rows the upper and the lower part have.
        index: (N,) int64, the faces.
    """

    lines: NDArray[np.float64]
    short: NDArray[np.float64]
    first: NDArray[np.int64]
    rows: NDArray[np.int64]
    index: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Spans:
    """Runs of samples on one row each.

    Attributes:
        cell: (S,) int64, the first sample.
        length: (S,) int64, how many samples; may be 0.
        start: (S,) float64, the first one's inverse depth.
        change: (S,) float64, of inverse depth from one to the next.
        face: (S,) int64.
    """

    cell: NDArray[np.int64]
    length: NDArray[np.int64]
    start: NDArray[np.float64]
    change: NDArray[np.float64]
    face: NDArray[np.int64]


def rasterise(
    points: NDArray[np.float64],
    faces: NDArray[np.int64],
    width: int,
    height: int,
    *,
    front: int | None = None,
) -> Hits:
    """Finds the nearest face at every sample, whichever way the faces are turned.

    Args:
        points: (3, V) float64: column and row in pixels from the picture's upper left corner, and inverse
            depth, which must be affine over a face in the picture. A face with a corner whose inverse depth
            is not positive (behind the camera) is left out.
        faces: (3, F) int64 indices into ``points``.
        width: pixels.
        height: pixels.
        front: how many faces to draw first; of the others those that these hide cost little. None is all.

    Returns:
        The hits. Of faces at the same depth the one with the highest index is seen.
    """
    nearest = np.full(height * SAMPLES * width, NOTHING, np.int64)
    if len(nearest):
        front = faces.shape[1] if front is None else front
        _draw(nearest, points, faces, np.arange(front), size=(width, height))
        if front < faces.shape[1]:
            depth = _hits(nearest, width, height).inverse_depth
            others = front + may_be_seen(depth, points, faces[:, front:])
            _draw(nearest, points, faces, others, size=(width, height))
    return _hits(nearest, width, height)


def _hits(nearest: NDArray[np.int64], width: int, height: int) -> Hits:
    """The buffer of `_draw` cut in two: the faces, and the inverse depths above them."""
    words, shape = nearest.view(np.int32), (height, SAMPLES, width)
    face, depth = words[LOWER_WORD::2].copy(), words[1 - LOWER_WORD :: 2].copy()
    return Hits(face.reshape(shape), depth.view(np.float32).reshape(shape))


def may_be_seen(
    inverse_depth: NDArray[np.float32], points: NDArray[np.float64], faces: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Leaves out faces that lie behind what is drawn: most of those that do, and no others.

    Args:
        inverse_depth: (H, S, W) float32 of the picture so far, S samples a pixel; 0 where there is nothing.
        points: (3, V) float64, see `rasterise`.
        faces: (3, F) int64.

    Returns:
        The faces that remain, (N,) int64.
    """
    height, _, width = inverse_depth.shape
    down, across = height // TILE, width // TILE
    if not down or not across:
        return np.arange(faces.shape[1])
    farthest = inverse_depth.min(axis=1)[: down * TILE, : across * TILE]
    tiles = farthest.reshape(down, TILE, across, TILE).min(axis=3).min(axis=1).reshape(-1)
    corners = points.take(faces, axis=-1)
    low, high = corners.min(axis=1), corners.max(axis=1)
    left, top, right, bottom = (np.floor(end / TILE) for end in (low[0], low[1], high[0], high[1]))
    is_within = (left >= 0) & (top >= 0) & (right < across) & (bottom < down)
    is_small = (right - left <= 1) & (bottom - top <= 1)
    left, right = (np.clip(end, 0, across - 1).astype(np.int64) for end in (left, right))
    top, bottom = (np.clip(end, 0, down - 1).astype(np.int64) for end in (top, bottom))
    nearer = tiles.take(top * across + left)
    for row, column in ((top, right), (bottom, left), (bottom, right)):
        nearer = np.minimum(nearer, tiles.take(row * across + column))
    is_behind = high[2] * (1 + SURE) < nearer
    return np.flatnonzero(~(is_within & is_small & is_behind))


def _draw(
    nearest: NDArray[np.int64],
    points: NDArray[np.float64],
    faces: NDArray[np.int64],
    some: NDArray[np.int64],
    *,
    size: tuple[int, int],
) -> None:
    """Draws some faces into ``nearest``, the (H · 4 · W,) int64 buffer of inverse depth above face."""
    shapes = _trapezoids(points, faces, some, size)
    for part in chunks(shapes.rows[::2] + shapes.rows[1::2]):
        spans = _spans(shapes, part, size[0])
        for run in chunks(spans.length):
            _fill(nearest, spans, run)


def chunks(counts: NDArray[np.int64]) -> Iterator[slice]:
    """Runs of (N,) counts that sum up to at most ``CHUNK`` and one of them more."""
    if not len(counts):
        return
    sums = np.cumsum(counts)
    if int(sums[-1]) <= CHUNK:
        yield slice(0, len(counts))
        return
    ends = np.flatnonzero(np.diff(sums // CHUNK)) + 1
    yield from (slice(a, b) for a, b in pairwise([0, *ends.tolist(), len(counts)]))


def _trapezoids(
    points: NDArray[np.float64], faces: NDArray[np.int64], some: NDArray[np.int64], size: tuple[int, int]
) -> _Trapezoids:
    """Those of some faces that are in the picture."""
    width, height = size
    corners = points.take(faces.take(some, axis=-1), axis=-1)
    low, high = corners.min(axis=1), corners.max(axis=1)
    seen = (low[2] > 0) & (high[0] > 0) & (low[0] < width) & (high[1] > 0) & (low[1] < height)
    index = np.flatnonzero(seen)
    x, y, inverse = _from_top(corners.take(index, axis=-1))
    y = y * SAMPLES - 0.5
    long, upper, lower = (_edge(x, y, a, b) for a, b in ((0, 2), (0, 1), (1, 2)))
    _, deeper = _edge(inverse, y, 0, 2)
    across = x[1] - (long[0] + y[1] * long[1])
    down = y[1] - y[0]
    wide = abs(across) > SLIVER
    per_column = np.where(wide, inverse[1] - inverse[0] - down * deeper, 0.0) / np.where(wide, across, 1.0)
    depth = (inverse[0] - y[0] * deeper - long[0] * per_column, deeper - long[1] * per_column, per_column)
    rows = np.clip(np.ceil(y), 0, height * SAMPLES).astype(np.int64)
    return _Trapezoids(
        lines=np.stack([*long, *depth]),
        short=np.stack([np.stack(ends).T.reshape(-1) for ends in zip(upper, lower, strict=True)]),
        first=rows[0],
        rows=np.stack([rows[1] - rows[0], rows[2] - rows[1]]).T.reshape(-1),
        index=some.take(index),
    )


def _from_top(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Corners (3, 3, N) of N faces in the order of their rows."""
    a, b, c = corners[1]
    rank_b = (a <= b).astype(np.int64) + (c < b)
    rank_c = (a <= c).astype(np.int64) + (b <= c)
    top, bottom = ((rank_b == rank) + 2 * (rank_c == rank) for rank in (0, 2))
    count = a.shape[0]
    order = np.stack([top, 3 - top - bottom, bottom]) * count + np.arange(count)
    return np.asarray(corners.reshape(3, -1).take(order, axis=-1), np.float64)


def _edge(
    values: NDArray[np.float64], y: NDArray[np.float64], a: int, b: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A value on row 0 and its change per row along the edges from corner ``a`` down to ``b``.

    The same to the last bit for every face that has the edge.
    """
    rise = y[b] - y[a]
    change = (values[b] - values[a]) / np.where(rise > 0, rise, np.inf)  # no row crosses a level edge
    return values[a] - y[a] * change, change


def _spans(shapes: _Trapezoids, part: slice, width: int) -> _Spans:
    """The spans of some of the faces, row by row."""
    rows = shapes.rows[2 * part.start : 2 * part.stop]
    of_part = _owners(rows)
    of_face = of_part >> 1
    starts = np.cumsum(rows)[1::2] - (rows[::2] + rows[1::2])
    row = np.arange(len(of_part)) + (shapes.first[part] - starts).take(of_face)
    column, slope, depth, per_row, per_column = shapes.lines[:, part].take(of_face, axis=-1)
    other, other_slope = shapes.short[:, 2 * part.start : 2 * part.stop].take(of_part, axis=-1)
    shift = np.array(SAMPLE_X).take(row & (SAMPLES - 1))
    one, two = column + row * slope - shift, other + row * other_slope - shift
    left, right = (np.clip(np.ceil(end), 0, width) for end in (np.minimum(one, two), np.maximum(one, two)))
    first = left.astype(np.int64)
    return _Spans(
        cell=row * width + first,
        length=right.astype(np.int64) - first,
        start=depth + row * per_row + (left + shift) * per_column,
        change=per_column,
        face=shapes.index[part].take(of_face),
    )


def _fill(nearest: NDArray[np.int64], spans: _Spans, some: slice) -> None:
    """Draws some spans; see `_draw`."""
    length, change = spans.length[some], spans.change[some]
    owner = _owners(length)
    before, place = np.cumsum(length) - length, np.arange(len(owner))
    inverse = (spans.start[some] - before * change).take(owner) + place * change.take(owner)
    bits = np.maximum(inverse, TINY).astype(np.float32).view(np.int32)  # positive floats sort as integers
    key = (bits.astype(np.int64) << 32) | spans.face[some].take(owner)
    np.maximum.at(nearest, (spans.cell[some] - before).take(owner) + place, key)


def _owners(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each index into (N,) ``counts`` as many times as it counts, (sum,) int64."""
    return np.repeat(np.arange(len(counts)), counts)
