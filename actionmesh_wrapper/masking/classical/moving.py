"""The belief in what moves: against the camera's motion, and against the clip's background, its plate.

A belief is about a pixel's log odds, positive where it is the subject. The plate is the background without
the subject, put together from all frames.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.special import expit

from actionmesh_wrapper.data.arrays import Bools, Singles
from actionmesh_wrapper.motion.camera import CameraMotion, find_camera_motion
from actionmesh_wrapper.motion.clip import SmallClip
from actionmesh_wrapper.motion.colour import colour_bins, colour_distance, distance_threshold, log_ratio
from actionmesh_wrapper.motion.flow import ClipFlow

MIN_SEEN = 2  # frames that must show a pixel of the background for the plate to be sure of it
GROWTH = 2  # pixels by which a mask grows before it is left out of the plate, for blurred edges
LEAST_FLOW = 0.5  # pixels from frame to frame; what is slower counts as background
FLOW_NOISE = 3.0  # medians of the residual flow above which a pixel moves
THRESHOLD_RANGE = (6.0, 16.0)  # Lab units, bounds on what counts as different from the plate
BACKGROUND_BELIEF, SUBJECT_BELIEF = 2.5, 4.0  # at most, of a pixel like and unlike a plate that is sure
WEAK_BACKGROUND_BELIEF, WEAK_SUBJECT_BELIEF = 0.7, 2.0  # the same of a plate that may show the subject
HALO = 7  # pixels by which dense flow reaches beyond a subject's outline
MIN_MOVING_SHARE = 0.002  # of the picture; smaller moving parts are specks
UNSURE_WEIGHT = 0.15  # of a pixel where the plate is not sure, when colours are learned
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
    moves = _find_moves(clip, flow, camera)
    hull = _hulls(moves)
    plate = _find_plate(clip, camera, ~hull, _find_plate(clip, camera, ~grown(moves, GROWTH)))
    distance, sure = _difference(clip, camera, plate)
    low, high = MOVING_SHARE
    if not low < float((distance > _plate_threshold(distance)).mean()) < high:
        return None
    first = _motion_belief(distance, sure, moves, hull)
    belief = _learn_colours(clip, flow, *first, rounds=1)
    plate = _find_plate(clip, camera, ~grown(belief > 0, GROWTH), plate)
    second = _motion_belief(*_difference(clip, camera, plate), moves, hull)
    return _learn_colours(clip, flow, *second, rounds=2, start=belief)


def _find_moves(clip: SmallClip, flow: ClipFlow, camera: CameraMotion) -> Bools:
    """What moves against the background, from the previous frame and to the next, (T, h, w) bool; T > 1."""
    residual = np.full(clip.grey.shape, np.inf, np.float32)
    for frame in range(len(clip) - 1):
        to_next = _residual(flow.forward[frame], camera, frame, frame + 1)
        to_previous = _residual(flow.backward[frame], camera, frame + 1, frame)
        residual[frame] = np.minimum(residual[frame], to_next)
        residual[frame + 1] = np.minimum(residual[frame + 1], to_previous)
    return residual > max(LEAST_FLOW, FLOW_NOISE * float(np.median(residual)))


def _residual(flow: Singles, camera: CameraMotion, frame: int, other: int) -> Singles:
    """The motion (h, w) in pixels that is not the camera's; 0 where the camera moves a pixel out of view."""
    height, width = flow.shape[:2]
    by_camera = camera.flow(frame, other, height, width)
    y, x = np.mgrid[:height, :width]
    to_x, to_y = x + by_camera[..., 0], y + by_camera[..., 1]
    stays = (to_x >= 0) & (to_x <= width - 1) & (to_y >= 0) & (to_y <= height - 1)
    residual: Singles = np.where(stays, np.linalg.norm(flow - by_camera, axis=-1), 0).astype(np.float32)
    return residual


def _hulls(moves: Bools) -> Bools:
    """Each frame's convex hull of all that moves and is no speck, (T, h, w) bool."""
    filled = np.zeros(moves.shape, np.uint8)
    for frame, moving in enumerate(moves):
        _, parts, stats, _ = cv2.connectedComponentsWithStats(moving.astype(np.uint8))
        large = stats[:, cv2.CC_STAT_AREA] >= MIN_MOVING_SHARE * moving.size
        large[0] = False
        y, x = np.nonzero(large[parts])
        if x.size:
            cv2.fillConvexPoly(filled[frame], cv2.convexHull(np.stack([x, y], axis=-1).astype(np.int32)), 1)
    return filled.astype(bool)


