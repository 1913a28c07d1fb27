"""Some keys of the mesh in a unit of their own, and every pose of the grid scored on them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.arrays import Floats, Ints
from actionmesh_wrapper.texture.poses import Pose, all_poses
from actionmesh_wrapper.texture.views import Window, cut, small

COARSE_CELLS = 40  # of the box's longest side, see `clustered`
COARSE_PIXELS = 64  # along the window's sides


@dataclass(frozen=True, eq=False)
class Search:
    """Some keys, and how well each pose of the grid fits them.

    Attributes:
        points: (K, V, 3) float64 less ``target``, over ``unit``.
        faces: (F, 3) int64.
        target: (3,) float64, the middle of the joint box.
        unit: half of its longest side.
        masks: (K, H, W) uint8.
        window: small, of these masks.
        poses: by falling overlap.
    """

    points: Floats
    faces: Ints
    target: Floats
    unit: float
    masks: NDArray[np.uint8]
    window: Window
    poses: list[Pose]

    @classmethod
    def of(cls, animation: Animation, masks: NDArray[np.uint8], chosen: list[int]) -> "Search":
        """Scores the grid on these keys."""
        points = animation.vertices[chosen].astype(np.float64)
        low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
        target, unit = (low + high) / 2, max(float((high - low).max()) / 2, 1e-9)
        points = (points - target) / unit
        faces = animation.faces.astype(np.int64)
        window = cut(masks[chosen], COARSE_PIXELS)
        poses = all_poses(small(points, faces, COARSE_CELLS), window)
        return cls(points, faces, target, unit, masks[chosen], window, poses)
