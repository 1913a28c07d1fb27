"""The best poses of the grid moved until the outlines fit: by contours first, then by the overlap itself."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from actionmesh_wrapper.data.arrays import Floats
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.texture.contours import (
    USUAL_CLOSENESS,
    USUAL_ROLL,
    Contour,
    camera_of,
    contours_of,
    moved,
    numbers_of,
)
from actionmesh_wrapper.texture.poses import starts
from actionmesh_wrapper.texture.search import Search
from actionmesh_wrapper.texture.views import Body, Window, cut, in_window, mean_overlap, small

FINE_CELLS = 160  # of the box's longest side, see `clustered`
MOST_FACES = 60_000  # a mesh with more is clustered before it is refined, too
CONTOUR_PIXELS, FINE_PIXELS = 192, 144  # along the window's sides
FINALISTS = 2
FIRST_ROUNDS, MORE_ROUNDS = 4, 8
EVALUATIONS = 110
SIMPLEX = np.array(
    [2.5, 2.5, 1.5, 0.05, 2.0, 1.0, 1.0]
)  # degrees (3), closeness, pixels of the box's half (3)
PRIOR = 0.002  # of overlap, what a roll or closeness one deviation from the usual costs


@dataclass(frozen=True, eq=False)
class Refined:
    """A camera, and what it was compared with.

    Attributes:
        camera: in the window's pixels.
        body: the mesh.
        window: the masks, as the last of the search saw them.
        middle: the same larger, as the outlines were followed.
        contours: of ``middle``.
    """

    camera: FilmCamera
    body: Body
    window: Window
    middle: Window
    contours: list[Contour | None]


def refined(search: Search, tell: Callable[[int], None]) -> Refined:
    """Of the starts the one that ends best.

    Args:
        search: with what it starts from.
        tell: is called after each of three parts, with 2, 3 and 4.
    """
    is_large = len(search.faces) > MOST_FACES
    fine = (
        small(search.points, search.faces, FINE_CELLS) if is_large else Body.of(search.points, search.faces)
    )
    middle, last = (cut(search.masks, size) for size in (CONTOUR_PIXELS, FINE_PIXELS))
    contours = contours_of(middle)

    def rated(cameras: list[FilmCamera]) -> list[FilmCamera]:
        return sorted(cameras, key=lambda camera: -mean_overlap(fine, middle, camera))

    def follow(camera: FilmCamera, rounds: int) -> FilmCamera:
        return moved(fine, middle, contours, camera, rounds)

    begun = [
        follow(in_window(camera, search.window, middle), FIRST_ROUNDS) for camera in starts(search.poses)
    ]
    tell(2)
    finalists = [follow(camera, MORE_ROUNDS) for camera in rated(begun)[:FINALISTS]]
    best = in_window(rated(finalists)[0], middle, last)
    tell(3)
    result = _fitted(lambda camera: mean_overlap(fine, last, camera), best)
    tell(4)
    return Refined(result, fine, last, middle, contours)


def _fitted(rate: Callable[[FilmCamera], float], camera: FilmCamera) -> FilmCamera:
    """The camera moved by the simplex method of Nelder and Mead to the best overlap nearby."""
    start = numbers_of(camera)

    def loss(numbers: Floats) -> float:
        now = camera_of(numbers)
        unusual = ((now.roll_deg - USUAL_ROLL[0]) / USUAL_ROLL[1]) ** 2
        unusual += ((now.closeness - USUAL_CLOSENESS[0]) / USUAL_CLOSENESS[1]) ** 2
        outside = abs(float(numbers[3]) - now.closeness)
        return PRIOR * unusual + outside - rate(now)

    simplex = np.vstack([start, start + np.diag(SIMPLEX)])
    result = minimize(
        loss,
        start,
        method="Nelder-Mead",
        options={"maxfev": EVALUATIONS, "initial_simplex": simplex, "adaptive": True},
    )
    return camera_of(np.asarray(result.x))
