"""The subject's masks, for every engine: from the clip's alpha, from RMBG or from SAM 2.

Where these models are not installed, `classical` finds masks without them.
"""

from dataclasses import replace

import numpy as np

from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.arrays import Bytes
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Notice, StageStep, Warn
from actionmesh_wrapper.masking.doubt import Verdict, judge, warn_of_doubt
from actionmesh_wrapper.masking.models import NO_MODELS, Lend, MaskModels, MaskTracker, Segmenter
from actionmesh_wrapper.masking.points import points_doubt
from actionmesh_wrapper.masking.shapes import replace_lost
from actionmesh_wrapper.masking.source import OPAQUE, choose_source, hinted, require_model, usable_alpha
from actionmesh_wrapper.masking.start_point import find_start
from actionmesh_wrapper.motion.flow import ClipMotion

__all__ = [
    "NO_MODELS",
    "Lend",
    "MaskModels",
    "MaskTracker",
    "Segmenter",
    "find_masks",
    "subject_masks",
]


def subject_masks(frames: Frames, options: Options, models: MaskModels, step: StageStep, warn: Warn) -> Bytes:
    """The subject's mask in every frame; the nearest good one where a frame has lost the subject.

    Args:
        frames: T pictures.
        options: ``masks``, ``subject_box`` and ``subject_points`` are used.
        models: that this worker has.
        step: is called with the number of frames done and T, from 1 again if there is a second try; what it
            raises passes through.
        warn: takes notices for the caller.

    Returns:
        (T, H, W) uint8, 255 on the subject, soft where it is alpha. No mask is empty, or all subject.

    Raises:
        InvalidInput: if alpha was asked for and there is none.
        ModelMissing: if a model is needed that is not there.
        SubjectNotFound: if the subject is not found, or lost in more than a quarter of the frames.
    """
    return replace_lost(find_masks(frames, options, models, step, warn), warn)


def find_masks(frames: Frames, options: Options, models: MaskModels, step: StageStep, warn: Warn) -> Bytes:
    """As `subject_masks`, but masks that lost the subject stay as they are, empty and full ones too."""
    source = choose_source(frames, options, models, warn)
    if source == "alpha":
        return _alpha_masks(frames, None if options.masks == "alpha" else models.rmbg, step)
    motion = ClipMotion(frames.images[..., :3])
    if source == "sam2":
        masks = _sam2_masks(motion, options, require_model(models.sam2, "SAM 2", options), step)
        verdict = judge(masks, motion)
        doubt = points_doubt(masks[0] >= OPAQUE, options.subject_points or ())
        verdict = replace(verdict, doubt=doubt or verdict.doubt)
    else:
        masks = _rmbg_masks(motion.rgb, require_model(models.rmbg, "RMBG", options), step)
        verdict = judge(masks, motion)
        if verdict.doubt and models.sam2 is not None and options.masks == "auto":
            masks, verdict = _second_try(motion, masks, verdict, models.sam2, step=step, warn=warn)
    if verdict.doubt:
        warn_of_doubt(verdict.doubt, masks[0] >= OPAQUE, warn, hinted=source == "sam2" and hinted(options))
    return masks


def _alpha_masks(frames: Frames, rmbg: Lend[Segmenter] | None, step: StageStep) -> Bytes:
    """The frames' alpha; where a frame's alpha is no mask, RMBG's mask if there is RMBG."""
    masks: Bytes = frames.images[..., 3].copy()
    unusable = np.flatnonzero(~usable_alpha(masks))
    if rmbg is None or not unusable.size:
        step(len(frames), len(frames))
        return masks
    with rmbg() as segment:
        for done, frame in enumerate(unusable, start=len(frames) - unusable.size + 1):
            masks[frame] = segment(frames.images[frame, ..., :3])
            step(done, len(frames))
    return masks


def _rmbg_masks(rgb: Bytes, rmbg: Lend[Segmenter], step: StageStep) -> Bytes:
    """RMBG's mask of every frame."""
    masks = np.empty(rgb.shape[:3], np.uint8)
    with rmbg() as segment:
        for frame, picture in enumerate(rgb):
            masks[frame] = segment(picture)
            step(frame + 1, len(rgb))
    return masks


def _sam2_masks(motion: ClipMotion, options: Options, sam2: Lend[MaskTracker], step: StageStep) -> Bytes:
    """SAM 2's masks from the caller's hints; a point is added where none of them is on the subject."""
    box, points = options.subject_box, options.subject_points or ()
    if box is None and not any(is_subject for _, _, is_subject in points):
        start = find_start(motion)
        points = ((start.x, start.y, True), *points)
    with sam2() as track:
        return track(motion.rgb, box, points, step)


def _second_try(
    motion: ClipMotion,
    masks: Bytes,
    verdict: Verdict,
    sam2: Lend[MaskTracker],
    *,
    step: StageStep,
    warn: Warn,
) -> tuple[Bytes, Verdict]:
    """The better of RMBG's doubtful masks and SAM 2's, which start from a point that `find_start` finds."""
    start = find_start(motion, masks)
    with sam2() as track:
        tracked = track(motion.rgb, None, ((start.x, start.y, True),), step)
    second = judge(tracked, motion)
    message = (
        f"RMBG's masks were in doubt ({verdict.doubt}; {verdict.measure}), so SAM 2 followed {start.what} "
        f"({second.doubt or 'no doubt'}; {second.measure})"
    )
    if second.is_better_than(verdict):
        warn(Notice("MASK_SECOND_TRY", f"{message}; SAM 2's were taken."))
        return tracked, second
    warn(Notice("MASK_SECOND_TRY", f"{message}; RMBG's were taken."))
    return masks, verdict
