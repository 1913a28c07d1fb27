"""A frame's mask as a shape with a distance field, which draws the outline's points onto its edge."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from actionmesh_wrapper.data.arrays import Bools, Floats
from actionmesh_wrapper.data.fields import gradient, sample
from actionmesh_wrapper.masking.shapes import signed_distance

AGREEMENT = 0.4  # least cosine between the outline's normal and that of the edge it belongs to


@dataclass(frozen=True, eq=False)
class Shape:
    """One frame's mask as fields.

    Attributes:
        mask: (H, W) bool.
        distance: (H, W) float64, signed distance to its edge, pixels, positive inside.
        slope: (H, W, 2) float64 (x, y), the distance's gradient, which points inwards.
    """

    mask: Bools
    distance: Floats
    slope: Floats

    @classmethod
    def of(cls, mask: Bools) -> Self:
        """The fields of a mask (H, W), which is neither empty nor full."""
        distance = signed_distance(mask)
        return cls(mask, distance, gradient(distance))

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
        distance, slope = sample(self.distance, points), sample(self.slope, points)
        steepness = np.linalg.norm(slope, axis=1)
        inwards = slope / np.maximum(steepness, 1e-6)[:, None]
        belongs = (
            (np.abs(distance) < gate) & (-(inwards * normals).sum(axis=1) > AGREEMENT) & (steepness > 0.3)
        )
        return -distance[:, None] * inwards, belongs
