"""Optical flow with its trust: between the neighbouring frames of a clip, or between two pictures.

Source: Kroeger et al., "Fast Optical Flow using Dense Inverse Search" (DIS, 2016), as OpenCV has it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from actionmesh_wrapper.data.arrays import Bytes, Floats, Singles
from actionmesh_wrapper.data.fields import sample
from actionmesh_wrapper.motion.clip import SmallClip, shrink
from actionmesh_wrapper.motion.colour import colour_distance

TOLERANCE = 2.0  # pixels², the usual square of the forward-backward error where nothing moves
TOLERANCE_PER_MOTION = 0.02  # of the squared motion, on top
COLOUR_CHANGE = 15.0  # Lab units; flow between points whose colours differ by this much is hardly trusted
NEIGHBOUR_WEIGHT = 0.6  # of a neighbouring frame's value: it takes both of them to outvote a frame
PASSED_ON = 0.75  # of what is gathered, from frame to frame; with values in every second, others outvote one
LEAST_TRUST = 1e-6  # in sum; where it is less, the motion is about 0
PATCH_BLUR = 3.0  # pixels (sigma) over which flow is averaged by its trust


Carry = Callable[[Singles, int], tuple[Singles, Singles]]
"""Carries (h, w) values of a frame to the one beside it; returns them with their (h, w) trust."""


@dataclass(frozen=True, eq=False)
class ClipFlow:
    """Optical flow between each frame and the next; all arrays have T − 1 entries.

    Attributes:
        forward: (T − 1, h, w, 2) float32 pixels (x, y): from each pixel of frame t to the same point of the
            scene in frame t + 1.
        backward: the same from frame t + 1 to t.
        forward_trust: (T − 1, h, w) float32 in [0, 1].
        backward_trust: the same for ``backward``.
    """

    forward: Singles
    backward: Singles
    forward_trust: Singles
    backward_trust: Singles

    def to_next(self, values: Singles, frame: int) -> tuple[Singles, Singles]:
        """Carries (h, w) values of ``frame`` to the next frame; returns them with their (h, w) trust."""
        return warped(values, self.backward[frame]), self.backward_trust[frame]

    def to_previous(self, values: Singles, frame: int) -> tuple[Singles, Singles]:
        """Carries (h, w) values of ``frame`` to the previous frame; returns them with their (h, w) trust."""
        return warped(values, self.forward[frame - 1]), self.forward_trust[frame - 1]

    def blend(self, values: Singles) -> Singles:
        """Averages (T, h, w) values with those carried from both neighbouring frames, weighted by trust."""
        total, weight = values.copy(), np.ones_like(values)
        for frame in range(len(values) - 1):
            for target, (carried, trust) in (
                (frame + 1, self.to_next(values[frame], frame)),
                (frame, self.to_previous(values[frame + 1], frame + 1)),
            ):
                total[target] += NEIGHBOUR_WEIGHT * trust * carried
                weight[target] += NEIGHBOUR_WEIGHT * trust
        blended: Singles = total / weight
        return blended

    def gather(self, values: Singles, weight: Singles) -> Singles:
        """Averages (T, h, w) values with those carried from all other frames, weighted by trust on the way.

        Args:
            values: of each pixel.
            weight: (T, h, w) float32, 0 where there is no value.
        """
        total, sure = values * weight, weight.copy()
        before, after = [(total[0], sure[0])], [(total[-1], sure[-1])]
        for frame in range(len(values) - 1):
            before.append(self._pass_on(before[-1], (total[frame + 1], sure[frame + 1]), frame, self.to_next))
        for frame in range(len(values) - 1, 0, -1):
            after.append(
                self._pass_on(after[-1], (total[frame - 1], sure[frame - 1]), frame, self.to_previous)
            )
        sums = [
            np.stack([one[k] for one in before]) + np.stack([one[k] for one in after[::-1]]) for k in (0, 1)
        ]
        gathered: Singles = (sums[0] - total) / np.maximum(sums[1] - sure, LEAST_TRUST)
        return gathered

    @staticmethod
    def _pass_on(
        gathered: tuple[Singles, Singles], own: tuple[Singles, Singles], frame: int, carry: Carry
    ) -> tuple[Singles, Singles]:
        """What is gathered up to a frame, and its weight, carried on and added to the next frame's own."""
        value, trust = carry(gathered[0], frame)
        weight, _ = carry(gathered[1], frame)
        return own[0] + PASSED_ON * trust * value, own[1] + PASSED_ON * trust * weight


