"""The belief that a network gives: what stands out in a frame, or within a window of it."""

from collections.abc import Mapping

import cv2
import numpy as np
from scipy.special import logit

from actionmesh_wrapper.data.arrays import Bools, Bytes, Ints, Singles
from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.masking.classical.cut import window_of
from actionmesh_wrapper.masking.models import Saliency
from actionmesh_wrapper.masking.shapes import shared
from actionmesh_wrapper.motion.flow import ClipFlow

LIMIT = 3.0  # of the belief; the network is surer of itself than it is right
MOST_ASKED = 8  # frames of a clip that the network sees; those between take what flow carries to them
MOST_NEAR = 4  # frames of which it sees a window about what moves, where that is the subject
LOOKED_AT = 2  # frames in which it looks at what was found
Window = tuple[slice, slice]
"""Rows and columns of a frame at the work size."""


class Salient:
    """What a network says of a clip's frames.

    Args:
        images: (T, H, W, 3) uint8.
        size: (h, w), the work size, of each belief.
        network: what is asked.
        step: is called with the number of frames done and T.

    Attributes:
        asked: frames of the clip that the network sees, the first and the last among them.
        looks: how often it has looked.
    """

    def __init__(self, images: Bytes, size: tuple[int, int], network: Saliency, step: StageStep) -> None:
        self._images, self._size, self._network, self._step = images, size, network, step
        self.asked = _spread(len(images), MOST_ASKED)
        self.looks = 0

    def within(self, frame: int, window: Window) -> Singles:
        """The belief (h, w) in what stands out within a window of a frame; −`LIMIT` beyond it."""
        belief = np.full(self._size, -LIMIT, np.float32)
        height, width = belief[window].shape
        rows, columns = (
            slice(side.start * full // small, -(-min(side.stop, small) * full // small))
            for side, full, small in zip(window, self._images.shape[1:3], self._size, strict=True)
        )
        share = self._network(self._images[frame, rows, columns])
        self.looks += 1
        share = np.asarray(cv2.resize(share, (width, height), interpolation=cv2.INTER_AREA), np.float32)
        belief[window] = np.clip(logit(np.clip(share, 1e-3, 1 - 1e-3)), -LIMIT, LIMIT)
        self._step(frame + 1, len(self._images))
        return belief

    def whole(self, frame: int) -> Singles:
        """The belief (h, w) in what stands out in a whole frame."""
        return self.within(frame, (slice(0, self._size[0]), slice(0, self._size[1])))

    def second_look(self, masks: Bools) -> float:
        """How far what stands out in a window about each mask (T, h, w) is that mask: mean overlap, 0 to 1.

        A thing is one by itself, too. What the network makes of a wall or of half a thing changes with the
        window.
        """
        some = _spread(len(masks), LOOKED_AT + 2)
        some = some[1:-1] if len(some) > LOOKED_AT else some
        said = [self.within(int(t), window_of(masks[t])) > 0 if masks[t].any() else masks[t] for t in some]
        return float(shared(np.stack(said), masks[some]).mean())

    def belief(self, flow: ClipFlow) -> Singles:
        """The belief (T, h, w) in what stands out, agreed upon among the frames."""
        return self._agreed({frame: self.whole(frame) for frame in self.asked.tolist()}, flow)

    def near(self, masks: Bools, flow: ClipFlow) -> Singles:
        """The belief (T, h, w) in what stands out in windows about masks (T, h, w), agreed upon."""
        some = _spread(len(masks), MOST_NEAR).tolist()
        looks = {frame: self.within(frame, window_of(masks[frame])) for frame in some if masks[frame].any()}
        return self._agreed(looks, flow)

    def _agreed(self, said: Mapping[int, Singles], flow: ClipFlow) -> Singles:
        """What was said (h, w) of some frames, carried to all of them."""
        values, weight = np.zeros((2, len(self._images), *self._size), np.float32)
        for frame, belief in said.items():
            values[frame], weight[frame] = belief, 1
        return flow.gather(values, weight)


def _spread(count: int, most: int) -> Ints:
    """At most so many of a clip's frames, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))
