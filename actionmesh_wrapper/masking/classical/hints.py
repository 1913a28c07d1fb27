"""The caller's hints on the first frame, and a belief held to them from frame to frame."""

from dataclasses import dataclass

import cv2
import numpy as np
from scipy import ndimage

from actionmesh_wrapper.data.arrays import Bools, Singles
from actionmesh_wrapper.masking.classical.cut import CERTAIN, window_of
from actionmesh_wrapper.masking.classical.salient import Salient
from actionmesh_wrapper.motion.clip import SmallClip
from actionmesh_wrapper.motion.flow import ClipFlow

CARRIED_BELIEF = 2.0  # in what flow alone carries along, and at least in what the hints point at
POINT_RADIUS = 0.012  # of the disc that a point marks, as a share of the picture's longer side
BOX_SLACK = 0.02  # how far the subject may reach out of the box, of the longer side
REACH = 0.05  # how far the subject may be from where flow carries it within one frame, of the longer side
POINT_REACHES = (0.15, 0.3, 1.0)  # of the windows about points that a network sees, of the longer side
LEAST_REMAINING = 0.5  # of the subject's area; with less belief where flow carries it, flow alone decides


@dataclass(frozen=True)
class Hints:
    """What the caller says about the first frame.

    Attributes:
        box: (x0, y0, x1, y1) relative to the picture, around the subject, or None.
        points: (x, y, is_subject), relative; may be empty.
    """

    box: tuple[float, float, float, float] | None
    points: tuple[tuple[float, float, bool], ...]

    def __bool__(self) -> bool:
        return self.box is not None or bool(self.points)

    @property
    def point_at(self) -> bool:
        """Whether they say where the subject is, and not only where it is not."""
        return self.box is not None or any(is_subject for _, _, is_subject in self.points)

    def allowed(self, height: int, width: int) -> Bools:
        """Where the subject may be (height, width): in the box with some slack, or anywhere without a box."""
        allowed = np.ones((height, width), bool)
        if self.box is not None:
            x, y = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
            slack = BOX_SLACK * max(height, width) / np.array([width, height])
            low, high = np.array(self.box[:2]) - slack, np.array(self.box[2:]) + slack
            allowed = (x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1])
        return allowed

    def discs(self, height: int, width: int, *, on_subject: bool) -> Bools:
        """A disc around each point on the subject, or around each off it, (height, width) bool."""
        discs = np.zeros((height, width), np.uint8)
        radius = max(1, round(POINT_RADIUS * max(height, width)))
        for x, y, is_subject in self.points:
            if is_subject == on_subject:
                cv2.circle(discs, (int(x * (width - 1)), int(y * (height - 1))), radius, 1, cv2.FILLED)
        return discs.astype(bool)


def follow(
    hints: Hints,
    clip: SmallClip,
    flow: ClipFlow,
    belief: Singles,
    *,
    look: Salient | None = None,
) -> Singles:
    """Restricts a belief to the object that the hints point at, from the first frame on.

    Args:
        hints: may be empty; then the belief is returned as it is.
        clip: T frames.
        flow: between them.
        belief: (T, h, w) float32, positive on everything that may be the subject.
        look: what a network says of a window is added to the belief: in the first frame of the hints', then
            of one around where flow carries the subject.

    Returns:
        (T, h, w) float32; −`CERTAIN` wherever the subject cannot be.
    """
    if not hints:
        return belief
    held, belief = np.empty_like(belief), belief.copy()
    if look is not None:
        belief[0] += _first_look(hints, look, clip)
    held[0] = _first_frame(hints, belief[0])
    subject = held[0] > 0
    others = (belief[0] > 0) & ~subject
    reach = REACH * max(clip.height, clip.width)
    for frame in range(1, len(clip)):
        carried, _ = flow.to_next(subject.astype(np.float32), frame - 1)
        if look is not None and (carried > 0.5).any():
            belief[frame] += look.within(frame, window_of(carried > 0.5))
        to_subject = _distance_to(carried > 0.5)
        to_others = _distance_to(flow.to_next(others.astype(np.float32), frame - 1)[0] > 0.5)
        near = (to_subject <= reach) & (to_subject <= to_others)
        if (near & (belief[frame] > 0)).sum() < LEAST_REMAINING * (carried > 0.5).sum():
            held[frame] = CARRIED_BELIEF * (2 * carried - 1)
        else:
            held[frame] = np.where(near, belief[frame], -CERTAIN)
        subject = held[frame] > 0
        others = (belief[frame] > 0) & ~subject & (to_others < to_subject)
    return held


def _first_look(hints: Hints, look: Salient, clip: SmallClip) -> Singles:
    """What a network says (h, w) of the box; else of the least window in which all points are on one thing.

    A thing that the window cuts is not whole: a larger window is tried.
    """
    if hints.box is not None:
        return look.within(0, window_of(hints.allowed(clip.height, clip.width)))
    wanted = hints.discs(clip.height, clip.width, on_subject=True)
    for reach in POINT_REACHES:
        window = window_of(wanted, reach * max(clip.height, clip.width))
        said = look.within(0, window)
        parts, _ = ndimage.label(said > 0)
        cut = np.zeros_like(wanted)
        cut[window] = True
        cut &= ~ndimage.binary_erosion(cut, border_value=1)
        if (said[wanted] > 0).mean() > 0.5 and not np.isin(parts[cut], parts[wanted & (said > 0)]).any():
            break
    return said


def _first_frame(hints: Hints, belief: Singles) -> Singles:
    """The belief (h, w) in the first frame, restricted to what the hints point at."""
    allowed = hints.allowed(*belief.shape)
    wanted, unwanted = (hints.discs(*belief.shape, on_subject=on) for on in (True, False))
    subject = _select_parts((belief > 0) & allowed, wanted, unwanted, all_others=hints.box is not None)
    held = np.where(belief > 0, np.where(subject, np.maximum(belief, CARRIED_BELIEF), -CERTAIN), belief)
    certain = [np.full_like(held, CERTAIN), held]
    return np.select([wanted, allowed & ~unwanted], certain, -CERTAIN).astype(np.float32)


def _distance_to(mask: Bools) -> Singles:
    """The distance (h, w) to the nearest pixel of a mask, in pixels; infinite if the mask is empty."""
    if not mask.any():
        return np.full(mask.shape, np.inf, np.float32)
    return np.asarray(cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5), np.float32)


def _select_parts(subject: Bools, wanted: Bools, unwanted: Bools, *, all_others: bool) -> Bools:
    """The parts of a mask that the points ask for, (h, w) bool.

    A part with points on and off the subject is divided: each pixel goes with the nearest point. A part
    without points stays if ``all_others`` is set, or if there are no points on the subject.
    """
    parts, count = ndimage.label(subject | wanted)
    with_wanted, with_unwanted = (
        np.isin(np.arange(count + 1), parts[points]) for points in (wanted, unwanted)
    )
    all_others = all_others or not wanted.any()
    stays = with_wanted | (~with_unwanted & all_others)
    stays[0] = False  # the background
    divided = (with_wanted & with_unwanted)[parts]
    if not divided.any():
        return stays[parts]
    nearer = _distance_to(wanted) <= _distance_to(unwanted)
    return stays[parts] & (nearer | ~divided)
