"""The plate: a clip's background with the subject taken out, put together from all frames."""

from dataclasses import dataclass

import cv2
import numpy as np

from actionmesh_wrapper.engines.arrays import Bools, Singles
from actionmesh_wrapper.engines.masking.classical.camera import Camera
from actionmesh_wrapper.engines.masking.classical.clip import Clip
from actionmesh_wrapper.engines.masking.classical.colour import colour_distance

MIN_SEEN = 2  # frames that must show a place before the plate is sure of it
GROWTH = 2  # pixels by which what is left out grows, for blurred edges


@dataclass(frozen=True, eq=False)
class Plate:
    """The background on the camera's canvas.

    Attributes:
        colours: canvas (h, w, 3) float32 Lab.
        sure: canvas (h, w) float32, 1 where the frames show the background beyond doubt, else 0.
    """

    colours: Singles
    sure: Singles


def find_plate(clip: Clip, camera: Camera, moves: Bools, around: Bools) -> Plate:
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


def plate_without(clip: Clip, camera: Camera, masks: Bools, before: Plate) -> Plate:
    """Per place the median over the frames whose (T, h, w) mask leaves it free, else an earlier plate's."""
    free, sure = _median(clip, camera, ~_grow(masks))
    return Plate(np.where(sure[..., None], free, before.colours), sure.astype(np.float32))


def difference(clip: Clip, camera: Camera, plate: Plate) -> tuple[Singles, Bools]:
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


def _median(clip: Clip, camera: Camera, usable: Bools) -> tuple[Singles, Bools]:
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
