"""What each pixel is believed to be: positive is the subject; the size is log odds, roughly."""

import cv2
import numpy as np
from scipy.special import expit

from actionmesh_wrapper.data.arrays import Singles
from actionmesh_wrapper.masking.classical.moving import (
    difference,
    find_moves,
    find_plate,
    hulls,
    motion_belief,
    plate_threshold,
    plate_without,
)
from actionmesh_wrapper.masking.shapes import ring
from actionmesh_wrapper.motion.camera import find_camera_motion
from actionmesh_wrapper.motion.clip import SmallClip
from actionmesh_wrapper.motion.colour import colour_bins, log_ratio
from actionmesh_wrapper.motion.flow import ClipFlow

CENTRE_ROUNDS = 4  # of learning colours from the belief and believing what they say
COLOUR_LIMIT = 3.0  # most that a colour says
MOVING_SHARE = (0.002, 0.6)  # of the clip that may differ from the plate; less is noise, more is a cut
EDGE_RADIUS = 4  # pixels, of the guided filter
EDGE_VARIANCE = 25.0  # Lab lightness squared; fainter edges are smoothed over
CENTRE_BELIEF, CENTRE_FALL = 0.3, 3.0  # at the middle, and how much less at a border's middle
CENTRE_COLOUR_LIMIT = 2.0  # most that unlikeness to the border says


def moving_belief(clip: SmallClip, flow: ClipFlow) -> Singles | None:
    """The belief in what moves, sharpened by the colours that it turns out to have.

    Args:
        clip: T frames, at least 2.
        flow: between them.

    Returns:
        (T, h, w) float32, or None where nothing moves against a background, or everything.
    """
    camera = find_camera_motion(clip.grey)
    moves = find_moves(clip, flow, camera)
    around = hulls(moves)
    plate = find_plate(clip, camera, moves, around)
    distance, sure = difference(clip, camera, plate)
    low, high = MOVING_SHARE
    if not low < float((distance > plate_threshold(distance)).mean()) < high:
        return None
    first = motion_belief(distance, sure, moves, around)
    found = _learn_colours(clip, flow, *first, rounds=1)
    plate = plate_without(clip, camera, found > 0, plate)
    second = motion_belief(*difference(clip, camera, plate), moves, around)
    return _learn_colours(clip, flow, *second, rounds=2, start=found)


def central_belief(clip: SmallClip, flow: ClipFlow) -> Singles:
    """(T, h, w) float32, a last try: the subject is in the middle, and not of the border's colours."""
    y, x = np.mgrid[-1 : 1 : clip.height * 1j, -1 : 1 : clip.width * 1j]
    centre: Singles = (CENTRE_BELIEF - CENTRE_FALL * (x**2 + y**2)).astype(np.float32)
    evidence = np.broadcast_to(centre, clip.grey.shape)
    edge = np.broadcast_to(ring(clip.height, clip.width), clip.grey.shape).astype(np.float32)
    start = evidence + log_ratio(colour_bins(clip.lab), 1 - edge, edge, CENTRE_COLOUR_LIMIT)
    return _learn_colours(clip, flow, evidence, np.ones_like(start), rounds=CENTRE_ROUNDS, start=start)


def _learn_colours(
    clip: SmallClip,
    flow: ClipFlow,
    evidence: Singles,
    weight: Singles,
    *,
    rounds: int,
    start: Singles | None = None,
) -> Singles:
    """Adds to (T, h, w) evidence what its own colours say, in turns, smooth in space and time.

    ``start`` is the belief that the first round learns from, else the evidence.
    """
    bins = colour_bins(clip.lab)
    belief = evidence if start is None else start
    for _ in range(rounds):
        share = expit(2 * belief)
        belief = evidence + log_ratio(bins, share * weight, (1 - share) * weight, COLOUR_LIMIT)
        belief = flow.blend(_follow_edges(belief, clip))
    return belief


def _follow_edges(belief: Singles, clip: SmallClip) -> Singles:
    """Smooths each frame's belief up to the picture's edges: a guided filter (He et al., 2010)."""
    return np.stack([_guided(values, lab[..., 0]) for values, lab in zip(belief, clip.lab, strict=True)])


def _guided(values: Singles, guide: Singles) -> Singles:
    def mean(field: Singles) -> Singles:
        size = 2 * EDGE_RADIUS + 1
        return np.asarray(cv2.blur(field, (size, size)), np.float32)

    variance = mean(guide * guide) - mean(guide) ** 2
    slope = (mean(guide * values) - mean(guide) * mean(values)) / (variance + EDGE_VARIANCE)
    offset = mean(values) - slope * mean(guide)
    return mean(slope) * guide + mean(offset)
