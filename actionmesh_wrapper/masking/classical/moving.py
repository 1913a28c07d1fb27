"""The subject as what moves: against the camera's motion, and against the clip's background (its plate)."""

from dataclasses import dataclass

import cv2
import numpy as np

from actionmesh_wrapper.data.arrays import Bools, Singles
from actionmesh_wrapper.motion.camera import CameraMotion
from actionmesh_wrapper.motion.clip import SmallClip
from actionmesh_wrapper.motion.colour import colour_distance, distance_threshold
from actionmesh_wrapper.motion.flow import ClipFlow

MIN_SEEN = 2  # frames that must show a place before the plate is sure of it
GROWTH = 2  # pixels by which what is left out grows, for blurred edges
LEAST_FLOW = 0.5  # pixels from frame to frame; slower things pass for the background
FLOW_NOISE = 3.0  # medians of the residual flow above which a pixel moves
THRESHOLD_RANGE = (6.0, 16.0)  # Lab units, bounds on what counts as different from the plate
AGAINST, FOR = 2.5, 4.0  # belief of what is like, and unlike, a plate that is sure
WEAK_AGAINST, WEAK_FOR = 0.7, 2.0  # the same of a plate that may show the subject
HALO = 7  # pixels by which dense flow spills over a subject's outline
MIN_MOVER = 0.002  # of the picture; smaller moving specks do not count
UNSURE_WEIGHT = 0.15  # of a pixel whose place is nowhere sure, when colours are learned


@dataclass(frozen=True, eq=False)
class Plate:
    """The background on the camera's canvas.

    Attributes:
        colours: canvas (h, w, 3) float32 Lab.
        sure: canvas (h, w) float32, 1 where the frames show the background beyond doubt, else 0.
    """

    colours: Singles
    sure: Singles


def find_plate(clip: SmallClip, camera: CameraMotion, moves: Bools, around: Bools) -> Plate:
    """Per place the median over the best frames that there are.

    Args:
        clip: T frames.
        camera: of the clip.
        moves: (T, h, w) bool, what moves against the background.
        around: (T, h, w) bool, the hull of it. Frames that show a place outside are the best; next are those
            in which it rests, as a planted foot does too; then all.
    """
    free, sure = _median(clip, camera, ~around)
    resting, seen = _median(clip, camera, ~_grow(moves))
    anything, _ = _median(clip, camera, np.ones_like(moves))
    colours = np.where(sure[..., None], free, np.where(seen[..., None], resting, anything))
    return Plate(colours, sure.astype(np.float32))


def plate_without(clip: SmallClip, camera: CameraMotion, masks: Bools, before: Plate) -> Plate:
    """Per place the median over the frames whose (T, h, w) mask leaves it free, else an earlier plate's."""
    free, sure = _median(clip, camera, ~_grow(masks))
    return Plate(np.where(sure[..., None], free, before.colours), sure.astype(np.float32))


def difference(clip: SmallClip, camera: CameraMotion, plate: Plate) -> tuple[Singles, Bools]:
    """(T, h, w) Lab distance from the plate, give or take a pixel, and (T, h, w) bool where it is sure."""
    distances = np.empty(clip.grey.shape, np.float32)
    sure = np.empty(clip.grey.shape, bool)
    around = np.ones((3, 3), np.uint8)
    for frame, lab in enumerate(clip.lab):
        view = camera.from_canvas(plate.colours, frame, clip.height, clip.width)
        within = np.clip(lab, cv2.erode(view, around), cv2.dilate(view, around))
        distances[frame] = colour_distance(lab, within)
        sure[frame] = camera.from_canvas(plate.sure, frame, clip.height, clip.width) > 0.99
    return distances, sure


