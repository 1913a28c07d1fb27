"""The subject: its masks in all frames, its crop, and the anchor frame."""

from contextlib import nullcontext
from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import median_filter

from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.arrays import Bools, Bytes, Floats, Ints
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Step, Warn
from actionmesh_wrapper.engines.silhouette.crop import Crop
from actionmesh_wrapper.engines.silhouette.outline import Shape
from actionmesh_wrapper.errors import SubjectNotFound
from actionmesh_wrapper.masking import MaskModels, find_masks
from actionmesh_wrapper.masking.classical import find_masks as find_without_model
from actionmesh_wrapper.masking.shapes import (
    BAD_FRAMES,
    clean,
    largest_part,
    subject_parts,
    usable_frames,
    warn_of_lost,
)
from actionmesh_wrapper.masking.source import OPAQUE, hinted

FULL_SHARE = 0.98  # of the picture; a subject that covers more in most frames has no outline to track
LEAST_AGREEMENT = 0.8  # of a frame's area with the frames' median, for it to be the anchor
STEP_SHARE = 0.7  # of the usual area; with less of it a mask has lost a part, or taken something along
STEP_WINDOW = 5  # frames, whose median area is usual
# Weights of the anchor's score; the area has 1.
PERIMETER_WEIGHT = 0.5  # of the outer outline: long when limbs are apart, short when they touch
SHARPNESS_WEIGHT = 0.5
CENTRE_WEIGHT = 0.15  # tracking from the middle drifts half as far


def choose_anchor(greys: Bytes, masks: Bools) -> int:
    """Of the frames on whose area most agree the one that shows most of the subject, spread out and sharp.

    A mask with far more may have taken background along, one with far less has lost something. Besides, a
    frame near the middle is preferred.

    Args:
        greys: (T, H, W) uint8.
        masks: (T, H, W) bool, none of them empty.
    """
    parts = np.stack([largest_part(mask) for mask in masks])
    area = parts.sum(axis=(1, 2)).astype(np.float64)
    median = float(np.median(area))
    agreement = _agreement(area, np.full(len(area), median))
    agrees = agreement >= min(LEAST_AGREEMENT, float(agreement.max()))
    perimeter = np.array([_perimeter(part) for part in parts])
    sharpness = np.array([_sharpness(grey, part) for grey, part in zip(greys, parts, strict=True)])
    off_centre = np.abs(np.arange(len(masks)) - (len(masks) - 1) / 2) / len(masks)
    score = (
        _relative(area, agrees)
        + PERIMETER_WEIGHT * _relative(perimeter, agrees)
        + SHARPNESS_WEIGHT * _relative(sharpness, agrees)
        - CENTRE_WEIGHT * off_centre
    )
    return int(np.where(agrees, score, -np.inf).argmax())


def _agreement(area: Floats, usual: Floats) -> Floats:
    """How far areas (T,) are the usual ones (T,): 1 where equal, less where larger or smaller."""
    agreement: Floats = np.minimum(area / usual, usual / area)
    return agreement


def _relative(values: Floats, among: Bools) -> Floats:
    """Values as shares of the largest among some."""
    return values / max(float(values[among].max()), 1e-9)


