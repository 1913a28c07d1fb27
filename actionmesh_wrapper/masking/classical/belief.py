"""The belief that a pixel is the subject: about its log odds, positive where it is the subject."""

import cv2
import numpy as np
from scipy.special import expit

from actionmesh_wrapper.data.arrays import Singles
from actionmesh_wrapper.masking.classical.moving import (
    difference,
    find_moves,
    find_plate,
    grown,
    hulls,
    motion_belief,
    plate_threshold,
)
from actionmesh_wrapper.motion.camera import find_camera_motion
from actionmesh_wrapper.motion.clip import SmallClip
from actionmesh_wrapper.motion.colour import colour_bins, log_ratio
from actionmesh_wrapper.motion.flow import ClipFlow

COLOUR_LIMIT = 3.0  # most belief that a colour gives
MOVING_SHARE = (0.002, 0.6)  # of the clip that may differ from the plate; less is noise, more is a cut
EDGE_RADIUS = 4  # pixels, of the guided filter
EDGE_VARIANCE = 25.0  # Lab lightness squared; fainter edges are smoothed over


def moving_belief(clip: SmallClip, flow: ClipFlow) -> Singles | None:
    """The belief in what moves, refined by its colours.

    Args:
        clip: T frames, at least 2.
        flow: between them.

    Returns:
        (T, h, w) float32, or None where nothing moves against a background, or everything.
    """
    camera = find_camera_motion(clip.grey)
    moves = find_moves(clip, flow, camera)
    hull = hulls(moves)
    plate = find_plate(clip, camera, ~hull, find_plate(clip, camera, ~grown(moves)))
    distance, sure = difference(clip, camera, plate)
    low, high = MOVING_SHARE
    if not low < float((distance > plate_threshold(distance)).mean()) < high:
        return None
    first = motion_belief(distance, sure, moves, hull)
    belief = _learn_colours(clip, flow, *first, rounds=1)
    plate = find_plate(clip, camera, ~grown(belief > 0), plate)
    second = motion_belief(*difference(clip, camera, plate), moves, hull)
    return _learn_colours(clip, flow, *second, rounds=2, start=belief)


def _learn_colours(
    clip: SmallClip,
    flow: ClipFlow,
    evidence: Singles,
    weight: Singles,
    *,
    rounds: int,
    start: Singles | None = None,
) -> Singles:
    """Adds to evidence what the colours say that are learned from it, smooth in space and time.

    Args:
        clip: T frames.
        flow: between them.
        evidence: (T, h, w) float32, positive for the subject.
        weight: (T, h, w) float32, of each pixel when colours are learned.
        rounds: of learning colours and adding what they say.
        start: (T, h, w) float32, the belief that the first round learns from; None is the evidence.
    """
    bins = colour_bins(clip.lab)
    belief = evidence if start is None else start
    for _ in range(rounds):
        share = expit(2 * belief)
        belief = evidence + log_ratio(bins, share * weight, (1 - share) * weight, COLOUR_LIMIT)
        belief = flow.blend(_follow_edges(belief, clip))
    return belief


def _follow_edges(belief: Singles, clip: SmallClip) -> Singles:
    """Smooths each frame's belief, but not across the picture's edges: a guided filter (He et al., 2010)."""
    return np.stack([guided(values, lab[..., 0]) for values, lab in zip(belief, clip.lab, strict=True)])


def guided(values: Singles, guide: Singles) -> Singles:
    """Values (h, w) smoothed except across the edges of a guide (h, w)."""

    def mean(field: Singles) -> Singles:
        size = 2 * EDGE_RADIUS + 1
        return np.asarray(cv2.blur(field, (size, size)), np.float32)

    variance = mean(guide * guide) - mean(guide) ** 2
    slope = (mean(guide * values) - mean(guide) * mean(values)) / (variance + EDGE_VARIANCE)
    offset = mean(values) - slope * mean(guide)
    return mean(slope) * guide + mean(offset)
