"""Snaps a mask to the picture's edges and leaves it tidy."""

from dataclasses import dataclass

import cv2
import numpy as np

from actionmesh_wrapper.data.arrays import Bools, Bytes, Singles
from actionmesh_wrapper.masking.shapes import subject_parts, without_holes

MARGIN = 0.15  # of the subject's size: how much around it teaches the surroundings' colours
MIN_PART = 0.08  # of the largest part; smaller ones are crumbs
FREE_ROUNDS = 5  # of GrabCut where colour alone decides


@dataclass(frozen=True)
class Cut:
    """What GrabCut may change of a belief.

    Attributes:
        band: pixels; nearer than this to the outline a pixel is in doubt.
        unsure: so is one whose belief is smaller than this.
        rounds: of GrabCut.
    """

    band: float
    unsure: float
    rounds: int


PLAIN_CUT = Cut(band=2.5, unsure=0.3, rounds=1)  # a plain backdrop leaves little doubt
TEXTURED_CUT = Cut(band=4.5, unsure=0.5, rounds=2)


def snap(rgb: Bytes, belief: Singles, cut: Cut) -> Bools:
    """Moves an outline to the picture's edges with GrabCut (Rother et al., 2004).

    Args:
        rgb: (h, w, 3) uint8.
        belief: (h, w) float32, positive on the subject.
        cut: what may change.

    Returns:
        (h, w) bool.
    """
    subject = belief > 0
    if not subject.any() or subject.all():
        return subject
    inside, outside = (
        cv2.distanceTransform(side.astype(np.uint8), cv2.DIST_L2, 5) for side in (subject, ~subject)
    )
    doubt = (inside + outside <= cut.band) | (np.abs(belief) < cut.unsure)
    labels = np.where(doubt, cv2.GC_PR_BGD, cv2.GC_BGD) + subject
    window = _window(subject)
    snapped = np.zeros_like(subject)
    snapped[window] = _grab_cut(rgb[window], labels[window].astype(np.uint8), cut.rounds)
    return snapped


def cut_free(rgb: Bytes, room: Bools, wanted: Bools) -> Bools:
    """Finds a subject by colour alone: somewhere in (h, w) ``room``, and surely at ``wanted``."""
    labels = np.where(room, cv2.GC_PR_FGD, cv2.GC_BGD)
    labels[wanted] = cv2.GC_FGD
    return _grab_cut(rgb, labels.astype(np.uint8), FREE_ROUNDS)


def tidy(mask: Bools) -> Bools:
    """Keeps the largest part of an (h, w) mask and those not much smaller; closes pinholes."""
    return without_holes(subject_parts(mask, MIN_PART), connectivity=4)


def _grab_cut(rgb: Bytes, labels: Bytes, rounds: int) -> Bools:
    """(h, w) bool; the labels' own answer where they leave GrabCut nothing to learn a side from."""
    if len(np.unique(labels & 1)) == 2:
        cv2.setRNGSeed(0)  # GrabCut starts its colour clusters at random
        surroundings, subject = np.zeros((1, 65)), np.zeros((1, 65))  # its colour models, which it fills
        picture = np.ascontiguousarray(rgb)
        cv2.grabCut(picture, labels, (0, 0, 0, 0), surroundings, subject, rounds, cv2.GC_INIT_WITH_MASK)
    cut: Bools = (labels & 1) == 1
    return cut


def _window(subject: Bools) -> tuple[slice, slice]:
    """The subject's bounds with a margin."""
    spans = [np.flatnonzero(subject.any(axis=axis)) for axis in (1, 0)]
    margin = round(MARGIN * max(np.ptp(span) for span in spans)) + 8
    rows, columns = (slice(max(0, int(span[0]) - margin), int(span[-1]) + margin + 1) for span in spans)
    return rows, columns
