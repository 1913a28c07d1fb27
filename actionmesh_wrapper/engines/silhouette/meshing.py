"""The inflated shape as a closed mesh of well-shaped triangles that reaches into the tips of its limbs."""

from dataclasses import dataclass

import numpy as np
from skimage.measure import find_contours

from actionmesh_wrapper.data.arrays import Bools, Floats, Ints
from actionmesh_wrapper.data.fields import gradient, sample
from actionmesh_wrapper.engines.silhouette.marching import (
    MOST_VERTICES,
    PITCH_BOUNDS,
    VERTICES_PER_AREA,
    FrontHalf,
    finest_pitch,
)
from actionmesh_wrapper.engines.silhouette.numerics import averaging, directed_edges, nearest
from actionmesh_wrapper.errors import SubjectNotFound

# The grid's pitch.
FITTING_PASSES = 3  # the number of vertices follows the pitch only roughly, so it is corrected
LEAST_COVERS = {1.5: 0.9, 5.0: 0.4}
"""The share of the shape's area that a mesh must cover to be left as it is, by how many times the vertices
wanted it may have: a thin limb is worth some, most of the shape is worth many. What is lost is left out."""
REFINEMENT = 0.8  # factor on the pitch, until the mesh covers the shape

# Smoothing.
SMOOTHING_STEPS = 8
SMOOTHING_RATE = 0.6  # of the way to the neighbours' mean, per step
PROJECTIONS = 2  # Newton steps back onto the surface after each smoothing step

# Tips.
TIP_PASSES = 4  # a vertex that goes to a tip leaves a gap that its neighbour fills in the next
LEAST_GAP = 0.2  # of an edge's length, between the edge and the outline; less is left
LARGEST_GAP = 2.0  # of an edge's length; an outline farther away is another limb's
CANDIDATES = 4  # edges with the nearest middles, among which a point's nearest edge is sought


@dataclass(frozen=True, eq=False)
class Mesh:
    """A closed mesh, mirrored in the plane z = 0.

    Attributes:
        vertices: (V, 3) float64, crop pixels: x right, y down, z towards the camera.
        faces: (F, 3) int64, clockwise seen from outside in these left-handed axes, which is
            counter-clockwise once y points up.
        rim: (R, 2) int64, the edges between front and back, on the outline (z = 0), each in the direction in
            which it runs round its front face.
    """

    vertices: Floats
    faces: Ints
    rim: Ints


def mesh_surface(film: Floats, num_vertices: int) -> Mesh:
    """Meshes z = ±√film.

    The front half is meshed by marching cubes down to z = 0 and mirrored, so the outline's vertices lie
    exactly on z = 0. Tangential smoothing then evens out the triangles.

    Args:
        film: (H, W) float64, squared half thickness, pixels²; negative on the border.
        num_vertices: wanted; met within some per cent, exceeded where fewer would lose too much of the shape
            (`LEAST_COVERS`), and missed where the shape has no room for so many.

    Raises:
        SubjectNotFound: if the shape is so thin that its film is positive nowhere.
    """
    shape_area = np.count_nonzero(film > 0)
    finest = finest_pitch(film)
    wanted = _clip_pitch(np.sqrt(VERTICES_PER_AREA * shape_area / num_vertices), finest)
    for _ in range(FITTING_PASSES):
        pitch = wanted
        front = FrontHalf.of(film, pitch)
        wanted = _clip_pitch(pitch * np.sqrt(front.num_closed / num_vertices), finest)
    front = _refined(front, film, pitch, num_vertices)
    if not len(front.faces):
        raise SubjectNotFound(
            "What was found of the subject is too thin to be given a body. Try a closer view, or subject_box."
        )
    vertices, faces = _mirrored(front.vertices, front.faces)
    return Mesh(_evened(vertices, faces, front.rim, film), faces, front.rim)


def _clip_pitch(pitch: float, finest: float) -> float:
    return float(np.clip(pitch, finest, PITCH_BOUNDS[1]))


def _refined(front: FrontHalf, film: Floats, pitch: float, num_vertices: int) -> FrontHalf:
    """Refines the pitch, within bounds, until enough of what the front half has lost is back."""
    whole, finest = np.count_nonzero(film > 0), finest_pitch(film)
    for excess, least in LEAST_COVERS.items():
        most = excess * num_vertices / 2
        while front.enclosed_area < least * whole and len(front.vertices) < most and pitch > finest:
            pitch = max(pitch * REFINEMENT, finest)
            finer = FrontHalf.of(film, pitch)
            if 2 * len(finer.vertices) > MOST_VERTICES:
                return front
            front = finer
    return front


