"""The belief that a network gives: what stands out in a frame, or within a window of it."""

import cv2
import numpy as np
from scipy.special import logit

from actionmesh_wrapper.data.arrays import Bytes, Ints, Singles
from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.masking.models import Saliency
from actionmesh_wrapper.motion.flow import ClipFlow

LIMIT = 3.0  # of the belief; the network is surer of itself than it is right
MOST_ASKED = 12  # frames of a clip that the network sees; those between take what flow carries to them
CHECKED = 5  # frames that tell whether a plain backdrop is one
Window = tuple[slice, slice]
"""Rows and columns of a frame at the work size."""


class Salient:
    """What a network says of a clip's frames; it is asked about each whole frame once.

    Args:
        images: (T, H, W, 3) uint8.
        size: (h, w), the work size, of each belief.
        network: what is asked.
        step: is called with the number of frames done and T.
    """

    def __init__(self, images: Bytes, size: tuple[int, int], network: Saliency, step: StageStep) -> None:
        self._images, self._size, self._network, self._step = images, size, network, step
        self._whole: dict[int, Singles] = {}

    def within(self, frame: int, window: Window) -> Singles:
        """The belief (h, w) in what stands out within a window of a frame; −`LIMIT` beyond it."""
        belief = np.full(self._size, -LIMIT, np.float32)
        height, width = belief[window].shape
        rows, columns = (
            slice(side.start * full // small, -(-min(side.stop, small) * full // small))
            for side, full, small in zip(window, self._images.shape[1:3], self._size, strict=True)
        )
        share = self._network(self._images[frame, rows, columns])
        share = np.asarray(cv2.resize(share, (width, height), interpolation=cv2.INTER_AREA), np.float32)
        belief[window] = np.clip(logit(np.clip(share, 1e-3, 1 - 1e-3)), -LIMIT, LIMIT)
        self._step(frame + 1, len(self._images))
        return belief

    def confirms(self, belief: Singles, overlap: float) -> bool:
        """Whether a belief (T, h, w) holds for the subject what stands out, by the median of a few frames."""
        some = _spread(len(belief), CHECKED)
        salient, believed = np.stack([self._frame(frame) for frame in some]) > 0, belief[some] > 0
        both, either = (salient & believed).sum(axis=(1, 2)), (salient | believed).sum(axis=(1, 2))
        return float(np.median(both / np.maximum(1, either))) >= overlap

    def belief(self, flow: ClipFlow) -> Singles:
        """The belief (T, h, w) in what stands out, agreed upon among the frames."""
        count = len(self._images)
        values = np.zeros((count, *self._size), np.float32)
        weight = np.zeros_like(values)
        for frame in _spread(count, MOST_ASKED):
            values[frame], weight[frame] = self._frame(frame), 1
        return flow.gather(values, weight)

    def _frame(self, frame: int) -> Singles:
        if frame not in self._whole:
            height, width = self._size
            self._whole[frame] = self.within(frame, (slice(0, height), slice(0, width)))
        return self._whole[frame]


def _spread(count: int, most: int) -> Ints:
    """At most so many of a clip's frames, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))
