"""What a camera is compared with: a few keys of the mesh, and their masks cut to one square window."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.arrays import Bools, Floats, Ints
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.masking.shapes import subject_parts
from actionmesh_wrapper.texture.outline import Outline, covered

OPAQUE = 128  # of a mask
MOST_KEYS = 4
MARGIN = 0.2  # of the masks' joint box, on each side of the window
BORDER = 3  # pixels along the frame's edge in which a mask's outline may be the frame's own
LEAST_MASK = 0.0005  # of the frame's pixels; a smaller mask is as good as empty
SIGHT = 0.05  # of its distance; what is nearer to a camera is not seen


@dataclass(frozen=True, eq=False)
class Body:
    """A mesh at K keys, moved and scaled so that the longest side of its joint box runs from -1 to 1.

    Attributes:
        points: (K, V, 3) float64.
        outline: draws it.
    """

    points: Floats
    outline: Outline

    @classmethod
    def of(cls, points: Floats, faces: Ints) -> "Body":
        """From (K, V, 3) points and (F, 3) faces."""
        return cls(points, Outline(faces))

    def picture(self, key: int, camera: FilmCamera, size: int) -> Floats:
        """How much of each pixel it covers, (size, size) float64 from 0 to 1; the camera is in its unit."""
        return self.drawn(projected(camera, self.points[key]), size)

    def drawn(self, seen: Floats, size: int) -> Floats:
        """The same, given where the vertices are seen, (V, 2)."""
        return covered(self.outline.rim(seen), seen, size, size)


@dataclass(frozen=True, eq=False)
class Window:
    """The masks of K keys in a square cut out of their frames.

    Attributes:
        left: column of the frame at the window's left edge, in pixels from the frame's left edge.
        top: row, likewise; the window may reach beyond the frame.
        pixel: pixels of the frame that a pixel of the window is wide.
        masks: (K, S, S) float64, 0 to 1.
        counts: (S, S) bool, pixels within the frame and not at its edge; the others count for nothing.
    """

    left: float
    top: float
    pixel: float
    masks: Floats
    counts: Bools

    @property
    def size(self) -> int:
        """S, pixels along each side."""
        return int(self.masks.shape[1])


def projected(camera: FilmCamera, points: Floats) -> Floats:
    """(..., 2) where points are seen, not a number for those beside or behind the camera."""
    with np.errstate(divide="ignore", invalid="ignore"):
        seen, depth = camera.project(points)
    seen[1 + camera.closeness * depth < SIGHT] = np.nan
    return seen


def usable(masks: NDArray[np.uint8]) -> list[int]:
    """The frames whose masks show something, in order."""
    least = LEAST_MASK * masks.shape[1] * masks.shape[2]
    return [index for index, mask in enumerate(masks) if np.count_nonzero(mask >= OPAQUE) > least]


def choose(animation: Animation, frames: list[int]) -> list[int]:
    """Up to `MOST_KEYS` of some frames, the anchor first where it is among them, then the most different.

    Each next one is farthest from those chosen, by the vertices' mean squared distance.
    """
    some = animation.vertices[:, :: max(1, animation.vertices.shape[1] // 500)].astype(np.float64)
    chosen = [animation.anchor if animation.anchor in frames else frames[0]]
    nearest = np.full(len(frames), np.inf)
    while len(chosen) < min(MOST_KEYS, len(frames)):
        away = ((some[frames] - some[chosen[-1]]) ** 2).sum(axis=2).mean(axis=1)
        nearest = np.minimum(nearest, away)
        nearest[frames.index(chosen[-1])] = -1
        chosen.append(frames[int(nearest.argmax())])
    return chosen


def cut(masks: NDArray[np.uint8], size: int) -> Window:
    """Cuts masks to a square around all of them.

    Args:
        masks: (K, H, W) uint8, none of them empty.
        size: pixels along the window's sides, less where its cut-out has less.
    """
    height, width = masks.shape[1:]
    shapes = np.stack([subject_parts(mask >= OPAQUE) for mask in masks])
    rows, columns = (np.flatnonzero(shapes.any(axis=axes)) for axes in ((0, 2), (0, 1)))
    middle = (columns[0] + columns[-1] + 1) / 2, (rows[0] + rows[-1] + 1) / 2
    longest = max(columns[-1] - columns[0], rows[-1] - rows[0]) + 1
    side = int(np.ceil(longest * (1 + 2 * MARGIN)))
    left, top = (int(np.floor(at - side / 2)) for at in middle)
    square = slice(max(0, top), top + side), slice(max(0, left), left + side)
    room = (
        slice(square[0].start - top, min(height - top, side)),
        slice(square[1].start - left, min(width - left, side)),
    )
    inside = np.zeros((height, width), np.uint8)
    inside[BORDER : height - BORDER, BORDER : width - BORDER] = 255
    small = min(size, side)
    cuts = np.zeros((len(masks) + 1, small, small))
    for target, shape, mask in zip(cuts, [*shapes, inside > 0], [*masks, inside], strict=True):
        laid = np.zeros((side, side), np.uint8)
        laid[room] = np.where(cv2.dilate(shape.astype(np.uint8), np.ones((3, 3))) > 0, mask, 0)[square]
        target[:] = cv2.resize(laid, (small, small), interpolation=cv2.INTER_AREA) / 255
    return Window(left, top, side / small, cuts[:-1], cuts[-1] > 0.99)


def seen_share(window: Window) -> float:
    """The share of the masks' outlines that lies within the frame: the rest is cut by its edge."""
    whole = np.pad(window.masks, ((0, 0), (1, 1), (1, 1)))
    return float(_edges(window.masks)[:, window.counts].sum()) / max(float(_edges(whole).sum()), 1e-9)


