"""Frames whose mask is lost: the nearest good mask stands in for a few; many end the job."""

import cv2
import numpy as np

from actionmesh_wrapper.engines.arrays import Bools, Bytes
from actionmesh_wrapper.engines.masking.shapes import nearest_good, numbers, warn_of_replaced
from actionmesh_wrapper.engines.masking.source import OPAQUE
from actionmesh_wrapper.errors import SubjectNotFound
from actionmesh_wrapper.notice import Warn

MOST_SHARE = 0.99  # of the picture; a mask with more has found no background
LEAST_OF_CROP = 0.01  # of the box around all masks; a mask with less shows too little of the subject
MARGIN = 0.05  # of that box's longer side, on each side of it, where the picture goes on


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
        raise SubjectNotFound(_nothing_left(full, empty))
    good = ~(full | empty)
    good[good] = share[good] >= LEAST_OF_CROP * _crop_share(masks[good])
    usable = nearest_good(good)
    warn_of_replaced(usable, "there the nearest good frame's mask was taken", warn)
    return masks if good.all() else masks[usable]


def _crop_share(masks: Bytes) -> float:
    """The share of the picture of a box around all (T, H, W) masks, with a margin."""
    rows, columns = masks.shape[1:]
    _, _, width, height = cv2.boundingRect(masks.max(axis=0))
    margin = MARGIN * max(width, height) + 1
    return float(min(1.0, (height + 2 * margin) / rows) * min(1.0, (width + 2 * margin) / columns))


def _nothing_left(full: Bools, empty: Bools) -> str:
    """What to tell of (T,) bool frames that are all either."""
    if empty.all():
        found = f"No subject was found in any of {len(empty)} frames"
    elif full.all():
        found = f"Nothing but subject was found in all {len(full)} frames"
    else:
        found = (
            f"No subject was found in frames {numbers(np.flatnonzero(empty))} (counted from 0), and nothing "
            "but subject in the others"
        )
    return f"{found}. A subject_box around it in the first frame helps."
