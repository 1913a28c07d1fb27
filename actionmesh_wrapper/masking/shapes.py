"""Masks as shapes: cleaning, comparing, and replacing those that lost the subject."""

import cv2
import numpy as np

from actionmesh_wrapper.data.arrays import Bools, Bytes, Floats, Ints
from actionmesh_wrapper.data.progress import Notice, Warn
from actionmesh_wrapper.errors import SubjectNotFound
from actionmesh_wrapper.masking.source import OPAQUE

BORDER_SHARE = 0.03  # of the shorter side, the width of the border in which the background is sought
EDGE_BLUR = 1.2  # pixels (sigma); smooths the steps of a mask's edge
PART_SHARE = 0.12  # of the largest part's area; smaller parts are specks
HOLE_SHARE = 0.0008  # of the picture's area; smaller holes are noise
BAD_SHARE = 0.1  # of the median area; a mask with less has lost the subject
BAD_FRAMES = 0.25  # of all frames; with more there is nothing to track
MOST_SHARE = 0.99  # of the picture; a mask that covers more has found no background
LEAST_OF_CROP = 0.01  # of the box around all masks; a mask that covers less shows too little of the subject
MARGIN = 0.05  # of that box's longer side, added on each side of it


def shared(some: Bools, others: Bools) -> Floats:
    """Intersection over union (T,) of masks (T, H, W) with others, frame by frame; 0 where both are empty."""
    both, either = (some & others).sum(axis=(1, 2)), (some | others).sum(axis=(1, 2))
    overlap: Floats = both / np.maximum(1, either)
    return overlap


def subject_parts(mask: Bools, share: float = PART_SHARE) -> Bools:
    """A mask (H, W) without its specks: parts of at least that share of the largest one's area."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if count <= 2:  # background and at most one part
        return mask
    areas = stats[:, cv2.CC_STAT_AREA]
    keeps = areas >= share * areas[1:].max()
    keeps[0] = False
    kept: Bools = keeps[labels]
    return kept


def largest_part(mask: Bools) -> Bools:
    """A mask (H, W) reduced to its largest part."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if count <= 2:
        return mask
    largest: Bools = labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    return largest


def without_holes(mask: Bools, connectivity: int = 8) -> Bools:
    """A mask (H, W) without its pinholes: background parts of less than `HOLE_SHARE` of the picture.

    Args:
        mask: the mask.
        connectivity: 8 if background that touches at corners is one part, 4 if it is not.
    """
    background = (~mask).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(background, connectivity=connectivity)
    small = stats[:, cv2.CC_STAT_AREA] < HOLE_SHARE * mask.size
    small[0] = False  # label 0 is the mask itself
    filled: Bools = mask | small[labels]
    return filled


def clean(alpha: Bytes) -> Bools:
    """Makes a shape of a soft mask: smooth edge, no specks, no pinholes, nothing on the border.

    Args:
        alpha: (H, W) uint8, 255 on the subject.

    Returns:
        (H, W) bool.
    """
    mask: Bools = cv2.GaussianBlur(alpha.astype(np.float32), (0, 0), EDGE_BLUR) >= 127.5
    mask = without_holes(subject_parts(mask))
    mask[[0, -1], :] = False
    mask[:, [0, -1]] = False
    return mask


def ring(height: int, width: int) -> Bools:
    """The pixels along the picture's border, (height, width) bool."""
    edge = border_width(height, width)
    on_ring = np.ones((height, width), bool)
    on_ring[edge:-edge, edge:-edge] = False
    return on_ring


def border_width(height: int, width: int) -> int:
    """The width in pixels of the strip along the border in which the background is sought."""
    return max(2, round(BORDER_SHARE * min(height, width)))


def usable_frames(areas: Ints) -> Ints:
    """For each frame the frame to use in its place: itself, or the nearest good one where it is bad.

    Args:
        areas: (T,) the masks' areas, pixels; with less than `BAD_SHARE` of the median one is bad.

    Raises:
        SubjectNotFound: if no mask shows anything, or too many are bad.
    """
    if not areas.any():
        raise SubjectNotFound(
            "No subject was found in the video. Try subject_box, or a video with a plain background."
        )
    least = BAD_SHARE * float(np.median(areas[areas > 0]))
    return nearest_good(areas >= max(1.0, least))


def nearest_good(good: Bools) -> Ints:
    """For each of T frames the nearest that is good; the earlier of two.

    Args:
        good: (T,) bool, at least one of them True.

    Raises:
        SubjectNotFound: if more than `BAD_FRAMES` of them are bad.
    """
    count, lost = len(good), np.flatnonzero(~good)
    if lost.size > BAD_FRAMES * count:
        raise SubjectNotFound(
            f"The subject was lost in {lost.size} of {count} frames ({numbers(lost)}, counted from 0). Try a "
            "part of the video in which it stays in the picture (start_s, end_s), or subject_box."
        )
    good_frames = np.flatnonzero(good)
    gaps = np.abs(np.arange(count)[:, None] - good_frames[None, :])
    usable: Ints = good_frames[gaps.argmin(axis=1)]
    return usable


def replace_lost(masks: Bytes, warn: Warn) -> Bytes:
    """Puts the nearest good mask in the place of each lost one.

    Args:
        masks: (T, H, W) uint8.
        warn: takes a ``MASK_FRAMES_REPLACED`` notice.

    Returns:
        The same masks where none is lost.

    Raises:
        SubjectNotFound: if none is good, or more than a quarter are lost.
    """
    subject = masks >= OPAQUE
    share = subject.mean(axis=(1, 2))
    full, empty = share > MOST_SHARE, share == 0
    if (full | empty).all():
        raise SubjectNotFound(_no_subject_message(full, empty))
    good = ~(full | empty)
    good[good] = share[good] >= LEAST_OF_CROP * _crop_share(masks[good])
    usable = nearest_good(good)
    warn_of_lost(good, "there the nearest good frame's mask was taken", warn)
    return masks if good.all() else masks[usable]


def _crop_share(masks: Bytes) -> float:
    """The share of the picture of a box around all (T, H, W) masks, with a margin."""
    rows, columns = masks.shape[1:]
    _, _, width, height = cv2.boundingRect(masks.max(axis=0))
    margin = MARGIN * max(width, height) + 1
    return float(min(1.0, (height + 2 * margin) / rows) * min(1.0, (width + 2 * margin) / columns))


def _no_subject_message(full: Bools, empty: Bools) -> str:
    """The message where every mask is full or empty, (T,) bool each."""
    if empty.all():
        problem = f"No subject was found in any of {len(empty)} frames"
    elif full.all():
        problem = f"Nothing but subject was found in all {len(full)} frames"
    else:
        problem = (
            f"No subject was found in frames {numbers(np.flatnonzero(empty))} (counted from 0), and nothing "
            "but subject in the others"
        )
    return f"{problem}. A subject_box around it in the first frame helps."


def warn_of_lost(good: Bools, what_then: str, warn: Warn) -> None:
    """Warns of frames whose masks are not used.

    Args:
        good: (T,) which are.
        what_then: what was done instead, as the end of a sentence.
        warn: takes a ``MASK_FRAMES_REPLACED`` notice.
    """
    lost = np.flatnonzero(~good)
    if lost.size:
        which = (
            f"The masks of {lost.size} of {len(good)} frames ({numbers(lost)}, counted from 0) are not usable"
        )
        warn(Notice("MASK_FRAMES_REPLACED", f"{which}; {what_then}."))


def numbers(frames: Ints) -> str:
    """Frames' numbers as text: ``"3, 4, 7"``."""
    return ", ".join(str(frame) for frame in frames)
