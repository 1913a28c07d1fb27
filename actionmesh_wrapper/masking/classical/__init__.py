"""The subject of a clip without alpha: by colour, by motion, and by a small network if there is one."""

from collections.abc import Callable

import cv2
import numpy as np

from actionmesh_wrapper.data.arrays import Bools, Bytes, Singles
from actionmesh_wrapper.data.progress import Notice, Warn
from actionmesh_wrapper.errors import SubjectNotFound
from actionmesh_wrapper.masking.classical.backdrop import find_backdrop, plain_belief
from actionmesh_wrapper.masking.classical.belief import central_belief, moving_belief
from actionmesh_wrapper.masking.classical.cut import PLAIN_CUT, TEXTURED_CUT, Cut, snap_to_edges, tidy
from actionmesh_wrapper.masking.classical.hints import Hints, follow
from actionmesh_wrapper.masking.classical.salient import Salient
from actionmesh_wrapper.masking.doubt import LIKE_SIZE, find_doubt, percent, warn_of_doubt
from actionmesh_wrapper.masking.models import Saliency
from actionmesh_wrapper.motion.clip import SmallClip, enlarge, shrink
from actionmesh_wrapper.motion.flow import ClipFlow, find_flow

NETWORK_MISSING = (
    "The background is not plain, and this worker lacks the small network (U2NETP) that tells a subject from "
    "such a background: the outline was found by colour and motion alone."
)
EMPTY, FULL = 0.001, 0.95  # of the picture; a mask below, or above, shows no subject
BELIEF_LIMIT = 3.0  # of a pixel's belief, so that one frame cannot outvote its neighbours
AGREEMENT = 0.85  # overlap with what stands out, from which on a plain backdrop is believed
MOTION_WEIGHT = 0.75  # of motion beside what stands out
LEAST_OF_BOX = 0.02  # of the caller's box; a mask that fills less in the first frame is not what was meant
UNDECIDED = 1.5  # of the belief in what stands out; less is undecided
MOST_UNDECIDED = (
    0.45  # of what stands out; up to 0.36 on 25 clips of one subject, from 0.56 on 5 of several or none
)
MAJORITY = 0.5  # of the weighted votes of a frame and its neighbours: ends the flicker of single frames


def find_masks(
    images: Bytes,
    *,
    box: tuple[float, float, float, float] | None,
    points: tuple[tuple[float, float, bool], ...] | None,
    step: Callable[[int, int], None],
    warn: Warn,
    network: Saliency | None = None,
) -> Singles:
    """Finds the subject before a plain backdrop; else what stands out or moves; else what is in the middle.

    Args:
        images: (T, H, W, 3) uint8 sRGB.
        box: (x0, y0, x1, y1), 0 to 1, around the subject in the first frame, or None.
        points: (x, y, is_subject), 0 to 1, on the first frame, or None.
        step: is called with the number of frames done and T; what it raises passes through.
        warn: takes a ``MASK_LOW_CONFIDENCE`` notice where the masks are doubtful, and a
            ``MASK_NETWORK_MISSING`` notice where a network would have helped.
        network: finds what stands out. A plain backdrop is believed only where it agrees.

    Returns:
        (T, H, W) float32 in [0, 1], 1 on the subject.

    Raises:
        SubjectNotFound: if most frames show nothing, or nothing but subject, or the box next to nothing.
    """
    step(0, len(images))
    clip = shrink(images)
    flow = find_flow(clip)
    hints = Hints(box, points or ())
    salient = Salient(images, (clip.height, clip.width), network, step) if network else None
    belief, cut, doubt = _find_belief(clip, flow, salient, in_windows=hints.point_at)
    look = salient if hints.point_at and cut is not PLAIN_CUT else None
    held = follow(hints, clip, flow, belief, look=look, by_colour=network is None)
    belief = flow.blend(np.clip(held, -BELIEF_LIMIT, BELIEF_LIMIT))
    masks = np.empty(belief.shape, bool)
    for frame, rgb in enumerate(clip.rgb):
        masks[frame] = tidy(snap_to_edges(rgb, belief[frame], cut))
        step(len(images) if network else frame + 1, len(images))
    votes = flow.blend(masks.astype(np.float32))
    masks = np.stack([tidy(vote > MAJORITY) for vote in votes])
    _refuse_empty_or_full(masks, hints)
    doubt = find_doubt(masks, flow) if hints else doubt or _several(masks) or find_doubt(masks, flow)
    if doubt:
        warn_of_doubt(doubt, masks[0], warn, hinted=bool(hints))
    if network is None and cut is not PLAIN_CUT:
        warn(Notice("MASK_NETWORK_MISSING", NETWORK_MISSING))
    return np.stack([enlarge(mask, *images.shape[1:3]) for mask in masks])


