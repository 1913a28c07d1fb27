"""What of a picture is the subject that the caller points at, and what is another thing that touches it."""

import cv2
import numpy as np
from scipy import ndimage
from scipy.special import expit

from actionmesh_wrapper.data.arrays import Bools, Bytes, Singles
from actionmesh_wrapper.masking.classical.cut import grab_cut, window_of
from actionmesh_wrapper.masking.classical.moving import guided
from actionmesh_wrapper.motion.colour import colour_bins, log_ratio

PRIOR = 0.85  # belief that a pixel is with what the hints put it to, before colours are compared
ROUNDS = 4  # of learning colours, and of GrabCut
SURROUNDINGS = 60  # pixels around the subject from which GrabCut learns what is not the subject
LEAST_LEFT = 0.3  # of the subject; a division that leaves less has failed


def select_parts(subject: Bools, cut_off: Bools, wanted: Bools, unwanted: Bools, *, boxed: bool) -> Bools:
    """The parts of a mask that the points ask for, (h, w) bool.

    Args:
        subject: (h, w), in the box if there is one.
        cut_off: (h, w), what goes on outside the box.
        wanted: (h, w), discs around points on the subject.
        unwanted: the same off it.
        boxed: whether there is a box; then parts without any point stay.

    Returns:
        Parts with points off the subject alone go, where enough is left that the box does not cut; else
        they stay to be divided.
    """
    parts, count = ndimage.label(subject | unwanted)
    has_wanted, has_unwanted, is_cut = (
        np.isin(np.arange(count + 1), parts[some]) for some in (wanted, unwanted, beside(cut_off))
    )
    stays = has_wanted | (~has_unwanted & (boxed or not wanted.any()))
    stays[0] = False  # the background
    enough = (stays & ~is_cut)[parts].sum() >= LEAST_LEFT * subject.sum()
    return subject & stays[parts] if enough or wanted.any() else subject


def divide(rgb: Bytes, lab: Singles, subject: Bools, others: Bools, wanted: Bools) -> Bools:
    """What of a subject is not one with the others that touch it, by colour, then by GrabCut.

    A hand that holds a cup goes on outside the cup's box: what touches others and looks like them is theirs.

    Args:
        rgb: (h, w, 3) uint8.
        lab: (h, w, 3) float32, the same.
        subject: (h, w) bool, what may be the subject.
        others: (h, w) bool, what is known to be something else that stands out.
        wanted: (h, w) bool, discs around points on the subject; empty, or each pixel starts with the nearer
            of the two.

    Returns:
        (h, w) bool, part of ``subject``; all of it where it cannot be divided.
    """
    if not (beside(others) & subject).any():
        return subject
    bins, shown = colour_bins(lab), subject | others
    prior = np.full(subject.shape, PRIOR, np.float32)
    if wanted.any():
        prior[distance_to(others) < distance_to(wanted)] = -PRIOR
    belief = prior
    for _ in range(ROUNDS):
        share = np.where(wanted, 1, np.where(subject, expit(belief), 0))
        ratio = log_ratio(bins, share * shown, (1 - share) * shown)
        belief = prior + 2 * guided(ratio, lab[..., 0])
    left = subject & ~_touching(subject & (belief < 0), others)
    if not wanted.any():  # two things of one colour are told apart by points alone
        labels = np.where(subject, cv2.GC_PR_BGD + left, cv2.GC_BGD).astype(np.uint8)
        window = window_of(subject, SURROUNDINGS)
        cut = np.zeros_like(subject)
        cut[window] = grab_cut(rgb[window], labels[window], ROUNDS)
        left = subject & ~_touching(subject & ~cut, others)
    return left if left.sum() >= LEAST_LEFT * subject.sum() else subject


def _touching(mask: Bools, others: Bools) -> Bools:
    """The parts of a mask (h, w) that touch others (h, w)."""
    parts, _ = ndimage.label(mask)
    return mask & np.isin(parts, parts[mask & beside(others)])


def beside(mask: Bools) -> Bools:
    """A mask (h, w) and the two pixels around it."""
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)), bool)


def inner_edge(mask: Bools) -> Bools:
    """The pixels of a mask (h, w) that have a neighbour outside it; beyond the picture is not outside."""
    return np.asarray(mask & ~ndimage.binary_erosion(mask, border_value=1), bool)


def distance_to(mask: Bools) -> Singles:
    """The distance (h, w) to the nearest pixel of a mask, in pixels; infinite if the mask is empty."""
    if not mask.any():
        return np.full(mask.shape, np.inf, np.float32)
    return np.asarray(cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5), np.float32)
