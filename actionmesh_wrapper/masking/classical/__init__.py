"""Finds the subject of a clip that has no alpha, without a model."""

from collections.abc import Callable

import numpy as np

from actionmesh_wrapper.data.arrays import Bools, Bytes, Singles
from actionmesh_wrapper.data.progress import Warn
from actionmesh_wrapper.errors import SubjectNotFound
from actionmesh_wrapper.masking.classical.backdrop import find_backdrop, plain_belief
from actionmesh_wrapper.masking.classical.belief import central_belief, moving_belief
from actionmesh_wrapper.masking.classical.cut import PLAIN_CUT, TEXTURED_CUT, Cut, snap_to_edges, tidy
from actionmesh_wrapper.masking.classical.hints import Hints, follow
from actionmesh_wrapper.masking.doubt import find_doubt, warn_of_doubt
from actionmesh_wrapper.motion.clip import SmallClip, enlarge, shrink
from actionmesh_wrapper.motion.flow import ClipFlow, find_flow

EMPTY, FULL = 0.001, 0.95  # of the picture; a mask below, or above, shows no subject
BELIEF_LIMIT = 3.0  # of a pixel's belief, so that one frame cannot outvote its neighbours
MAJORITY = 0.5  # of the weighted votes of a frame and its neighbours: ends the flicker of single frames


def find_masks(
    images: Bytes,
    *,
    box: tuple[float, float, float, float] | None,
    points: tuple[tuple[float, float, bool], ...] | None,
    step: Callable[[int, int], None],
    warn: Warn,
) -> Singles:
    """Finds the subject before a plain backdrop; else what moves; else what is in the middle.

    Args:
        images: (T, H, W, 3) uint8 sRGB.
        box: (x0, y0, x1, y1), 0 to 1, around the subject in the first frame, or None.
        points: (x, y, is_subject), 0 to 1, on the first frame, or None.
        step: is called with the number of frames done and T; what it raises passes through.
        warn: takes a ``MASK_LOW_CONFIDENCE`` notice where the masks are doubtful.

    Returns:
        (T, H, W) float32 in [0, 1], 1 on the subject.

    Raises:
        SubjectNotFound: if most frames show nothing, or nothing but subject.
    """
    step(0, len(images))
    clip = shrink(images)
    flow = find_flow(clip)
    hints = Hints(box, points or ())
    belief, cut, doubt = _find_belief(clip, flow)
    belief = flow.blend(np.clip(follow(hints, clip, flow, belief), -BELIEF_LIMIT, BELIEF_LIMIT))
    masks = np.empty(belief.shape, bool)
    for frame, rgb in enumerate(clip.rgb):
        masks[frame] = tidy(snap_to_edges(rgb, belief[frame], cut))
        step(frame + 1, len(images))
    votes = flow.blend(masks.astype(np.float32))
    masks = np.stack([tidy(vote > MAJORITY) for vote in votes])
    _refuse_empty_or_full(masks, hints)
    doubt = find_doubt(masks, flow) if hints else doubt or find_doubt(masks, flow)
    if doubt:
        warn_of_doubt(doubt, warn)
    return np.stack([enlarge(mask, *images.shape[1:3]) for mask in masks])


def _find_belief(clip: SmallClip, flow: ClipFlow) -> tuple[Singles, Cut, str | None]:
    """The belief (T, h, w) in the subject, how to cut it out, and what is doubtful about it already."""
    backdrop = find_backdrop(clip)
    if backdrop is not None:
        return plain_belief(clip, backdrop), PLAIN_CUT, None
    moving = moving_belief(clip, flow) if len(clip) > 1 else None
    if moving is not None:
        return moving, TEXTURED_CUT, None
    return (
        central_belief(clip, flow),
        TEXTURED_CUT,
        "the background is not plain, and nothing moves before it",
    )


def _refuse_empty_or_full(masks: Bools, hints: Hints) -> None:
    """Raises SubjectNotFound if masks (T, h, w) show next to nothing or nearly everything, in the median."""
    area = np.median(masks.mean(axis=(1, 2)))
    if EMPTY <= area <= FULL:
        return
    if hints:
        raise SubjectNotFound(
            "Nothing stands out where subject_box or subject_points say. Is it the first frame?"
        )
    what = "No subject was found." if area < EMPTY else "The subject could not be told from the background."
    raise SubjectNotFound(f"{what} A subject_box around it in the first frame helps.")