def find_flow(clip: SmallClip) -> ClipFlow:
    """Measures the flow between all neighbouring frames.

    Trust falls with the `forward_backward_error`, and where the colours at both ends differ, as across a cut.
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


def forward_backward_error(forward: Singles, backward: Singles) -> Singles:
    """By how much a pixel misses its start when it follows both flows (H, W, 2) in turn.

    Returns:
        (H, W) float32, e² / (0.02 |v|² + 2) for a miss by e pixels along a flow v; 0 is none, 1 is usual.
    """
    squared = ((forward + warped(backward, forward)) ** 2).sum(axis=2)
    error: Singles = squared / (TOLERANCE_PER_MOTION * (forward**2).sum(axis=2) + TOLERANCE)
    return error


def _trust(forward: Singles, backward: Singles, lab: Singles, next_lab: Singles) -> Singles:
    """Trust (h, w) in the flow forward from a picture to the next, both (h, w, 3) Lab."""
    change = colour_distance(warped(next_lab, forward), lab) / COLOUR_CHANGE
    trust: Singles = np.exp(-forward_backward_error(forward, backward) - change**2)
    return trust


@dataclass(frozen=True, eq=False)
class PairFlow:
    """Optical flow from one picture to another.

    Attributes:
        motion: (H, W, 2) float32 pixels (x, y).
        trust: (H, W) float32, 0 to 1.
    """

    motion: Singles
    trust: Singles

    def at(self, points: Floats) -> tuple[Floats, Floats]:
        """The motion (P, 2) and trust (P,) at points (P, 2), which are (x, y) in pixels."""
        return sample(self.motion, points), sample(self.trust, points)


class FlowMeter:
    """Measures the flow between pairs of pictures; it is finer, and slower, than `find_flow`."""

    def __init__(self) -> None:
        self._search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def between(self, first: Bytes, second: Bytes, visible: Singles) -> PairFlow:
        """The flow from one picture to another, averaged over patches.

        Args:
            first: (H, W) uint8.
            second: (H, W) uint8.
            visible: (H, W) float32, 0 to 1, how much of the first picture's pixels is the subject; the rest
                is not trusted.
        """
        forward, backward = self._flow(first, second), self._flow(second, first)
        return _averaged(forward, visible * np.exp(-forward_backward_error(forward, backward)))

    def _flow(self, first: Bytes, second: Bytes) -> Singles:
        start = np.zeros((*first.shape, 2), np.float32)
        return np.asarray(self._search.calc(first, second, start), np.float32)


def _averaged(motion: Singles, trust: Singles) -> PairFlow:
    """Normalised convolution (Knutsson and Westin, 1993): a mean in which each pixel counts by its trust."""
    total = np.asarray(cv2.GaussianBlur(trust, (0, 0), PATCH_BLUR), np.float32)
    sums = np.asarray(cv2.GaussianBlur(motion * trust[..., None], (0, 0), PATCH_BLUR), np.float32)
    return PairFlow(np.asarray(sums / np.maximum(total, LEAST_TRUST)[..., None], np.float32), total)


class ClipMotion:
    """A clip with its optical flow, which is measured when it is first asked for.

    Args:
        rgb: (T, H, W, 3) uint8 sRGB.
    """

    def __init__(self, rgb: Bytes) -> None:
        self.rgb = rgb

    @cached_property
    def clip(self) -> SmallClip:
        """The clip at the size at which its flow is measured."""
        return shrink(self.rgb)

    @cached_property
    def flow(self) -> ClipFlow:
        """The flow between neighbouring frames, at that size."""
        return find_flow(self.clip)
