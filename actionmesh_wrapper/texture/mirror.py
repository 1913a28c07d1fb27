"""A plane in which the two sides of a shape are each other's picture."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from actionmesh_wrapper.data.arrays import Floats

STEPS_DEG = (6.0, 1.0)  # between planes that are tried; the second around the first's best
SAMPLES = 2000  # of the surface
CLOSE = 0.03  # mean distance of a shape from its mirror picture, of the box's longest side, at most


@dataclass(frozen=True, eq=False)
class Mirror:
    """An upright plane.

    Attributes:
        normal: (3,) of length 1, level.
        offset: normal · point, of the plane's points.
    """

    normal: Floats
    offset: float

    def reflected(self, points: NDArray[np.floating]) -> Floats:
        """The pictures of (N, 3) points."""
        reflected: Floats = points - 2 * (points @ self.normal - self.offset)[:, None] * self.normal
        return reflected

    def turned(self, directions: NDArray[np.floating]) -> Floats:
        """The pictures of (N, 3) directions."""
        turned: Floats = directions - 2 * (directions @ self.normal)[:, None] * self.normal
        return turned


def find_mirror(points: NDArray[np.floating], *, tick: Callable[[], None]) -> Mirror | None:
    """The upright plane in which a shape is nearly its own picture; None where there is none.

    Args:
        points: (N, 3) spread evenly over the surface.
        tick: is called several times a second; what it raises passes through.
    """
    points = points[:: -(-len(points) // SAMPLES)].astype(np.float64)
    side = float(np.ptp(points, axis=0).max())
    tree = KDTree(points)

    def tried(degrees: float) -> tuple[float, Mirror]:
        tick()
        angle = math.radians(degrees)
        normal = np.array([math.cos(angle), 0, math.sin(angle)])
        along = points @ normal
        mirror = Mirror(normal, float(along.min() + along.max()) / 2)
        best = (math.inf, mirror)
        for _ in range(3):  # the middle of the box, and then where the pairs say
            distance, pair = tree.query(mirror.reflected(points))
            best = min(best, (float(np.mean(distance)), mirror), key=lambda found: found[0])
            mirror = Mirror(normal, float(np.median(along + along[pair])) / 2)
        return best

    angles = np.arange(0, 180, STEPS_DEG[0])
    middle = min(((*tried(angle), angle) for angle in angles), key=lambda found: found[0])[2]
    around = np.arange(middle - STEPS_DEG[0], middle + STEPS_DEG[0] + 0.5, STEPS_DEG[1])
    distance, mirror = min((tried(angle) for angle in around), key=lambda found: found[0])
    return mirror if distance < CLOSE * side else None
