"""Dense motion between neighbouring frames, and how far to trust it."""

from dataclasses import dataclass

import cv2
import numpy as np

from actionmesh_wrapper.engines.arrays import Singles
from actionmesh_wrapper.engines.masking.classical.clip import Clip
from actionmesh_wrapper.engines.masking.classical.colour import colour_distance

SLACK = 2.0  # pixels² of disagreement between there and back that halve the trust, about
SLACK_PER_MOTION = 0.02  # of the squared motion, on top
COLOUR_CHANGE = 15.0  # Lab units; flow that joins points which differ by this much joins different things
NEIGHBOUR = 0.6  # weight of a neighbour's value: it takes both of them to outvote a frame


@dataclass(frozen=True, eq=False)
class Flow:
    """Optical flow between each frame and the next; all arrays have T − 1 entries.

    Attributes:
        forward: (T − 1, h, w, 2) float32 pixels (x, y): from frame t to where the same thing is in t + 1.
        backward: the same from frame t + 1 to t.
        forward_trust: (T − 1, h, w) float32 in [0, 1].
        backward_trust: the same for ``backward``.
    """

    forward: Singles
    backward: Singles
    forward_trust: Singles
    backward_trust: Singles

    def to_next(self, values: Singles, frame: int) -> tuple[Singles, Singles]:
        """Carries (h, w) values of ``frame`` to the next one; returns them with their trust."""
        return warped(values, self.backward[frame]), self.backward_trust[frame]

    def to_previous(self, values: Singles, frame: int) -> tuple[Singles, Singles]:
        """Carries (h, w) values of ``frame`` to the one before; returns them with their trust."""
        return warped(values, self.forward[frame - 1]), self.forward_trust[frame - 1]

    def blend(self, values: Singles) -> Singles:
        """Averages (T, h, w) values with those that both neighbours carry here, weighted by trust."""
        total, weight = values.copy(), np.ones_like(values)
        for frame in range(len(values) - 1):
            for to, (carried, trust) in (
                (frame + 1, self.to_next(values[frame], frame)),
                (frame, self.to_previous(values[frame + 1], frame + 1)),
            ):
                total[to] += NEIGHBOUR * trust * carried
                weight[to] += NEIGHBOUR * trust
        blended: Singles = total / weight
        return blended


def find_flow(clip: Clip) -> Flow:
    """Measures the flow with DIS (Kroeger et al., "Fast Optical Flow using Dense Inverse Search", 2016).

    Trust falls with the `disagreement` of there and back, and where the colour at both ends differs, as
    across a cut.
    """
    dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    shape = (len(clip) - 1, clip.height, clip.width)
    flow = Flow(
        forward=np.zeros((*shape, 2), np.float32),
        backward=np.zeros((*shape, 2), np.float32),
        forward_trust=np.zeros(shape, np.float32),
        backward_trust=np.zeros(shape, np.float32),
    )
    for t in range(len(clip) - 1):
        here, there = clip.grey[t], clip.grey[t + 1]
        flow.forward[t] = dis.calc(here, there, np.zeros((*here.shape, 2), np.float32))
        flow.backward[t] = dis.calc(there, here, np.zeros((*here.shape, 2), np.float32))
        lab, next_lab = clip.lab[t], clip.lab[t + 1]
        flow.forward_trust[t] = _trust(flow.forward[t], flow.backward[t], lab, next_lab)
        flow.backward_trust[t] = _trust(flow.backward[t], flow.forward[t], next_lab, lab)
    return flow


def warped(values: Singles, motion: Singles) -> Singles:
    """Values (H, W) or (H, W, C) read at x + motion(x), for a motion (H, W, 2) in pixels."""
    rows, columns = np.indices(motion.shape[:2], dtype=np.float32)
    read = cv2.remap(
        values,
        columns + motion[..., 0],
        rows + motion[..., 1],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(read, np.float32)


def disagreement(there: Singles, back: Singles) -> Singles:
    """By how much going there and back misses the start, (H, W): 0 not at all, 1 by what is usual.

    It is e² / (0.02 |v|² + 2) for a miss by e pixels along a flow v.
    """
    miss = ((there + warped(back, there)) ** 2).sum(axis=2)
    missed: Singles = miss / (SLACK_PER_MOTION * (there**2).sum(axis=2) + SLACK)
    return missed


def _trust(there: Singles, back: Singles, lab_here: Singles, lab_there: Singles) -> Singles:
    """(h, w) trust in a flow there, given the one back."""
    change = colour_distance(warped(lab_there, there), lab_here) / COLOUR_CHANGE
    trust: Singles = np.exp(-disagreement(there, back) - change**2)
    return trust
