"""The caller's hints on the first frame, and a belief held to them from frame to frame."""

from dataclasses import dataclass

import cv2
import numpy as np
from scipy import ndimage

from actionmesh_wrapper.data.arrays import Bools, Singles
from actionmesh_wrapper.masking.classical.cut import CERTAIN, window_of
from actionmesh_wrapper.masking.classical.division import distance_to, divide, inner_edge, select_parts
from actionmesh_wrapper.masking.classical.salient import Salient
from actionmesh_wrapper.masking.doubt import percent
from actionmesh_wrapper.masking.points import disc_at
from actionmesh_wrapper.motion.clip import SmallClip
from actionmesh_wrapper.motion.colour import colour_bins, log_ratio
from actionmesh_wrapper.motion.flow import ClipFlow

CARRIED_BELIEF = 2.0  # in what flow alone carries along, and at least in what the hints point at
BOX_SLACK = 0.03  # how far the subject may reach out of the box, of the box's width or height
REACH = 0.05  # how far the subject may be from where flow carries it within one frame, of the longer side
POINT_REACHES = (0.15, 0.3, 1.0)  # of the windows about points that a network sees, of the longer side
LEAST_REMAINING = 0.5  # of the subject's area; with less belief where flow carries it, flow alone decides
SHOWN_BELIEF = 3.0  # at most, in what a frame shows by itself, beside what flow and colours say
LEAST_MOVING = 0.1  # of what a network sees of the subject; with less it rests, and motion does not count
MOST_LEAVING = 0.1  # of the box's outline may lie on what moves, else
LEAST_SHARED = 0.5  # of what moves and what a network sees must be both, for motion to count
LEAST_MOTION = -2.5  # belief: resting says less against a pixel than a network may say for it
LEAST_TRUST = 0.2  # in the flow of the subject; where it is less, the network looks at that frame, too
LEAST_LIKENESS = 0.3  # mean log ratio of a thing's colours, the subject's against the rest's
LEAST_FOUND = 0.3  # of the subject's area, that must stand out near it; else it is sought in the whole frame
MOST_LOOKS = 12  # of the network, from which on it looks where it would in any case, for the time they take
GROWTH = 2.0  # the weight of colours that are not the subject's, outside the shape that flow carries along
MOST_CUT = 0.04  # of the box's outline may lie on the subject's, which goes on outside it
MOST_FREE = 0.28  # of the box's width, or height, may be free on one side of the subject; hands draw loosely


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
            low, high = np.array(self.box[:2]), np.array(self.box[2:])
            slack = BOX_SLACK * (high - low)
            low, high = low - slack, high + slack
            allowed = (x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1])
        return allowed

    def discs(self, height: int, width: int, *, on_subject: bool) -> Bools:
        """A disc around each point on the subject, or around each off it, (height, width) bool."""
        discs = np.zeros((height, width), bool)
        for x, y, is_subject in self.points:
            if is_subject == on_subject:
                discs |= disc_at(x, y, height, width)
        return discs

    def change(self, belief: Singles) -> bool:
        """Whether they can change the belief (h, w) in the first frame: points off what was found do not."""
        return self.point_at or bool((belief > 0)[self.discs(*belief.shape, on_subject=False)].any())

    def doubt(self, first: Bools) -> str | None:
        """What speaks against the first frame's mask (h, w) by the box, as part of a sentence; else None."""
        if self.box is None or not first.any():
            return None
        edge = inner_edge(self.allowed(*first.shape))
        if (cut := (first & edge).sum() / max(1, edge.sum())) > MOST_CUT:
            return f"it goes on outside subject_box ({percent(cut)} of its edge lies on it)"
        x, y, width, height = cv2.boundingRect(first.astype(np.uint8))
        found = np.array([x, y, x + width, y + height]) / np.tile(first.shape[::-1], 2)
        x0, y0, x1, y1 = self.box
        free = (found - self.box) * (1, 1, -1, -1) / (x1 - x0, y1 - y0, x1 - x0, y1 - y0)
        if (most := float(free.max())) > MOST_FREE:
            return f"it leaves much of subject_box free ({percent(most)} on one side)"
        return None


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
            of one around where flow carries the subject; between the frames that it sees, flow carries it.
            Where nothing with the subject's colours stands out there, it is sought in the whole frame.

    Returns:
        (T, h, w) float32; −`CERTAIN` wherever the subject cannot be.
    """
    if not hints:
        return belief
    held, belief = np.empty_like(belief), belief.copy()
    said = np.zeros_like(belief[0])
    if look is not None:
        said = _first_look(hints, look, clip)
        belief = _motion_that_counts(belief, said > 0, hints.allowed(clip.height, clip.width))
        belief[0] += said
    held[0] = _first_frame(hints, clip, belief[0])
    others = (belief[0] > 0) & (held[0] <= 0)
    colours = _learn_colours(clip, held[0] > 0)
    reach = REACH * max(clip.height, clip.width)
    for frame in range(1, len(clip)):
        carried, trust = flow.to_next(np.clip(held[frame - 1], -CARRIED_BELIEF, CARRIED_BELIEF), frame - 1)
        subject = carried > 0
        if look is not None:
            may_look = look.looks < MOST_LOOKS
            if subject.any() and (frame in look.asked or (may_look and trust[subject].mean() < LEAST_TRUST)):
                said = look.within(frame, window_of(subject))
            else:
                said = flow.to_next(said, frame - 1)[0]
            near = (said > 0) & (distance_to(subject) <= reach)
            if may_look and _alike(near, colours[frame], subject) is None:
                everything = look.whole(frame)
                found = _alike(everything > 0, colours[frame], held[0] > 0)
                if found is not None:  # elsewhere, where flow does not lead to
                    said, subject, trust = everything, found, np.ones_like(trust)
                    carried = np.where(found, CARRIED_BELIEF, -CARRIED_BELIEF)
            belief[frame] += said
        shown = np.clip(belief[frame], -SHOWN_BELIEF, SHOWN_BELIEF)
        shown += trust * carried + np.where(subject, colours[frame], GROWTH * np.minimum(colours[frame], 0))
        belief[frame] = np.clip(shown, -SHOWN_BELIEF, SHOWN_BELIEF)
        to_subject = distance_to(subject)
        to_others = distance_to(flow.to_next(others.astype(np.float32), frame - 1)[0] > 0.5)
        near = (to_subject <= reach) & (to_subject <= to_others)
        if (near & (belief[frame] > 0)).sum() < LEAST_REMAINING * subject.sum():
            held[frame] = carried
        else:
            held[frame] = np.where(near, belief[frame], -CERTAIN)
        others = (belief[frame] > 0) & (held[frame] <= 0) & (to_others < to_subject)
    return held


def _motion_that_counts(moving: Singles, meant: Bools, allowed: Bools) -> Singles:
    """The belief (T, h, w) in what moves, or none where it is not about what is meant.

    Args:
        moving: (T, h, w) float32.
        meant: (h, w) what a network sees in the first frame.
        allowed: (h, w) where the subject may be.

    Returns:
        Where the subject rests, or what moves goes on outside the box and is something else, 0. Else the
        belief, which may say little against what the network sees: parts of a subject rest.
    """
    moves, meant = (moving[0] > 0) & allowed, meant & allowed
    both, edge = (moves & meant).sum(), inner_edge(allowed)
    goes_on = (moves & edge).sum() > MOST_LEAVING * edge.sum()
    if both < LEAST_MOVING * meant.sum() or (goes_on and both < LEAST_SHARED * (moves | meant).sum()):
        return np.zeros_like(moving)
    return np.maximum(moving, LEAST_MOTION)


def _alike(parts: Bools, colours: Singles, subject: Bools) -> Bools | None:
    """The largest part (h, w) that has the subject's colours (h, w); None if it is much smaller."""
    labels, count = ndimage.label(parts)
    area = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    area[np.asarray(ndimage.mean(colours, labels, np.arange(1, count + 1))) <= LEAST_LIKENESS] = 0
    return labels == 1 + area.argmax() if area.max(initial=0) > LEAST_FOUND * subject.sum() else None


