"""Optical flow between two pictures, with how far it can be trusted."""

from dataclasses import dataclass

import cv2
import numpy as np

from actionmesh_wrapper.engines.arrays import Bytes, Floats, Singles
from actionmesh_wrapper.engines.masking.classical.flow import disagreement
from actionmesh_wrapper.engines.silhouette.arrays import sample

LEAST_TRUST = 1e-6  # where there is none, there is no motion either
PATCH_BLUR = 3.0  # pixels (sigma) over which flow is averaged by its trust


@dataclass(frozen=True, eq=False)
class Flow:
    """Where each pixel goes.

    Attributes:
        motion: (H, W, 2) float32, pixels, x before y.
        trust: (H, W) float32, 0 to 1.
    """

    motion: Singles
    trust: Singles

    def at(self, points: Floats) -> tuple[Floats, Floats]:
        """The motion (P, 2) and trust (P,) at points (P, 2)."""
        return sample(self.motion, points), sample(self.trust, points)


class FlowMeter:
    """Dense inverse search (Kroeger et al., 2016), as OpenCV has it, run there and back."""

    def __init__(self) -> None:
        self._search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def between(self, first: Bytes, second: Bytes, visible: Singles) -> Flow:
        """The flow from one picture to another.

        Args:
            first: (H, W) uint8.
            second: (H, W) uint8.
            visible: (H, W) float32, 0 to 1, how much of the first picture's pixels is the subject; the rest
                is not trusted.
        """
        there, back = self._search_for(first, second), self._search_for(second, first)
        return _averaged(there, visible * np.exp(-disagreement(there, back)))

    def _search_for(self, first: Bytes, second: Bytes) -> Singles:
        start = np.zeros((*first.shape, 2), np.float32)
        return np.asarray(self._search.calc(first, second, start), np.float32)


def _averaged(motion: Singles, trust: Singles) -> Flow:
    """Normalised convolution (Knutsson and Westin, 1993): a mean in which each pixel counts by its trust."""
    total = np.asarray(cv2.GaussianBlur(trust, (0, 0), PATCH_BLUR), np.float32)
    sums = np.asarray(cv2.GaussianBlur(motion * trust[..., None], (0, 0), PATCH_BLUR), np.float32)
    return Flow(np.asarray(sums / np.maximum(total, LEAST_TRUST)[..., None], np.float32), total)
