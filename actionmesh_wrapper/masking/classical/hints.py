"""The caller's hints on the first frame: what they leave of a belief, and how that follows the subject."""

from dataclasses import dataclass

import cv2
import numpy as np
from scipy import ndimage

from actionmesh_wrapper.data.arrays import Bools, Singles
from actionmesh_wrapper.masking.classical.cut import cut_free
from actionmesh_wrapper.motion.clip import SmallClip
from actionmesh_wrapper.motion.flow import ClipFlow

SURE = 9.0  # beyond what any evidence says
DISC = 0.012  # radius of what a point vouches for, as a share of the longer side
SLACK = 0.02  # how far the subject may stick out of the box, likewise
REACH = 0.05  # how far the subject may get from where flow carries it within one frame, likewise
FILLED = 0.2  # of the box; with less of it taken for the subject, it is searched by colour
BRIM = 0.95  # of the box; colour that fills more has found nothing
CARRIED = 2.0  # belief in what flow alone brings along, or colour alone finds
LOST = 0.5  # of the subject's area; with less found where it should be, flow alone says where it is


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

    def room(self, height: int, width: int) -> Bools:
        """(height, width) bool: the box with some slack, or all without one."""
        room = np.ones((height, width), bool)
        if self.box is not None:
            x, y = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
            slack = SLACK * max(height, width) / np.array([width, height])
            low, high = np.array(self.box[:2]) - slack, np.array(self.box[2:]) + slack
            room = (x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1])
        return room

    def discs(self, height: int, width: int, *, on_subject: bool) -> Bools:
        """(height, width) bool: what the points on the subject, or those off it, vouch for."""
        discs = np.zeros((height, width), np.uint8)
        radius = max(1, round(DISC * max(height, width)))
        for x, y, is_subject in self.points:
            if is_subject == on_subject:
                cv2.circle(discs, (int(x * (width - 1)), int(y * (height - 1))), radius, 1, cv2.FILLED)
        return discs.astype(bool)


def follow(hints: Hints, clip: SmallClip, flow: ClipFlow, belief: Singles) -> Singles:
    """Holds a belief to what the hints point at, from the first frame on.

    Args:
        hints: may be empty; then the belief is returned as it is.
        clip: T frames.
        flow: between them.
        belief: (T, h, w) float32, positive on all that might be the subject.

    Returns:
        (T, h, w) float32; −`SURE` wherever the subject cannot be.
    """
    if not hints:
        return belief
    held = np.empty_like(belief)
    held[0] = _first(hints, clip, belief[0])
    subject = held[0] > 0
    others = (belief[0] > 0) & ~subject
    reach = REACH * max(clip.height, clip.width)
    for frame in range(1, len(clip)):
        carried, _ = flow.to_next(subject.astype(np.float32), frame - 1)
        to_subject = _distance_to(carried > 0.5)
        to_others = _distance_to(flow.to_next(others.astype(np.float32), frame - 1)[0] > 0.5)
        near = (to_subject <= reach) & (to_subject <= to_others)
        if (near & (belief[frame] > 0)).sum() < LOST * (carried > 0.5).sum():
            held[frame] = CARRIED * (2 * carried - 1)
        else:
            held[frame] = np.where(near, belief[frame], -SURE)
        subject = held[frame] > 0
        others = (belief[frame] > 0) & ~subject & (to_others < to_subject)
    return held


def _first(hints: Hints, clip: SmallClip, belief: Singles) -> Singles:
    """(h, w) belief of the first frame under the hints."""
    room = hints.room(clip.height, clip.width)
    wanted = hints.discs(clip.height, clip.width, on_subject=True)
    unwanted = hints.discs(clip.height, clip.width, on_subject=False)
    subject = _asked_for((belief > 0) & room, wanted, unwanted, all_others=hints.box is not None)
    room &= ~unwanted
    subject &= room | wanted
    too_little = hints.box is not None and subject.sum() < FILLED * room.sum()
    if too_little or not (belief[wanted] > 0).all():
        by_colour = cut_free(clip.rgb[0], room, wanted)
        if wanted.any() or by_colour.sum() < BRIM * room.sum():
            subject |= by_colour
    held = np.where(belief > 0, -SURE, belief)
    held = np.where(subject, np.maximum(belief, CARRIED), held)
    return np.select([wanted, room], [np.full_like(held, SURE), held], -SURE).astype(np.float32)


def _distance_to(mask: Bools) -> Singles:
    """(h, w) pixels from the nearest pixel of a mask, infinite without any."""
    if not mask.any():
        return np.full(mask.shape, np.inf, np.float32)
    return np.asarray(cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5), np.float32)


def _asked_for(subject: Bools, wanted: Bools, unwanted: Bools, *, all_others: bool) -> Bools:
    """(h, w) bool: what of a mask the points ask for.

    A part with points on and off the subject is shared out: each pixel goes with the nearest. A part without
    points stays if ``all_others``, or if there are none on the subject.
    """
    parts, count = ndimage.label(subject | wanted)
    with_yes, with_no = (np.isin(np.arange(count + 1), parts[points]) for points in (wanted, unwanted))
    all_others = all_others or not wanted.any()
    stays = with_yes | (~with_no & all_others)
    stays[0] = False  # what is no part
    shared = (with_yes & with_no)[parts]
    if not shared.any():
        return stays[parts]
    nearer = _distance_to(wanted) <= _distance_to(unwanted)
    return stays[parts] & (nearer | ~shared)