def distance(body: Body, window: Window, camera: FilmCamera) -> float:
    """How far the mesh's outline is from the masks', the mean in shares of the masks' boxes' longest sides.

    It is the area between the two over the length of the masks' outlines: unlike the overlap it asks no more
    of thin limbs than of a trunk.
    """
    shares = []
    for key, mask in enumerate(window.masks):
        between = np.abs(body.picture(key, camera, window.size) - mask)[window.counts].sum()
        length = max(float(_edges(mask)[window.counts].sum()), 1.0)
        rows, columns = np.nonzero(mask >= mask.max() / 2)
        shares.append(float(between) / length / (1 + int(max(np.ptp(rows), np.ptp(columns)))))
    return float(np.mean(shares))


def _edges(masks: Floats) -> Floats:
    """Masks' slopes (..., H, W): their sum is the length of the outlines, in pixels."""
    down, across = np.gradient(masks, axis=(-2, -1))
    slopes: Floats = np.hypot(down, across)
    return slopes


def overlap(window: Window, key: int, picture: Floats) -> float:
    """Intersection over union of a mask and a picture (S, S) from 0 to 1, of the pixels that count."""
    mask, picture = window.masks[key][window.counts], picture[window.counts]
    union = float(np.maximum(mask, picture).sum())
    return float(np.minimum(mask, picture).sum()) / union if union else 0.0


def mean_overlap(body: Body, window: Window, camera: FilmCamera) -> float:
    """`overlap`, the mean of all keys; the camera's pixels are the window's."""
    each = [overlap(window, key, body.picture(key, camera, window.size)) for key in range(len(body.points))]
    return float(np.mean(each))


def clustered(points: Floats, faces: Ints, cells: int) -> tuple[Floats, Ints]:
    """A mesh with its vertices merged by the cells of a grid (Rossignac and Borrel, 1993).

    Args:
        points: (K, V, 3); the first key's places decide.
        faces: (F, 3).
        cells: along the longest side of the first key's box.

    Returns:
        (K, V', 3) means of the merged vertices, and the faces (F', 3) that still have three corners.
    """
    first = points[0] - points[0].min(axis=0)
    cell = np.floor(first * ((cells - 1e-6) / max(float(first.max()), 1e-12))).astype(np.int64)
    _, owner, number = np.unique(
        (cell[:, 0] * cells + cell[:, 1]) * cells + cell[:, 2], return_inverse=True, return_counts=True
    )
    owner = owner.ravel()
    sums = [[np.bincount(owner, axis, len(number)) for axis in key.T] for key in points]
    merged = owner[faces]
    a, b, c = merged.T
    return np.swapaxes(np.array(sums) / number, 1, 2), merged[(a != b) & (b != c) & (c != a)]


def small(points: Floats, faces: Ints, cells: int) -> Body:
    """A mesh as `Body`, `clustered`, or as it is where nothing would be left of it."""
    fewer, left = clustered(points, faces, cells)
    return Body.of(fewer, left) if len(left) else Body.of(points, faces)


def in_window(camera: FilmCamera, one: Window, other: Window) -> FilmCamera:
    """A camera in another window's pixels."""
    ratio = one.pixel / other.pixel
    return scaled(camera, ratio, ((one.left - other.left) / other.pixel, (one.top - other.top) / other.pixel))


def scaled(camera: FilmCamera, ratio: float, shift: tuple[float, float]) -> FilmCamera:
    """A camera in pixels of another size, its picture moved by some of these."""
    x, y = ((at + 0.5) * ratio + move - 0.5 for at, move in zip(camera.centre, shift, strict=True))
    return replace(camera, scale=camera.scale * ratio, centre=(x, y))
