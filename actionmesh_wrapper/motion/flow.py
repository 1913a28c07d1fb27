"""Optical flow: between neighbouring frames of a clip, or between two pictures; and how far to trust it."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from actionmesh_wrapper.data.arrays import Bytes, Floats, Singles, sample
from actionmesh_wrapper.motion.clip import SmallClip, shrink
from actionmesh_wrapper.motion.colour import colour_distance

SLACK = 2.0  # pixels² of disagreement between there and back that halve the trust, about
SLACK_PER_MOTION = 0.02  # of the squared motion, on top
COLOUR_CHANGE = 15.0  # Lab units; flow that joins points which differ by this much joins different things
NEIGHBOUR = 0.6  # weight of a neighbour's value: it takes both of them to outvote a frame
LEAST_TRUST = 1e-6  # where there is none, there is no motion either
PATCH_BLUR = 3.0  # pixels (sigma) over which flow is averaged by its trust


@dataclass(frozen=True, eq=False)
class ClipFlow:
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


def find_flow(clip: SmallClip) -> ClipFlow:
    """Measures the flow with DIS (Kroeger et al., "Fast Optical Flow using Dense Inverse Search", 2016).

    Trust falls with the `disagreement` of there and back, and where the colour at both ends differs, as
    across a cut.
    """
    dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    shape = (len(clip) - 1, clip.height, clip.width)
    flow = ClipFlow(
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


@dataclass(frozen=True, eq=False)
class PairFlow:
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

    def between(self, first: Bytes, second: Bytes, visible: Singles) -> PairFlow:
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


def _averaged(motion: Singles, trust: Singles) -> PairFlow:
    """Normalised convolution (Knutsson and Westin, 1993): a mean in which each pixel counts by its trust."""
    total = np.asarray(cv2.GaussianBlur(trust, (0, 0), PATCH_BLUR), np.float32)
    sums = np.asarray(cv2.GaussianBlur(motion * trust[..., None], (0, 0), PATCH_BLUR), np.float32)
    return PairFlow(np.asarray(sums / np.maximum(total, LEAST_TRUST)[..., None], np.float32), total)


class ClipMotion:
    """One clip.

    Args:
        rgb: (T, H, W, 3) uint8 sRGB.
    """

    def __init__(self, rgb: Bytes) -> None:
        self.rgb = rgb

    @cached_property
    def clip(self) -> SmallClip:
        """The clip at the size at which flow is measured."""
        return shrink(self.rgb)

    @cached_property
    def flow(self) -> ClipFlow:
        """Its optical flow."""
        return find_flow(self.clip)
