"""Snaps a mask to the picture's edges, and removes specks and pinholes.

Source: Rother et al., "GrabCut" (2004), as OpenCV has it.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from actionmesh_wrapper.data.arrays import Bools, Bytes, Singles
from actionmesh_wrapper.masking.shapes import subject_parts, without_holes

MARGIN = 0.15  # of the subject's size: the strip around it from which the surroundings' colours are learned
MIN_PART_SHARE = 0.08  # of the largest part's area; smaller parts are specks
CERTAIN = 9.0  # belief, more than any evidence beside a caller's hints gives


@dataclass(frozen=True)
class Cut:
    """How far GrabCut may change a belief.

    Attributes:
        band: pixels; a pixel nearer to the outline than this may change,
        sure: if its belief is smaller than this. Thin legs lie in the band as a whole, and GrabCut eats them.
        unsure: and so may a pixel whose belief is smaller than this.
        rounds: of GrabCut.
    """

    band: float
    sure: float
    unsure: float
    rounds: int


PLAIN_CUT = Cut(band=2.5, sure=CERTAIN, unsure=0.3, rounds=1)  # a plain backdrop leaves little doubt
TEXTURED_CUT = Cut(band=4.5, sure=2.0, unsure=0.5, rounds=2)


def snap_to_edges(rgb: Bytes, belief: Singles, cut: Cut) -> Bools:
    """Moves an outline to the picture's edges with GrabCut.

    Args:
        rgb: (h, w, 3) uint8.
        belief: (h, w) float32, positive on the subject.
        cut: how far it may move.

    Returns:
        (h, w) bool.
    """
    subject = belief > 0
    if not subject.any() or subject.all():
        return subject
    inside, outside = (
        cv2.distanceTransform(side.astype(np.uint8), cv2.DIST_L2, 5) for side in (subject, ~subject)
    )
    strength = np.abs(belief)
    doubt = ((inside + outside <= cut.band) & (strength < cut.sure)) | (strength < cut.unsure)
    labels = np.where(doubt, cv2.GC_PR_BGD, cv2.GC_BGD) + subject
    window = window_of(subject)
    snapped = np.zeros_like(subject)
    snapped[window] = grab_cut(rgb[window], labels[window].astype(np.uint8), cut.rounds)
    return snapped


def tidy(mask: Bools) -> Bools:
    """Keeps the large parts of an (h, w) mask, and closes pinholes."""
    return without_holes(subject_parts(mask, MIN_PART_SHARE), connectivity=4)


def grab_cut(rgb: Bytes, labels: Bytes, rounds: int) -> Bools:
    """The subject (h, w) bool; as the labels have it if they leave GrabCut no pixels of one side to learn."""
    if len(np.unique(labels & 1)) == 2:
        cv2.setRNGSeed(0)  # GrabCut starts its colour clusters at random
        surroundings, subject = np.zeros((1, 65)), np.zeros((1, 65))  # its colour models, which it fills
        picture = np.ascontiguousarray(rgb)
        cv2.grabCut(picture, labels, (0, 0, 0, 0), surroundings, subject, rounds, cv2.GC_INIT_WITH_MASK)
    cut: Bools = (labels & 1) == 1
    return cut


def window_of(subject: Bools, margin: float | None = None) -> tuple[slice, slice]:
    """The rows and columns of the subject's bounding box, with a margin in pixels, of its size if None."""
    spans = [np.flatnonzero(subject.any(axis=axis)) for axis in (1, 0)]
    add = round(MARGIN * max(np.ptp(span) for span in spans) if margin is None else margin) + 8
    rows, columns = (slice(max(0, int(span[0]) - add), int(span[-1]) + add + 1) for span in spans)
    return rows, columns