def _median(clip: SmallClip, camera: CameraMotion, usable: Bools) -> tuple[Singles, Bools]:
    """Canvas (h, w, 3) median over the usable pixels, 0 without any, and (h, w) where they are enough."""
    layers = []
    for frame, free in enumerate(usable):
        layer = camera.onto_canvas(clip.lab[frame], frame)
        layer[camera.onto_canvas(free.astype(np.float32), frame) < 0.99] = np.inf
        layers.append(layer)
    stack = np.stack(layers)
    stack.sort(axis=0)
    count = np.isfinite(stack[..., :1]).sum(axis=0)
    median = np.take_along_axis(stack, np.maximum(count - 1, 0)[None] // 2, axis=0)[0]
    return np.where(count > 0, median, 0).astype(np.float32), count[..., 0] >= MIN_SEEN


def _grow(masks: Bools) -> Bools:
    kernel = np.ones((2 * GROWTH + 1, 2 * GROWTH + 1), np.uint8)
    return np.stack([cv2.dilate(mask.astype(np.uint8), kernel) for mask in masks]).astype(bool)


def find_moves(clip: SmallClip, flow: ClipFlow, camera: CameraMotion) -> Bools:
    """(T, h, w) bool: what moves by itself, both from the frame before and to the next. T must exceed 1."""
    residual = np.full(clip.grey.shape, np.inf, np.float32)
    for frame in range(len(clip) - 1):
        ahead = _residual(flow.forward[frame], camera, frame, frame + 1)
        back = _residual(flow.backward[frame], camera, frame + 1, frame)
        residual[frame] = np.minimum(residual[frame], ahead)
        residual[frame + 1] = np.minimum(residual[frame + 1], back)
    return residual > max(LEAST_FLOW, FLOW_NOISE * float(np.median(residual)))


def hulls(moves: Bools) -> Bools:
    """(T, h, w) bool: per frame the convex hull of all that moves and is no speck."""
    filled = np.zeros(moves.shape, np.uint8)
    for frame, moving in enumerate(moves):
        _, parts, stats, _ = cv2.connectedComponentsWithStats(moving.astype(np.uint8))
        large = stats[:, cv2.CC_STAT_AREA] >= MIN_MOVER * moving.size
        large[0] = False
        y, x = np.nonzero(large[parts])
        if x.size:
            cv2.fillConvexPoly(filled[frame], cv2.convexHull(np.stack([x, y], axis=-1).astype(np.int32)), 1)
    return filled.astype(bool)


def plate_threshold(distance: Singles) -> float:
    """The Lab distance from which on a pixel differs from the plate."""
    return distance_threshold(distance, *THRESHOLD_RANGE)


def motion_belief(distance: Singles, sure: Bools, moves: Bools, around: Bools) -> tuple[Singles, Singles]:
    """What the plate and the flow say of each pixel.

    Args:
        distance: (T, h, w) Lab distance from the plate.
        sure: (T, h, w) bool, where the plate is.
        moves: (T, h, w) bool of `find_moves`.
        around: (T, h, w) bool of `hulls`.

    Returns:
        (T, h, w) float32, positive for the subject. Where the plate is not sure, it may show the subject
        itself, and the flow has a say: within the hull weakly, outside strongly.
        (T, h, w) float32, the pixel's weight when colours are learned.
    """
    excess = 2 * (distance / plate_threshold(distance) - 1)
    kernel = np.ones((2 * HALO + 1, 2 * HALO + 1), np.uint8)
    core = np.stack([cv2.erode(moving.astype(np.uint8), kernel) for moving in moves]).astype(bool)
    by_flow = np.select([core, moves, around], [WEAK_AGAINST, 0.0, -WEAK_AGAINST], -AGAINST)
    unsure = by_flow + np.clip(excess, -WEAK_AGAINST, WEAK_FOR)
    belief = np.where(sure, np.clip(excess, -AGAINST, FOR), unsure)
    return belief.astype(np.float32), np.where(sure, 1, UNSURE_WEIGHT).astype(np.float32)


def _residual(flow: Singles, camera: CameraMotion, frame: int, other: int) -> Singles:
    """(h, w) pixels of motion that the camera does not explain; 0 where the camera leaves a place behind."""
    height, width = flow.shape[:2]
    by_camera = camera.flow(frame, other, height, width)
    y, x = np.mgrid[:height, :width]
    to_x, to_y = x + by_camera[..., 0], y + by_camera[..., 1]
    stays = (to_x >= 0) & (to_x <= width - 1) & (to_y >= 0) & (to_y <= height - 1)
    residual: Singles = np.where(stays, np.linalg.norm(flow - by_camera, axis=-1), 0).astype(np.float32)
    return residual
