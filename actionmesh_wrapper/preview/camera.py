"""The camera: where it stands, how it projects, and how far away it must be to see everything."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FIELD_OF_VIEW = math.radians(28)  # across the shorter side: mild, like a portrait lens
MARGIN = 0.1016  # of the shorter side, kept free all around: title-safe where two panels stand side by side


@dataclass(frozen=True)
class View:
    """A direction to look from.

    Attributes:
        yaw: radians; 0 looks along -Z as the subject was filmed, π/2 stands on the side of +X.
        pitch: radians above the horizon.
    """

    yaw: float
    pitch: float

    @property
    def axes(self) -> NDArray[np.float64]:
        """(3, 3) rotation from the mesh's axes to the camera's: right, up, and towards the camera."""
        sin_yaw, cos_yaw = math.sin(self.yaw), math.cos(self.yaw)
        sin_pitch, cos_pitch = math.sin(self.pitch), math.cos(self.pitch)
        return np.array(
            [
                [cos_yaw, 0, -sin_yaw],
                [-sin_yaw * sin_pitch, cos_pitch, -cos_yaw * sin_pitch],
                [sin_yaw * cos_pitch, sin_pitch, cos_yaw * cos_pitch],
            ]
        )


@dataclass(frozen=True, eq=False)
class Camera:
    """A perspective camera that looks at a point.

    Attributes:
        view: the direction that it looks from.
        target: (3,) float64, shown in the middle of the picture.
        distance: from the target, in the mesh's unit.
        width: of the picture in pixels.
        height: of the picture in pixels.
    """

    view: View
    target: NDArray[np.float64]
    distance: float
    width: int
    height: int

    @property
    def matrix(self) -> NDArray[np.float64]:
        """(3, 4): takes (x, y, z, 1) to (column · depth, row · depth, depth), in pixels and mesh units."""
        focal = min(self.width, self.height) / 2 / math.tan(FIELD_OF_VIEW / 2)
        lens = np.array(
            [[focal, 0, -self.width / 2], [0, -focal, -self.height / 2], [0, 0, -1]],
        )
        axes = self.view.axes
        offset = np.array([0, 0, -self.distance]) - axes @ self.target
        return lens @ np.column_stack([axes, offset])

    def project(self, vertices: NDArray[np.float32]) -> NDArray[np.float64]:
        """Projects (3, V) float32 vertices.

        Returns:
            (3, V) float64 for `rasterise`: column and row in pixels, and 1 / depth, which is 0 for what lies
            behind the camera or at it.
        """
        matrix = self.matrix
        flat = matrix[:, :3] @ vertices.astype(np.float64) + matrix[:, 3:]
        in_front = flat[2] > self.distance * 1e-6
        inverse = np.where(in_front, 1.0, 0.0) / np.where(in_front, flat[2], 1.0)
        return np.stack([flat[0] * inverse, flat[1] * inverse, inverse])


def fitting_distance(
    points: NDArray[np.float32], target: NDArray[np.float64], views: Iterable[View], aspect: float = 1.0
) -> float:
    """The least distance at which every point is within the margins from every view.

    Args:
        points: (P, 3) float32.
        target: (3,) float64 that the cameras look at.
        views: the directions they look from.
        aspect: the picture's width / height.

    Returns:
        The distance, in the points' unit; 1 where all points lie at the target.
    """
    reach = math.tan(FIELD_OF_VIEW / 2) * (1 - 2 * MARGIN)
    limits = reach * np.array([max(aspect, 1), max(1 / aspect, 1)])
    offsets = (points - target).astype(np.float32)
    distance = 0.0
    for view in views:
        right, up, towards = (offsets @ axis for axis in view.axes.astype(np.float32))
        needed = np.maximum(np.abs(right) / limits[0], np.abs(up) / limits[1]) + towards
        distance = max(distance, float(needed.max()))
    return distance or 1.0
