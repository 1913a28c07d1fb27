"""Tips: toes, ears and the corners between limbs, which evenly spaced vertices along the outline cut off."""

import numpy as np
from skimage.measure import find_contours

from actionmesh_wrapper.engines.arrays import Floats, Ints
from actionmesh_wrapper.engines.silhouette.arrays import nearest

PASSES = 4  # the vertex that goes to a tip leaves a gap that its neighbour fills
LEAST_GAP = 0.2  # of an edge's length, between the edge and the outline
LARGEST_GAP = 2.0  # of an edge's length; an outline farther away is another part's
CANDIDATES = 4  # edges with near middles among which a point's nearest is looked for


def reach_tips(flat: Floats, rim: Ints, film: Floats) -> Floats:
    """Moves rim vertices to where the outline is farthest from the rim's edges.

    Args:
        flat: (V, 2) the vertices' places in the picture, pixels.
        rim: (R, 2) the edges along the outline.
        film: (H, W) whose zero is the outline.

    Returns:
        (V, 2) float64; only vertices on the rim have moved.
    """
    loops = find_contours(film, 0.0)  # type: ignore[no-untyped-call]  # skimage has no types
    outline: Floats = np.concatenate(loops)[:, ::-1]
    moved = flat.copy()
    for _ in range(PASSES):
        edge, gap = _nearest_edges(outline, moved[rim])
        length = np.linalg.norm(moved[rim[edge, 1]] - moved[rim[edge, 0]], axis=1)
        far = np.flatnonzero((gap > LEAST_GAP * length) & (gap < LARGEST_GAP * length))
        far = far[np.argsort(gap[far], kind="stable")]  # where several want a vertex, the farthest comes last
        ends = rim[edge[far]]
        away = np.linalg.norm(moved[ends] - outline[far, None, :], axis=2)
        moved[ends[np.arange(len(far)), away.argmin(axis=1)]] = outline[far]
    return moved


def _nearest_edges(points: Floats, edges: Floats) -> tuple[Ints, Floats]:
    """For points (P, 2) the nearest of edges (R, 2, 2), and the distance to it."""
    _, near = nearest(points, edges.mean(axis=1), CANDIDATES)
    start = edges[near, 0]
    span, reach = edges[near, 1] - start, points[:, None, :] - start
    along = (reach * span).sum(axis=2) / np.maximum((span**2).sum(axis=2), 1e-12)
    distance = np.linalg.norm(reach - np.clip(along, 0, 1)[..., None] * span, axis=2)
    best, rows = distance.argmin(axis=1), np.arange(len(points))
    return near[rows, best], distance[rows, best]