def _mirrored(vertices: Floats, faces: Ints) -> tuple[Floats, Ints]:
    """Adds the back half: every vertex off z = 0 once more behind it, and the faces turned over."""
    off_rim = vertices[:, 2] > 0
    twin = np.arange(len(vertices))
    twin[off_rim] = len(vertices) + np.arange(np.count_nonzero(off_rim))
    behind = vertices[off_rim] * [1, 1, -1]
    return np.concatenate([vertices, behind]), np.concatenate([faces, twin[faces][:, ::-1]])


def _evened(vertices: Floats, faces: Ints, rim: Ints, film: Floats) -> Floats:
    """Evens out the triangles: smooths rim and surface, moves the rim to the tips, smooths the surface."""
    on_rim = np.zeros(len(vertices), bool)
    on_rim[rim] = True
    edges = directed_edges(faces)
    inner = edges[~on_rim[edges[:, 0]]]
    along_rim = np.concatenate([rim, rim[:, ::-1]])
    vertices = _smoothed(vertices, np.concatenate([inner, along_rim]), on_rim, film, SMOOTHING_STEPS)
    vertices[:, :2] = reach_tips(vertices[:, :2], rim, film)
    return _smoothed(vertices, inner, on_rim, film, SMOOTHING_STEPS)


def _smoothed(vertices: Floats, edges: Ints, on_rim: Bools, film: Floats, steps: int) -> Floats:
    """Laplacian smoothing along the surface only, each step followed by projections onto z² = film.

    Args:
        vertices: (V, 3) pixels.
        edges: (E, 2), the first vertex is drawn to the second; a vertex without edges stays.
        on_rim: (V,) bool, vertices that keep z = 0.
        film: (H, W) pixels².
        steps: of smoothing.
    """
    average, slopes = averaging(edges, len(vertices)), gradient(film)
    free = np.bincount(edges[:, 0], minlength=len(vertices))[:, None] > 0
    for _ in range(steps):
        normal = _film_gradient(vertices, slopes)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
        step = SMOOTHING_RATE * (average @ vertices - vertices)
        moved = vertices + step - normal * (normal * step).sum(axis=1, keepdims=True)
        for _ in range(PROJECTIONS):
            moved = _projected(moved, film, slopes)
        moved[on_rim, 2] = 0.0
        vertices = np.where(free, moved, vertices)
    return vertices


def _film_gradient(vertices: Floats, slopes: Floats) -> Floats:
    """The gradient (V, 3) of film − z² at the vertices, which points inwards."""
    return np.column_stack([sample(slopes, vertices[:, :2]), -2 * vertices[:, 2]])


def _projected(vertices: Floats, film: Floats, slopes: Floats) -> Floats:
    """One Newton step towards film − z² = 0, at most a pixel long."""
    direction = _film_gradient(vertices, slopes)
    value = sample(film, vertices[:, :2]) - vertices[:, 2] ** 2
    length = np.linalg.norm(direction, axis=1)
    step = np.clip(value / np.maximum(length, 1e-9), -1.0, 1.0)
    projected: Floats = vertices - direction * (step / np.maximum(length, 1e-9))[:, None]
    return projected


def reach_tips(flat: Floats, rim: Ints, film: Floats) -> Floats:
    """Moves rim vertices to where the outline is farthest from the rim's edges.

    Args:
        flat: (V, 2) the vertices' positions in the picture, pixels.
        rim: (R, 2) the edges along the outline.
        film: (H, W) whose zero is the outline.

    Returns:
        (V, 2) float64; only vertices on the rim have moved.
    """
    loops = find_contours(film, 0.0)  # type: ignore[no-untyped-call]  # skimage has no types
    outline: Floats = np.concatenate(loops)[:, ::-1]
    moved = flat.copy()
    for _ in range(TIP_PASSES):
        edge, gap = _nearest_edges(outline, moved[rim])
        length = np.linalg.norm(moved[rim[edge, 1]] - moved[rim[edge, 0]], axis=1)
        far = np.flatnonzero((gap > LEAST_GAP * length) & (gap < LARGEST_GAP * length))
        # Of several that move one vertex, the farthest comes last.
        far = far[np.argsort(gap[far], kind="stable")]
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