def _learn_colours(clip: SmallClip, subject: Bools) -> Singles:
    """How far each pixel's colour (T, h, w) is the subject's (h, w) in the first frame, not the rest's."""
    bins = colour_bins(clip.lab)
    first = np.zeros(bins.shape, np.float32)
    first[0] = 1
    return log_ratio(bins, first * subject, first * ~subject)


def _first_look(hints: Hints, look: Salient, clip: SmallClip) -> Singles:
    """What a network says (h, w) of the box; else of the least window in which all points are on one thing.

    A thing that the window cuts is not whole: a larger window is tried, and the last kept that shows them.
    """
    if hints.box is not None:
        return look.within(0, window_of(hints.allowed(clip.height, clip.width)))
    wanted = hints.discs(clip.height, clip.width, on_subject=True)
    best = np.zeros(wanted.shape, np.float32)
    for reach in POINT_REACHES:
        window = window_of(wanted, reach * max(clip.height, clip.width))
        said = look.within(0, window)
        if (said[wanted] > 0).mean() <= 0.5:
            continue
        best = said
        parts, _ = ndimage.label(said > 0)
        seen = np.zeros_like(wanted)
        seen[window] = True
        if not np.isin(parts[inner_edge(seen)], parts[wanted & (said > 0)]).any():
            break
    return best


def _first_frame(hints: Hints, clip: SmallClip, belief: Singles) -> Singles:
    """The belief (h, w) in the first frame, restricted to what the hints point at."""
    allowed = hints.allowed(*belief.shape)
    wanted, unwanted = (hints.discs(*belief.shape, on_subject=on) for on in (True, False))
    shown = (belief > 0) | wanted
    cut_off = shown & ~allowed
    subject = shown & allowed & ~unwanted
    subject = select_parts(subject, cut_off, wanted, unwanted, boxed=hints.box is not None)
    others = cut_off | (unwanted & shown)
    subject = divide(clip.rgb[0], clip.lab[0], subject, others, wanted) | wanted
    held = np.where(belief > 0, np.where(subject, np.maximum(belief, CARRIED_BELIEF), -CERTAIN), belief)
    certain = [np.full_like(held, CERTAIN), held]
    return np.select([wanted, allowed & ~unwanted], certain, -CERTAIN).astype(np.float32)
