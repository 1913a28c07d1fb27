"""Inflation: the thickness of a flat shape, from the shape alone, and its change from frame to frame."""

from collections.abc import Sequence

import cv2
import numpy as np
from scipy.sparse import coo_array

from actionmesh_wrapper.data.arrays import Bools, Floats
from actionmesh_wrapper.data.fields import sample
from actionmesh_wrapper.engines.silhouette.cage import Cage
from actionmesh_wrapper.engines.silhouette.numerics import averaging, factorise
from actionmesh_wrapper.engines.silhouette.outline import Shape

# The film of one shape.
DEPTH = 0.8  # factor on the half thickness; 1 makes a disc a ball
FILM_BLUR = 1.0  # pixels (sigma)
LEAST_SLOPE = 0.6  # pixels² per pixel of distance: keeps the thinnest limbs that the coarse grid would lose

# The thickness over time.
THICKNESS_BOUNDS = (0.6, 1.6)  # times the anchor's thickness
THICKNESS_OFFSET = 4.0  # crop pixels, added to both half thicknesses: near the rim their ratio says nothing
COARSENESS = 4  # crop pixels, the grid's step
SMOOTHING_STEPS = 40  # over the cage, so about 4 of its spacings: limbs that cross do not swell


def inflate(mask: Bools, distance: Floats, *, coarseness: int) -> Floats:
    """The squared half thickness of a shape, like the height of a soap film over it.

    Solves Poisson's equation ∇²u = −4 with u = 0 outside, so that a disc becomes a ball, flattened by
    `DEPTH`; after "Repoussé" (Joshi and Carr, 2008). Outside the shape u falls on below 0, so that u = 0 is
    the outline.

    Args:
        mask: (H, W) bool.
        distance: (H, W) float64, its signed distance, pixels.
        coarseness: the grid's step in pixels; 2 is exact enough for a surface, 4 for its mean thickness.

    Returns:
        (H, W) float64, pixels²; the surface is z = ±√u where u > 0.
    """
    height, width = mask.shape
    coarse_size = (-(-width // coarseness), -(-height // coarseness))
    share = cv2.resize(mask.astype(np.float32), coarse_size, interpolation=cv2.INTER_AREA)
    coarse = _poisson(share >= 0.5, float(coarseness))
    film = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), np.float64)
    inside = np.maximum(film, LEAST_SLOPE * distance)
    near_edge = mask & (distance < 2 * coarseness)
    slope = float(np.median(inside[near_edge] / distance[near_edge]))
    signed = np.where(mask, inside, slope * distance)
    return np.asarray(cv2.GaussianBlur(signed, (0, 0), FILM_BLUR), np.float64) * DEPTH**2


def _poisson(mask: Bools, step: float) -> Floats:
    """Solves ∇²u = −4 by five-point differences on the mask's pixels, u = 0 elsewhere; (H, W) float64."""
    solution = np.zeros(mask.shape)
    rows, columns = np.nonzero(mask)
    count = len(rows)
    if count == 0:
        return solution
    index = np.full((mask.shape[0] + 2, mask.shape[1] + 2), -1)
    index[rows + 1, columns + 1] = np.arange(count)
    matrix_rows, matrix_columns = [np.arange(count)], [np.arange(count)]
    for down, right in ((0, 1), (2, 1), (1, 0), (1, 2)):
        neighbour = index[rows + down, columns + right]
        matrix_rows.append(np.flatnonzero(neighbour >= 0))
        matrix_columns.append(neighbour[neighbour >= 0])
    values = np.concatenate([np.full(count, 4.0), np.full(sum(map(len, matrix_rows[1:])), -1.0)])
    matrix = coo_array(
        (values, (np.concatenate(matrix_rows), np.concatenate(matrix_columns))), shape=(count, count)
    )
    solution[mask] = factorise(matrix)(np.full(count, 4.0 * step**2))
    return solution


def thickness_of(nodes: Floats, cage: Cage, shapes: Sequence[Shape], anchor: int) -> Floats:
    """The thickness at the cage's nodes, relative to the anchor's.

    Args:
        nodes: (T, N, 2) where the cage's nodes are, crop pixels.
        cage: in the anchor frame.
        shapes: T shapes.
        anchor: index of the anchor frame.

    Returns:
        (T, N) float64 within `THICKNESS_BOUNDS`, smooth over the cage; 1 in the anchor frame.
    """
    films = (inflate(shape.mask, shape.distance, coarseness=COARSENESS) for shape in shapes)
    half = np.stack(
        [np.sqrt(np.maximum(sample(film, at), 0.0)) for film, at in zip(films, nodes, strict=True)]
    )
    ratio = np.log((half + THICKNESS_OFFSET) / (half[anchor] + THICKNESS_OFFSET))
    average = averaging(np.concatenate([cage.edges, cage.edges[:, ::-1]]), len(cage.nodes))
    for _ in range(SMOOTHING_STEPS):
        ratio = (ratio + ratio @ average.T) / 2
    relative: Floats = np.clip(np.exp(ratio), *THICKNESS_BOUNDS)
    return relative