def _perimeter(mask: Bools) -> float:
    """The length of the outer outlines, pixels."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return float(sum(cv2.arcLength(contour, closed=True) for contour in contours))


def _sharpness(grey: Bytes, mask: Bools) -> float:
    """Variance of the Laplacian inside the mask, a common measure of focus."""
    return float(cv2.Laplacian(grey, cv2.CV_32F)[mask].var()) if mask.any() else 0.0


@dataclass(frozen=True, eq=False)
class Subject:
    """What is tracked.

    Attributes:
        crop: where in the pictures it is.
        frames: (G,) int64, the frames whose masks are good: only these are tracked.
        greys: (G, H, W) uint8 at the crop's size, on a flat background.
        shapes: G shapes, its masks.
        anchor: index, among those, of the frame that the mesh is made from.
        anchor_shape: the largest part of that frame's mask.
    """

    crop: Crop
    frames: Ints
    greys: Bytes
    shapes: list[Shape]
    anchor: int
    anchor_shape: Shape


def subject_masks(frames: Frames, options: Options, models: MaskModels, step: Step, warn: Warn) -> Bytes:
    """The subject's soft masks (T, H, W) uint8: from alpha, by a model, or by all that `classical` has.

    A model is used if one was asked for, or if this worker has the right one: SAM 2 for a box or points, RMBG
    for neither. A network that finds what stands out is used where there is one.

    Raises:
        InvalidInput: if alpha was asked for and there is none.
        ModelMissing: if a model was asked for and is not there.
        SubjectNotFound: if no subject is found.
    """

    def report(index: int, of: int) -> None:
        step("masks", index, of)

    model = models.sam2 if hinted(options) else models.rmbg
    if frames.has_alpha or options.masks != "auto" or model is not None:
        return find_masks(frames, options, models, report, warn)
    with nullcontext() if models.saliency is None else models.saliency() as network:
        masks = find_without_model(
            frames.images[..., :3],
            box=options.subject_box,
            points=options.subject_points,
            step=report,
            warn=warn,
            network=network,
        )
    return np.stack([np.round(mask * 255).astype(np.uint8) for mask in masks])


def cut_subject(frames: Frames, masks: Bytes, warn: Warn) -> Subject:
    """Cuts the subject out of the frames, makes shapes of its masks, and chooses the anchor.

    Args:
        frames: T pictures.
        masks: (T, H, W) uint8.
        warn: takes a notice of frames that were replaced.

    Raises:
        SubjectNotFound: if the masks are empty, full, or lost in too many frames.
    """
    parts = np.stack([subject_parts(mask >= OPAQUE) for mask in masks])
    refuse_full(parts)
    kept = np.unique(usable_frames(parts.sum(axis=(1, 2))))
    crop = Crop.around(parts[kept])
    cleaned = np.stack([clean(crop.cut(masks[frame], extend=False)) for frame in kept])
    areas = cleaned.sum(axis=(1, 2))  # 0 of a mask that is too thin for the crop's size
    good = np.unique(usable_frames(areas))
    good = good[~_stands_out(areas[good])]
    kept, cleaned = kept[good], cleaned[good]
    is_kept = np.isin(np.arange(len(masks)), kept)
    warn_of_lost(is_kept, "there the mesh is interpolated between the frames around", warn)
    colours = [crop.cut(frames.images[frame, ..., :3], extend=True) for frame in kept]
    greys = np.stack([cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY) for colour in colours]).astype(np.uint8)
    greys = np.where(cleaned, greys, np.uint8(greys[cleaned].mean()))
    anchor = choose_anchor(greys, cleaned)
    shapes = [Shape.of(mask) for mask in cleaned]
    return Subject(crop, kept, greys, shapes, anchor, Shape.of(largest_part(cleaned[anchor])))


def _stands_out(area: Ints) -> Bools:
    """Which frames' areas (T,) are far from the median of those around: there a mask is wrong for a moment.

    Where many are, the subject itself changes, and none is.
    """
    usual = median_filter(area.astype(np.float64), STEP_WINDOW, mode="nearest")
    out = _agreement(area.astype(np.float64), usual) < STEP_SHARE
    found: Bools = out & (out.mean() <= BAD_FRAMES)
    return found


def refuse_full(masks: Bools) -> None:
    """Raises SubjectNotFound if most masks (T, H, W) cover the whole picture."""
    covered = masks.mean(axis=(1, 2)) >= FULL_SHARE
    if covered.mean() > 0.5:
        raise SubjectNotFound(
            "The subject covers the whole picture, so it has no outline. Try a video that shows all of it, "
            "or subject_box."
        )
