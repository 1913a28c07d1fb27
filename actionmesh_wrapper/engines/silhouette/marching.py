"""The front half of the inflated shape, z = √film, by marching cubes on a grid of bounded size."""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from skimage.measure import marching_cubes

from actionmesh_wrapper.contract.engines import SILHOUETTE
from actionmesh_wrapper.data.arrays import Floats, Ints, Singles
from actionmesh_wrapper.data.fields import sample
from actionmesh_wrapper.engines.silhouette.numerics import directed_edges

PITCH_BOUNDS = (0.25, 24.0)  # crop pixels: finer only repeats pixels, coarser loses any shape
MOST_CELLS = 24_000_000  # of a grid, whose field has 4 bytes a cell
MOST_VERTICES = int(SILHOUETTE.knobs["face_decimation"].most)  # twice as many as the most that are asked for
VERTICES_PER_AREA = 3.0  # of a closed mesh, times pitch²; nearly 4 in a shape that is all rim
COARSER = 1.05  # factor on the pitch, until its grid is small enough


@dataclass(frozen=True, eq=False)
class FrontHalf:
    """The front of a closed mesh, open along the outline.

    Attributes:
        vertices: (V, 3) float64, crop pixels; z ≥ 0.
        faces: (F, 3) int64.
        rim: (R, 2) int64, the edges along the outline (z = 0), each in the direction of its face.
    """

    vertices: Floats
    faces: Ints
    rim: Ints

    @classmethod
    def of(cls, film: Floats, pitch: float) -> Self:
        """The largest part of z = √film.

        Args:
            film: (H, W) float64, squared half thickness, pixels²; negative on the border.
            pitch: of the grid, pixels; at least `finest_pitch`.

        Returns:
            A mesh without vertices if the film, blurred by the pitch, is positive nowhere.
        """
        field = _field(film, pitch)
        if field.max() <= 0:
            return cls(np.zeros((0, 3)), np.zeros((0, 3), np.int64), np.zeros((0, 2), np.int64))
        vertices, faces, _, _ = marching_cubes(field, 0.0)  # type: ignore[no-untyped-call]  # skimage has no types
        del field
        vertices = (vertices.astype(np.float64)[:, [1, 0, 2]] - [1, 1, 0]) * pitch
        vertices, faces = _largest_part(vertices, faces[:, ::-1].astype(np.int64))
        edges = directed_edges(faces)
        twins = edges[:, 0] * len(vertices) + edges[:, 1], edges[:, 1] * len(vertices) + edges[:, 0]
        return cls(vertices, faces, edges[~np.isin(*twins)])

    @property
    def num_closed(self) -> int:
        """How many vertices it has with its back, which shares the rim's."""
        return 2 * len(self.vertices) - len(self.rim)

    @property
    def enclosed_area(self) -> float:
        """Area of the picture (pixels²) that the rim runs round."""
        (x0, y0), (x1, y1) = self.vertices[self.rim[:, 0], :2].T, self.vertices[self.rim[:, 1], :2].T
        return abs(float((x0 * y1 - x1 * y0).sum())) / 2


def finest_pitch(film: Floats) -> float:
    """The least pitch (pixels) whose grid has at most `MOST_CELLS`, and whose mesh about `MOST_VERTICES`.

    Args:
        film: (H, W) float64, squared half thickness, pixels².
    """
    area = np.count_nonzero(film > 0)
    pitch = max(PITCH_BOUNDS[0], float(np.sqrt(VERTICES_PER_AREA * area / MOST_VERTICES)))
    most = float(film.max())
    while np.prod(_plane(film, pitch)) * _layers(most, pitch) > MOST_CELLS:
        pitch *= COARSER
    return pitch


def _plane(film: Floats, pitch: float) -> tuple[int, int]:
    """Rows and columns of the grid over a film (H, W), without its margin."""
    rows, columns = (int(np.ceil((side - 1) / pitch)) + 1 for side in film.shape)
    return rows, columns


def _layers(most: float, pitch: float) -> int:
    """Layers of the grid for a film of at most so much (pixels²)."""
    return int(np.ceil(np.sqrt(max(most, 0.0)) / pitch)) + 2


def _field(film: Floats, pitch: float) -> Singles:
    """A field (rows, columns, layers) over z ≥ 0: 0 where z² = film, positive inside; with a margin."""
    rows, columns = _plane(film, pitch)
    # Averaged a little, so that limbs between the grid's lines are not missed.
    blurred = np.asarray(cv2.GaussianBlur(film, (0, 0), max(0.3, pitch / 6)), np.float64)
    y, x = np.indices((rows, columns)) * pitch
    u = sample(blurred, np.column_stack([x.ravel(), y.ravel()])).reshape(rows, columns, 1)
    square = (np.arange(_layers(float(u.max()), pitch)) * pitch) ** 2
    field = np.full((rows + 2, columns + 2, len(square)), -pitch, np.float32)
    # Row by row, so that only the field itself is as large as the grid. Near the surface its values are close
    # to half the distance to it, which keeps the vertices' positions exact.
    for values, height in zip(field[1:-1, 1:-1], u, strict=True):
        values[...] = (height - square) / np.sqrt(np.maximum(np.abs(height), pitch**2) + square)
        values[values == 0] = np.finfo(np.float32).tiny  # on a grid point it would make a face of no area
    return field


def _largest_part(vertices: Floats, faces: Ints) -> tuple[Floats, Ints]:
    """The connected part with the most vertices."""
    edges = directed_edges(faces)
    links = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(len(vertices),) * 2)
    _, labels = connected_components(links, directed=False)
    largest = labels == np.bincount(labels).argmax()
    numbers = np.cumsum(largest) - 1
    return vertices[largest], numbers[faces[largest[faces[:, 0]]]]
