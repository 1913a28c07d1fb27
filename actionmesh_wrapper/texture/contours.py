"""A camera moved until the mesh's rim lies on the masks' outlines: iterated closest points."""

from dataclasses import dataclass
from typing import cast

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.spatial import KDTree
from skimage.measure import find_contours

from actionmesh_wrapper.data.arrays import Floats
from actionmesh_wrapper.data.fields import gradient, sample
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.texture.outline import covered
from actionmesh_wrapper.texture.views import Body, Window, projected

POINTS = 250  # of each outline, about
REACH = 0.08  # of the window, the farthest that a pair of points may lie apart
ALIKE = 0.4  # least cosine between two outlines' directions at a pair of points
SOFT = 2.0  # pixels, beyond which a pair's pull grows no more
STEPS = np.array([0.2, 0.2, 0.2, 0.005, 0.1, 0.1, 0.1])  # over which slopes are measured
USUAL_ROLL, USUAL_CLOSENESS = (0.0, 4.0), (0.25, 0.15)  # mean and deviation of how people film
PRIOR = 3.0  # how much these count against the points
DAMPING = 1e-3
CLOSENESS_BOUNDS = (0.0, 0.6)


@dataclass(frozen=True, eq=False)
class Contour:
    """N points along the outline of a mask.

    Attributes:
        points: (N, 2) x, y in the window's pixels.
        outwards: (N, 2) unit vectors away from the subject.
        tree: of the points.
    """

    points: Floats
    outwards: Floats
    tree: KDTree


def contours_of(window: Window) -> list[Contour | None]:
    """The outline of each key's mask, without what lies at the frame's edge; None where nothing is left."""
    counts = window.counts.astype(np.float64)
    found: list[Contour | None] = []
    for mask in window.masks:
        lines = cast("list[Floats]", find_contours(mask, 0.5))  # type: ignore[no-untyped-call]
        points = np.concatenate([line[:-1, ::-1] for line in lines] or [np.empty((0, 2))])
        points = points[sample(counts, points) > 0.99] if len(points) else points
        points = points[:: max(1, round(len(points) / POINTS))]
        if not len(points):
            found.append(None)
            continue
        slopes = -sample(gradient(gaussian_filter(mask, 1.5)), points)
        outwards = slopes / np.maximum(np.linalg.norm(slopes, axis=1, keepdims=True), 1e-9)
        found.append(Contour(points, outwards, KDTree(points)))
    return found


def numbers_of(camera: FilmCamera) -> Floats:
    """(7,) azimuth, elevation, roll, closeness, scale, x and y of a camera."""
    turn = camera.azimuth_deg, camera.elevation_deg, camera.roll_deg
    return np.array([*turn, camera.closeness, camera.scale, *camera.centre])


def camera_of(numbers: Floats) -> FilmCamera:
    """The camera of `numbers_of`; its closeness is kept within bounds."""
    azimuth, elevation, roll, closeness, scale, x, y = numbers.tolist()
    low, high = CLOSENESS_BOUNDS
    return FilmCamera(
        (0.0, 0.0, 0.0), azimuth, elevation, roll, min(max(closeness, low), high), max(scale, 1e-3), (x, y)
    )


def moved(
    body: Body, window: Window, contours: list[Contour | None], camera: FilmCamera, rounds: int
) -> FilmCamera:
    """The camera after some rounds.

    In each, pairs are found, and their distance along the outline's normal is lessened by one step of Gauss
    and Newton, with weights that give far pairs less (soft L1).
    """
    numbers = numbers_of(camera)
    for _ in range(rounds):
        pairs = [
            _pairs(body, window, key, contour, camera_of(numbers))
            for key, contour in enumerate(contours)
            if contour
        ]
        if not pairs:
            break
        places, goals, outwards = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
        if len(places) < len(numbers):
            break
        numbers = _step(numbers, places, goals, outwards)
    return camera_of(numbers)


