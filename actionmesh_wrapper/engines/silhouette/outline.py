"""A frame's mask as a shape with a distance field, which draws the outline's points onto its edge."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
from scipy.ndimage import distance_transform_edt

from actionmesh_wrapper.data.arrays import Bools, Floats
from actionmesh_wrapper.data.fields import gradient, sample

AGREEMENT = 0.4  # least cosine between the outline's normal and that of the edge it belongs to


@dataclass(frozen=True, eq=False)
class Shape:
    """One frame's mask as fields.

    Attributes:
        mask: (H, W) bool.
        distance: (H, W) float64, signed distance to its edge, pixels, positive inside.
    """

    mask: Bools
    distance: Floats

    @classmethod
    def of(cls, mask: Bools) -> Self:
        """The fields of a mask (H, W), which is neither empty nor full."""
        return cls(mask, signed_distance(mask))

    @property
    def centre(self) -> Floats:
        """The mean position (x, y) of the mask's pixels."""
        ys, xs = np.nonzero(self.mask)
        return np.array([xs.mean(), ys.mean()])

    def offsets(self, points: Floats, normals: Floats, gate: float) -> tuple[Floats, Bools]:
        """How far points are from the mask's edge, and which of them belong to that edge.

        Args:
            points: (P, 2) pixels.
            normals: (P, 2) unit vectors out of the subject.
            gate: pixels; points farther from the edge do not belong to it.

        Returns:
            (P, 2) float64 offsets to the nearest edge, and (P,) bool.
        """
        distance, slope = sample(self.distance, points), sample(_slope(self), points)
        steepness = np.linalg.norm(slope, axis=1)
        inwards = slope / np.maximum(steepness, 1e-6)[:, None]
        belongs = (
            (np.abs(distance) < gate) & (-(inwards * normals).sum(axis=1) > AGREEMENT) & (steepness > 0.3)
        )
        return -distance[:, None] * inwards, belongs


def signed_distance(mask: Bools) -> Floats:
    """Distance to the edge of a mask (neither empty nor full), (H, W) float64, pixels, positive inside.

    By scipy, exact: the last bit of what `cv2.distanceTransform` gives changes from call to call.
    """
    inside, outside = distance_transform_edt(mask), distance_transform_edt(~mask)
    # The edge runs between the pixels, half a pixel from the centres on either side of it.
    return np.where(mask, inside - 0.5, 0.5 - outside)


@lru_cache(maxsize=1)  # a frame is asked for many times in a row; all of a long clip would fill the memory
def _slope(shape: Shape) -> Floats:
    """The distance's gradient (H, W, 2) float64 (x, y), which points inwards."""
    return gradient(shape.distance)