@dataclass(frozen=True, eq=False)
class _Plate:
    """The background on the camera's canvas, without the subject.

    Attributes:
        colours: canvas (h, w, 3) float32 Lab.
        sure: canvas (h, w) float32, 1 where the frames show the background beyond doubt, else 0.
    """

    colours: Singles
    sure: Singles


def _find_plate(
    clip: SmallClip, camera: CameraMotion, usable: Bools, earlier: _Plate | None = None
) -> _Plate:
    """The median of each pixel of the canvas over the frames in which it is usable.

    Args:
        clip: T frames.
        camera: of the clip.
        usable: (T, h, w) bool, what is held to be the background.
        earlier: a plate that shows what is usable in too few frames; None is the median over all.
    """
    free, sure = _median(clip, camera, usable)
    rest = _median(clip, camera, np.ones_like(usable))[0] if earlier is None else earlier.colours
    return _Plate(np.where(sure[..., None], free, rest), sure.astype(np.float32))


def _median(clip: SmallClip, camera: CameraMotion, usable: Bools) -> tuple[Singles, Bools]:
    """The median (h, w, 3) of the usable pixels on the canvas, 0 without any; and (h, w) where it is sure."""
    width, height = camera.size
    stack = np.empty((len(usable), height, width, 3), np.float32)
    for layer, free, lab, frame in zip(stack, usable, clip.lab, range(len(clip)), strict=True):
        layer[:] = camera.onto_canvas(lab, frame)
        layer[camera.onto_canvas(free.astype(np.float32), frame) < 0.99] = np.inf
    stack.sort(axis=0)
    count = np.isfinite(stack[..., :1]).sum(axis=0)
    median = np.take_along_axis(stack, np.maximum(count - 1, 0)[None] // 2, axis=0)[0]
    return np.where(count > 0, median, 0).astype(np.float32), count[..., 0] >= MIN_SEEN


def grown(masks: Bools, by: int) -> Bools:
    """Masks (T, h, w) made larger by so many pixels."""
    kernel = np.ones((2 * by + 1, 2 * by + 1), np.uint8)
    return np.stack([cv2.dilate(mask.astype(np.uint8), kernel) for mask in masks]).astype(bool)


def _difference(clip: SmallClip, camera: CameraMotion, plate: _Plate) -> tuple[Singles, Bools]:
    """Distance from the plate to within a pixel (T, h, w), Lab units, and where it is sure (T, h, w)."""
    distances = np.empty(clip.grey.shape, np.float32)
    sure = np.empty(clip.grey.shape, bool)
    kernel = np.ones((3, 3), np.uint8)
    for frame, lab in enumerate(clip.lab):
        view = camera.from_canvas(plate.colours, frame, clip.height, clip.width)
        within = np.clip(lab, cv2.erode(view, kernel), cv2.dilate(view, kernel))
        distances[frame] = colour_distance(lab, within)
        sure[frame] = camera.from_canvas(plate.sure, frame, clip.height, clip.width) > 0.99
    return distances, sure


def _plate_threshold(distance: Singles) -> float:
    """The Lab distance from which on a pixel differs from the plate."""
    return distance_threshold(distance, *THRESHOLD_RANGE)


def _motion_belief(distance: Singles, sure: Bools, moves: Bools, hull: Bools) -> tuple[Singles, Singles]:
    """How far plate and flow make each pixel the subject.

    Args:
        distance: (T, h, w) Lab distance from the plate.
        sure: (T, h, w) bool, where the plate is.
        moves: (T, h, w) bool of `_find_moves`.
        hull: (T, h, w) bool of `_hulls`.

    Returns:
        (T, h, w) float32, the belief, positive for the subject. Where the plate is not sure, it may show the
        subject itself, and the flow counts too: within the hull weakly, outside strongly.
        (T, h, w) float32, the pixel's weight when colours are learned.
    """
    excess = 2 * (distance / _plate_threshold(distance) - 1)
    kernel = np.ones((2 * HALO + 1, 2 * HALO + 1), np.uint8)
    core = np.stack([cv2.erode(moving.astype(np.uint8), kernel) for moving in moves]).astype(bool)
    by_flow = np.select(
        [core, moves, hull], [WEAK_BACKGROUND_BELIEF, 0.0, -WEAK_BACKGROUND_BELIEF], -BACKGROUND_BELIEF
    )
    unsure = by_flow + np.clip(excess, -WEAK_BACKGROUND_BELIEF, WEAK_SUBJECT_BELIEF)
    belief = np.where(sure, np.clip(excess, -BACKGROUND_BELIEF, SUBJECT_BELIEF), unsure)
    return belief.astype(np.float32), np.where(sure, 1, UNSURE_WEIGHT).astype(np.float32)


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
        belief = evidence + log_ratio(bins, share * weight, (1 - share) * weight)
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
