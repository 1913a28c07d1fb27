"""The caller's points on a mask: where they are, and whether it is what they say."""

from collections.abc import Iterable, Sequence
from math import pi

import cv2
import numpy as np

from actionmesh_wrapper.data.arrays import Bools

POINT_RADIUS = 0.012  # of the disc that a point marks, as a share of the picture's longer side
SPECK = 1.5  # areas of that disc; a part of a mask that is smaller is there for the point alone


def disc_at(x: float, y: float, height: int, width: int) -> Bools:
    """The disc (height, width) that a point marks, whose place is relative to the picture."""
    disc = np.zeros((height, width), np.uint8)
    radius = max(1, round(POINT_RADIUS * max(height, width)))
    cv2.circle(disc, (int(x * (width - 1)), int(y * (height - 1))), radius, 1, cv2.FILLED)
    return disc.astype(bool)


def points_doubt(first: Bools, points: Iterable[tuple[float, float, bool]]) -> str | None:
    """What speaks against the first frame's mask (h, w) by points on and off the subject; else None.

    Args:
        first: the mask.
        points: (x, y, is_subject), relative to the picture.

    Returns:
        Part of a sentence.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(first.astype(np.uint8))
    least = SPECK * pi * (POINT_RADIUS * max(first.shape)) ** 2
    found = first & (stats[:, cv2.CC_STAT_AREA] >= least)[labels]
    missed, covered = [], []
    for x, y, is_subject in points:
        at = found[disc_at(x, y, *first.shape)]
        if is_subject and not at.any():
            missed.append([round(x, 2), round(y, 2)])
        elif not is_subject and at.all():
            covered.append([round(x, 2), round(y, 2)])
    if missed:
        return f"nothing was found at {_listed(missed)}, which subject_points put on the subject"
    if covered:
        return f"it covers {_listed(covered)}, which subject_points put off it"
    return None


def _listed(places: Sequence[object]) -> str:
    """The first three."""
    return ", ".join(map(str, places[:3])) + (" and elsewhere" if len(places) > 3 else "")
