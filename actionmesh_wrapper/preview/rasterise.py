"""Which face each sample of a picture sees: a z-buffer over scanline spans, in plain array operations.

Every pixel has four samples on a rotated grid (RGSS), so that edges of any slope are smoothed evenly. A
face becomes one span of samples on each row that it crosses (the scanline algorithm of Wylie et al., 1967),
and the nearest span wins by a maximum over (inverse depth, face) packed into one integer. Two faces that
share an edge compute the very same crossings, so that there is neither a crack nor an overlap between them.

Spans, and then their samples, are listed in chunks: memory is bounded at any zoom.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.preview.arrays import Array, Arrays
from actionmesh_wrapper.preview.occlusion import may_be_seen

SAMPLES = 4  # of a pixel, each on a row of its own
SAMPLE_X = (0.375, 0.875, 0.125, 0.625)  # of those rows from the top, in pixels from the left
NOTHING = 0xFFFFFFFF  # inverse depth 0 above face -1: less than any hit
TINY = 1e-30  # the least inverse depth, so that rounding never makes one negative
SLIVER = 1e-6  # pixels across; a face that is narrower has its long edge's depth


@dataclass(frozen=True, eq=False)
class Hits:
    """What the samples of a picture see.

    Attributes:
        face: (H, 4, W) int32, the nearest face, -1 for none; axis 1 holds a pixel's samples.
        inverse_depth: (H, 4, W) float32, 1 / distance of it, 0 for none.
    """

    face: Array
    inverse_depth: Array


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

    lines: Array
    short: Array
    first: Array
    rows: Array
    index: Array


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

    cell: Array
    length: Array
    start: Array
    change: Array
    face: Array


def rasterise(
    xp: Arrays, points: Array, faces: Array, width: int, height: int, *, front: int | None = None
) -> Hits:
    """Finds the nearest face at every sample, whichever way the faces are turned.

    Args:
        xp: the arrays' library.
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
    nearest = xp.full(height * SAMPLES * width, NOTHING, "int64")
    if len(nearest):
        front = faces.shape[1] if front is None else front
        _draw(xp, nearest, points, faces, xp.arange(front), size=(width, height))
        if front < faces.shape[1]:
            depth = _hits(xp, nearest, width, height).inverse_depth
            others = front + may_be_seen(xp, depth, points, faces[:, front:])
            _draw(xp, nearest, points, faces, others, size=(width, height))
    return _hits(xp, nearest, width, height)


def _hits(xp: Arrays, nearest: Array, width: int, height: int) -> Hits:
    face, inverse_depth = (half.reshape(height, SAMPLES, width) for half in xp.halves(nearest))
    return Hits(face, inverse_depth)


def _draw(
    xp: Arrays, nearest: Array, points: Array, faces: Array, some: Array, *, size: tuple[int, int]
) -> None:
    """Draws some faces into ``nearest``, the (H · 4 · W,) int64 buffer of inverse depth above face."""
    shapes = _trapezoids(xp, points, faces, some, size)
    for part in chunks(xp, shapes.rows[::2] + shapes.rows[1::2]):
        spans = _spans(xp, shapes, part, size[0])
        for run in chunks(xp, spans.length):
            _fill(xp, nearest, spans, run)