def rim_points(body: Body, window: Window, key: int, camera: FilmCamera) -> tuple[Floats, Floats, Floats]:
    """Points of the mesh that lie on its outline in the picture.

    Returns:
        (N, 3) in the body's axes, (N, 2) where they are seen, (N, 2) unit vectors away from the mesh.
    """
    seen = projected(camera, body.points[key])
    rim = body.outline.rim(seen)
    share = covered(rim, seen, window.size, window.size)
    ends = seen.take(rim.sides, axis=0)
    along = ends[:, 1] - ends[:, 0]
    length = np.linalg.norm(along, axis=1)
    across = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.maximum(length, 1e-9)[:, None]
    middle = ends.mean(axis=1)
    one, other = (sample(share, middle + side * across) > 0.5 for side in (1.5, -1.5))
    is_seen = (one != other) & (((middle >= 0) & (middle <= window.size - 1)).all(axis=1))
    spacing = max(float(length[is_seen].sum()) / POINTS, 1e-6)
    parts = np.where(is_seen, np.ceil(length / spacing), 0).astype(np.int64)
    owner = np.repeat(np.arange(len(parts)), parts)
    owner_part = np.arange(len(owner)) - (np.cumsum(parts) - parts).take(owner)
    chosen = slice(None, None, max(1, round(len(owner) / (2 * POINTS))))
    owner, owner_part = owner[chosen], owner_part[chosen]
    at = ((owner_part + 0.5) / parts[owner])[:, None]
    first, second = (body.points[key].take(rim.sides[owner, end], axis=0) for end in (0, 1))
    outwards = np.where(one[owner, None], -across[owner], across[owner])
    return (1 - at) * first + at * second, (1 - at) * ends[owner, 0] + at * ends[owner, 1], outwards


def _pairs(
    body: Body, window: Window, key: int, contour: Contour, camera: FilmCamera
) -> tuple[Floats, Floats, Floats]:
    """Points of the mesh, of the mask's outline, and the outline's normals there, paired both ways."""
    places, seen, outwards = rim_points(body, window, key, camera)
    if not len(seen):
        return np.empty((0, 3)), np.empty((0, 2)), np.empty((0, 2))
    _, of_contour = contour.tree.query(seen)
    _, of_rim = KDTree(seen).query(contour.points)
    rim = np.concatenate([np.arange(len(seen)), of_rim])
    line = np.concatenate([of_contour, np.arange(len(contour.points))])
    apart = np.linalg.norm(seen[rim] - contour.points[line], axis=1)
    alike = (outwards[rim] * contour.outwards[line]).sum(axis=1)
    good = (apart < REACH * window.size) & (alike > ALIKE)
    return places[rim[good]], contour.points[line[good]], contour.outwards[line[good]]


def _step(numbers: Floats, places: Floats, goals: Floats, outwards: Floats) -> Floats:
    """One step of Gauss and Newton."""

    def distances(at: Floats) -> Floats:
        off: Floats = ((camera_of(at).project(places)[0] - goals) * outwards).sum(axis=1)
        return off

    now = distances(numbers)
    slopes = np.stack([(distances(numbers + step) - now) / step.sum() for step in np.diag(STEPS)], axis=1)
    weights = 1 / np.sqrt(1 + (now / SOFT) ** 2)
    pull = np.zeros(len(numbers))
    stiff = np.zeros(len(numbers))
    for index, (mean, deviation) in ((2, USUAL_ROLL), (3, USUAL_CLOSENESS)):
        stiff[index] = (PRIOR / deviation) ** 2
        pull[index] = stiff[index] * (mean - numbers[index])
    normal = slopes.T @ (weights[:, None] * slopes)
    right = pull - slopes.T @ (weights * now)
    damped = normal + np.diag(stiff + DAMPING * np.diag(normal) + 1e-9)
    step: Floats = np.linalg.solve(damped, right)
    return numbers + step