def _find_belief(
    clip: SmallClip, flow: ClipFlow, salient: Salient | None, *, in_windows: bool
) -> tuple[Singles, Cut, str | None]:
    """The belief (T, h, w) in the subject, how to cut it out, and what is doubtful about it already.

    Args:
        clip: T frames.
        flow: between them.
        salient: what stands out, or None without a network.
        in_windows: whether what stands out in windows is added to the belief later, and not all of it here.
    """
    backdrop = find_backdrop(clip)
    if backdrop is not None:
        plain = plain_belief(clip, backdrop)
        if salient is None or salient.confirms(plain, AGREEMENT):
            return plain, PLAIN_CUT, None
    moving = moving_belief(clip, flow) if len(clip) > 1 else None
    if salient is not None:
        beside = np.zeros(clip.grey.shape, np.float32) if moving is None else MOTION_WEIGHT * moving
        if in_windows:
            return beside, TEXTURED_CUT, None
        stands_out = salient.belief(flow)
        return beside + stands_out, TEXTURED_CUT, _unclear(stands_out)
    if moving is not None:
        return moving, TEXTURED_CUT, None
    return (
        central_belief(clip, flow),
        TEXTURED_CUT,
        "the background is not plain, and nothing moves before it",
    )


def _unclear(stands_out: Singles) -> str | None:
    """The doubt about a belief (T, h, w) in what stands out, if too much of it is undecided."""
    undecided = (np.abs(stands_out) < UNDECIDED).sum(axis=(1, 2))
    share = float(np.median(undecided / np.maximum(1, (stands_out > 0).sum(axis=(1, 2)))))
    return "what stands out from the background is not clear" if share > MOST_UNDECIDED else None


def _several(masks: Bools) -> str | None:
    """The doubt about masks (T, h, w) that show several things of like size, by the frames' median."""
    second = []
    for mask in masks:
        stats = cv2.connectedComponentsWithStats(mask.astype(np.uint8))[2]
        areas = np.sort(stats[1:, cv2.CC_STAT_AREA])[::-1]
        second.append(areas[1] / areas[0] if len(areas) > 1 else 0.0)
    share = float(np.median(second))
    return (
        f"it shows several things (the second has {percent(share)} of the first's size)"
        if share > LIKE_SIZE
        else None
    )


def _refuse_empty_or_full(masks: Bools, hints: Hints) -> None:
    """Raises SubjectNotFound if masks (T, h, w) show next to nothing or nearly everything, in the median."""
    area = np.median(masks.mean(axis=(1, 2)))
    least = LEAST_OF_BOX * hints.allowed(*masks.shape[1:]).sum() if hints.box else 0
    if EMPTY <= area <= FULL and masks[0].sum() >= least:
        return
    if hints:
        raise SubjectNotFound(
            "Nothing stands out where subject_box or subject_points say. Is it the first frame?"
        )
    what = "No subject was found." if area < EMPTY else "The subject could not be told from the background."
    raise SubjectNotFound(f"{what} A subject_box around it in the first frame helps.")