def chunks(xp: Arrays, counts: Array) -> Iterator[slice]:
    """Runs of (N,) counts that sum up to at most ``xp.chunk`` and one of them more."""
    if not len(counts):
        return
    sums = xp.cumsum(counts)
    if int(sums[-1]) <= xp.chunk:
        yield slice(0, len(counts))
        return
    ends: NDArray[np.int64] = np.flatnonzero(np.diff(xp.host(sums) // xp.chunk)) + 1
    yield from (slice(a, b) for a, b in pairwise([0, *ends.tolist(), len(counts)]))


def _trapezoids(xp: Arrays, points: Array, faces: Array, some: Array, size: tuple[int, int]) -> _Trapezoids:
    """Those of some faces that are in the picture."""
    width, height = size
    corners = xp.take(points, xp.take(faces, some))
    low, high = xp.least(corners, 1), xp.most(corners, 1)
    seen = (low[2] > 0) & (high[0] > 0) & (low[0] < width) & (high[1] > 0) & (low[1] < height)
    index = xp.nonzero(seen)
    x, y, inverse = _from_top(xp, xp.take(corners, index))
    y = y * SAMPLES - 0.5
    long, upper, lower = (_edge(xp, x, y, a, b) for a, b in ((0, 2), (0, 1), (1, 2)))
    _, deeper = _edge(xp, inverse, y, 0, 2)
    across = x[1] - (long[0] + y[1] * long[1])
    down = y[1] - y[0]
    wide = abs(across) > SLIVER
    per_column = xp.where(wide, inverse[1] - inverse[0] - down * deeper, 0.0) / xp.where(wide, across, 1.0)
    depth = (inverse[0] - y[0] * deeper - long[0] * per_column, deeper - long[1] * per_column, per_column)
    rows = xp.cast(xp.clip(xp.ceil(y), 0, height * SAMPLES), "int64")
    return _Trapezoids(
        lines=xp.stack([*long, *depth]),
        short=xp.stack([xp.stack([*ends]).T.reshape(-1) for ends in zip(upper, lower, strict=True)]),
        first=rows[0],
        rows=xp.stack([rows[1] - rows[0], rows[2] - rows[1]]).T.reshape(-1),
        index=xp.take(some, index),
    )


def _from_top(xp: Arrays, corners: Array) -> Array:
    """Corners (3, 3, N) of N faces in the order of their rows."""
    a, b, c = corners[1]
    rank_b = xp.cast(a <= b, "int64") + xp.cast(c < b, "int64")
    rank_c = xp.cast(a <= c, "int64") + xp.cast(b <= c, "int64")
    top, bottom = (xp.cast(rank_b == rank, "int64") + 2 * xp.cast(rank_c == rank, "int64") for rank in (0, 2))
    count = a.shape[0]
    order = xp.stack([top, 3 - top - bottom, bottom]) * count + xp.arange(count)
    return xp.take(corners.reshape(3, -1), order)


def _edge(xp: Arrays, values: Array, y: Array, a: int, b: int) -> tuple[Array, Array]:
    """A value on row 0 and its change per row along the edges from corner ``a`` down to ``b``.

    The same to the last bit for every face that has the edge.
    """
    rise = y[b] - y[a]
    change = (values[b] - values[a]) / xp.where(rise > 0, rise, np.inf)  # no row crosses a level edge
    return values[a] - y[a] * change, change


def _spans(xp: Arrays, shapes: _Trapezoids, part: slice, width: int) -> _Spans:
    """The spans of some of the faces, row by row."""
    rows = shapes.rows[2 * part.start : 2 * part.stop]
    of_part = xp.owners(rows)
    of_face = of_part >> 1
    starts = xp.cumsum(rows)[1::2] - (rows[::2] + rows[1::2])
    row = xp.arange(len(of_part)) + xp.take(shapes.first[part] - starts, of_face)
    column, slope, depth, per_row, per_column = xp.take(shapes.lines[:, part], of_face)
    other, other_slope = xp.take(shapes.short[:, 2 * part.start : 2 * part.stop], of_part)
    shift = xp.take(xp.put(np.array(SAMPLE_X)), row & (SAMPLES - 1))
    one, two = column + row * slope - shift, other + row * other_slope - shift
    left, right = (xp.clip(xp.ceil(end), 0, width) for end in (xp.minimum(one, two), xp.maximum(one, two)))
    first = xp.cast(left, "int64")
    return _Spans(
        cell=row * width + first,
        length=xp.cast(right, "int64") - first,
        start=depth + row * per_row + (left + shift) * per_column,
        change=per_column,
        face=xp.take(shapes.index[part], of_face),
    )


def _fill(xp: Arrays, nearest: Array, spans: _Spans, some: slice) -> None:
    """Draws some spans; see `_draw`."""
    length, change = spans.length[some], spans.change[some]
    owner = xp.owners(length)
    before, place = xp.cumsum(length) - length, xp.arange(len(owner))
    inverse = xp.take(spans.start[some] - before * change, owner) + place * xp.take(change, owner)
    bits = xp.bits(xp.cast(xp.at_least(inverse, TINY), "float32"))  # positive floats sort as integers
    key = (xp.cast(bits, "int64") << 32) | xp.take(spans.face[some], owner)
    xp.raise_to(nearest, xp.take(spans.cell[some] - before, owner) + place, key)
