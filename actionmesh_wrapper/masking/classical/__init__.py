"""The subject of a clip without alpha: by colour, by motion, and by a small network if there is one."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from actionmesh_wrapper.data.arrays import Bools, Bytes, Singles
from actionmesh_wrapper.data.progress import Notice, Warn
from actionmesh_wrapper.errors import SubjectNotFound
from actionmesh_wrapper.masking.classical.backdrop import find_backdrop, plain_belief
from actionmesh_wrapper.masking.classical.cut import (
    CERTAIN,
    PLAIN_CUT,
    TEXTURED_CUT,
    Cut,
    snap_to_edges,
    tidy,
)
from actionmesh_wrapper.masking.classical.hints import Hints, follow
from actionmesh_wrapper.masking.classical.mover import MOTION, weigh_motion
from actionmesh_wrapper.masking.classical.moving import moving_belief
from actionmesh_wrapper.masking.classical.salient import Salient
from actionmesh_wrapper.masking.doubt import find_doubt, percent, several_doubt, warn_of_doubt
from actionmesh_wrapper.masking.models import Saliency
from actionmesh_wrapper.masking.points import points_doubt
from actionmesh_wrapper.masking.shapes import shared
from actionmesh_wrapper.motion.clip import SmallClip, enlarge, shrink
from actionmesh_wrapper.motion.flow import ClipFlow, find_flow

NETWORK_MISSING = (
    "The background is not plain, and this worker lacks the small network (U2NETP) that tells a subject from "
    "such a background: the outline was found by colour and motion alone."
)
POINTS_OFF_ALL = (
    "subject_points have no effect: all are off the subject, and nothing was found at any of them."
)
EMPTY, FULL = 0.001, 0.95  # of the picture; a mask below, or above, shows no subject
BELIEF_LIMIT = 3.0  # of a pixel's belief, so that one frame cannot outvote its neighbours
AGREEMENT = 0.85  # of a second look at what differs from a plain backdrop, from which on that is believed
LEAST_OF_BOX = 0.02  # of the caller's box; a mask that fills less in the first frame is not what was meant
LEAST_SECOND_LOOK = 0.75  # of the masks, of which less is in doubt; see bench/README.md
LEAST_AGREEMENT = 0.87  # of the masks with what stands out or with what moves; from it on
LEAST_AGREED_LOOK = 0.55  # is enough of a second look, which a border that cuts the subject makes worse
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
    """Finds the subject before a plain backdrop; else what stands out or moves.

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
    found = _find_belief(clip, flow, salient, in_windows=hints.point_at)
    look = salient if hints.point_at and found.cut is not PLAIN_CUT else None
    belief = np.clip(found.belief, 1 - CERTAIN, CERTAIN - 1)  # only hints are certain
    if hints and not hints.change(belief[0]):
        warn(Notice("OPTION_IGNORED", POINTS_OFF_ALL))
    held = follow(hints, clip, flow, belief, look=look)
    belief = flow.blend(np.clip(held, -BELIEF_LIMIT, BELIEF_LIMIT))
    certain = np.abs(held) >= CERTAIN if hints else np.zeros(held.shape, bool)
    belief = np.where(certain, held, belief)
    masks = np.empty(belief.shape, bool)
    for frame, rgb in enumerate(clip.rgb):
        masks[frame] = tidy(snap_to_edges(rgb, belief[frame], found.cut))
        step(len(images) if network else frame + 1, len(images))
    votes = flow.blend(masks.astype(np.float32))
    masks = np.stack([tidy(vote > MAJORITY) for vote in votes])
    masks = np.where(certain, held > 0, masks)
    lacks_network = network is None and found.cut is not PLAIN_CUT
    _refuse_empty_or_full(masks, hints, lacks_network=lacks_network)
    comes_apart = not hints or several_doubt(masks[:1]) is None  # several that were pointed at are no doubt
    doubt = (
        hints.doubt(masks[0])
        or points_doubt(masks[0], hints.points)
        or (None if hints else found.doubt)
        or (several_doubt(masks) if comes_apart else None)
        or find_doubt(masks, clip, flow, plain=found.cut is PLAIN_CUT)
        or (_second_doubt(masks, found, salient) if salient and found.cut is not PLAIN_CUT else None)
    )
    if doubt:
        warn_of_doubt(doubt, masks[0], warn, hinted=bool(hints))
    if lacks_network:
        warn(Notice("MASK_NETWORK_MISSING", NETWORK_MISSING))
    return np.stack([enlarge(mask, *images.shape[1:3]) for mask in masks])


@dataclass(frozen=True, eq=False)
class _Found:
    """What colour, motion and the network say.

    Attributes:
        belief: (T, h, w) float32, in the subject.
        cut: how to cut it out.
        doubt: what is doubtful about it already, or None.
        signs: (T, h, w) float32 each, where a network was asked: what stands out, and what moves.
    """

    belief: Singles
    cut: Cut
    doubt: str | None = None
    signs: tuple[Singles, ...] = ()


def _find_belief(clip: SmallClip, flow: ClipFlow, salient: Salient | None, *, in_windows: bool) -> _Found:
    """The belief in the subject.

    Args:
        clip: T frames.
        flow: between them.
        salient: what stands out, or None without a network.
        in_windows: whether what stands out in windows is added to the belief later, and not all of it here.
    """
    backdrop = find_backdrop(clip)
    if backdrop is not None:
        plain = plain_belief(clip, backdrop)
        if salient is None or salient.second_look(plain > 0) >= AGREEMENT:
            return _Found(plain, PLAIN_CUT)
    moving = moving_belief(clip, flow) if len(clip) > 1 else None
    if moving is None:
        moving = np.zeros(clip.grey.shape, np.float32)
    if salient is None:
        return _Found(moving, TEXTURED_CUT)
    if in_windows:
        return _Found(MOTION * moving, TEXTURED_CUT)
    stands_out = salient.belief(flow)
    weighed = weigh_motion(clip, flow, stands_out, moving, salient)
    return _Found(weighed.belief, TEXTURED_CUT, weighed.doubt, (stands_out, weighed.moving))


def _second_doubt(masks: Bools, found: _Found, salient: Salient) -> str | None:
    """The doubt that a second look at masks (T, h, w) gives; it counts less where they are what moves."""
    agreement = max((float(np.median(shared(masks, sign > 0))) for sign in found.signs), default=0.0)
    same = salient.second_look(masks)
    if same >= (LEAST_SECOND_LOOK if agreement < LEAST_AGREEMENT else LEAST_AGREED_LOOK):
        return None
    return f"looked at closely, something else stands out ({percent(same)} is the same)"


def _refuse_empty_or_full(masks: Bools, hints: Hints, *, lacks_network: bool) -> None:
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
    also = " So would the small network (U2NETP), which this worker lacks." if lacks_network else ""
    raise SubjectNotFound(f"{what} A subject_box around it in the first frame helps.{also}")
