"""A point on the subject, for SAM 2 to start from where the caller names none."""

from dataclasses import dataclass

import cv2
import numpy as np

from actionmesh_wrapper.data.arrays import Bools, Bytes
from actionmesh_wrapper.masking.classical.moving import moving_belief
from actionmesh_wrapper.masking.shapes import MOST_SHARE
from actionmesh_wrapper.masking.source import OPAQUE
from actionmesh_wrapper.motion.flow import ClipMotion


@dataclass(frozen=True)
class Start:
    """A point on the first frame.

    Attributes:
        x, y: 0 to 1 from the top left.
        what: what the point lies in, as part of a sentence.
    """

    x: float
    y: float
    what: str


def find_start(motion: ClipMotion, masks: Bytes | None = None) -> Start:
    """The point deepest in what moves against the background, else in RMBG's masks, else the middle.

    Args:
        motion: of the clip.
        masks: (T, H, W) uint8 of RMBG, if there are any. Of these the first is used that shows something, and
            not everything.
    """
    moving = _moving_part(motion)
    if moving is not None:
        return Start(*deepest_point(moving), "the moving part")
    for mask in masks if masks is not None else ():
        if 0 < (mask >= OPAQUE).mean() <= MOST_SHARE:
            return Start(*deepest_point(mask >= OPAQUE), "RMBG's mask")
    return Start(0.5, 0.5, "the middle of the picture")


def _moving_part(motion: ClipMotion) -> Bools | None:
    """(h, w) bool: what moves in the first frame, or None."""
    belief = moving_belief(motion.clip, motion.flow) if len(motion.clip) > 1 else None
    return belief[0] > 0 if belief is not None and (belief[0] > 0).any() else None


def deepest_point(mask: Bools) -> tuple[float, float]:
    """The point (x, y), 0 to 1, of an (H, W) mask that is farthest from its edge and the picture's."""
    depth = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    row, column = np.unravel_index(depth[1:-1, 1:-1].argmax(), mask.shape)
    return (int(column) + 0.5) / mask.shape[1], (int(row) + 0.5) / mask.shape[0]
