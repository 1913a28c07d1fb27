"""The subject: its masks in all frames, and what the engine needs of it at the size at which it works."""

from dataclasses import dataclass

import cv2
import numpy as np

from actionmesh_wrapper.engines.silhouette.anchor import choose_anchor
from actionmesh_wrapper.engines.silhouette.arrays import Bytes, Ints
from actionmesh_wrapper.engines.silhouette.crop import Crop
from actionmesh_wrapper.engines.silhouette.masks import find_masks
from actionmesh_wrapper.engines.silhouette.outline import Shape
from actionmesh_wrapper.engines.silhouette.shapes import (
    clean,
    largest_part,
    refuse_full,
    subject_parts,
    usable_frames,
)
from actionmesh_wrapper.frames import Frames
from actionmesh_wrapper.notice import Notice, Warn
from actionmesh_wrapper.progress import Step
from actionmesh_wrapper.request import Options

OPAQUE = 128  # alpha from which on a pixel is the subject's


@dataclass(frozen=True, eq=False)
class Subject:
    """What is tracked.

    Attributes:
        crop: where in the pictures it is.
        greys: (T, H, W) uint8 at the crop's size, on a flat background.
        shapes: T shapes, its masks.
        anchor: index of the frame that the mesh is made from, one whose own mask is good.
        anchor_shape: the largest part of that frame's mask.
    """

    crop: Crop
    greys: Bytes
    shapes: list[Shape]
    anchor: int
    anchor_shape: Shape


def subject_masks(frames: Frames, options: Options, step: Step, warn: Warn) -> Bytes:
    """The subject's soft masks (T, H, W) uint8: the frames' alpha, or else what is found in the pictures.

    Raises:
        SubjectNotFound: if none is found.
    """
    if not frames.has_alpha:
        found = find_masks(
            frames.images[..., :3],
            box=options.subject_box,
            points=options.subject_points,
            step=lambda index, of: step("masks", index, of),
            warn=warn,
        )
        return np.asarray(np.round(found * 255), np.uint8)
    step("masks", 1, 1)
    if options.subject_box or options.subject_points:
        warn(
            Notice(
                "OPTION_IGNORED",
                "subject_box and subject_points were not needed: around the subject the frames are "
                "transparent.",
            )
        )
    alpha: Bytes = frames.images[..., 3]
    return alpha


def cut_subject(frames: Frames, masks: Bytes, warn: Warn) -> Subject:
    """Cuts the subject out of the frames, makes shapes of its masks, and chooses the anchor.

    Args:
        frames: T pictures.
        masks: (T, H, W) uint8.
        warn: is told of frames that were replaced.

    Raises:
        SubjectNotFound: if the masks are empty, full, or lost in too many frames.
    """
    parts = np.stack([subject_parts(mask >= OPAQUE) for mask in masks])
    refuse_full(parts)
    usable = usable_frames(parts.sum(axis=(1, 2)))
    crop = Crop.around(parts[usable])
    cleaned = np.stack([clean(crop.cut(masks[frame], extend=False)) for frame in usable])
    again = usable_frames(cleaned.sum(axis=(1, 2)))  # what is too thin for this size is lost here
    usable, cleaned = usable[again], cleaned[again]
    _warn_of_replaced(usable, warn)
    colours = [crop.cut(frames.images[frame, ..., :3], extend=True) for frame in usable]
    greys = np.stack([cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY) for colour in colours]).astype(np.uint8)
    greys = np.where(cleaned, greys, np.uint8(greys[cleaned].mean()))
    anchor = choose_anchor(greys, cleaned, usable)
    shapes = [Shape.of(mask) for mask in cleaned]
    return Subject(crop, greys, shapes, anchor, Shape.of(largest_part(cleaned[anchor])))


def _warn_of_replaced(usable: Ints, warn: Warn) -> None:
    replaced = np.flatnonzero(usable != np.arange(len(usable)))
    if replaced.size:
        numbers = ", ".join(str(frame) for frame in replaced)
        warn(
            Notice(
                "MASK_FRAMES_REPLACED",
                f"The subject was lost in {replaced.size} of {len(usable)} frames ({numbers}, counted from "
                "0); there the mesh stands as in the nearest good one.",
            )
        )
