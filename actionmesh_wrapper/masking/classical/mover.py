"""What stands out and what moves, weighed: which of them is the subject where they are not one thing."""

from dataclasses import dataclass

import numpy as np

from actionmesh_wrapper.data.arrays import Bools, Singles
from actionmesh_wrapper.masking.classical.moving import HALO, grown
from actionmesh_wrapper.masking.classical.salient import Salient
from actionmesh_wrapper.masking.doubt import LEAST_OVERLAP, USUAL_OVERLAP, overlaps, second_parts
from actionmesh_wrapper.masking.shapes import largest_part, shared
from actionmesh_wrapper.motion.clip import SmallClip
from actionmesh_wrapper.motion.colour import colour_bins, likeness
from actionmesh_wrapper.motion.flow import ClipFlow

ALIKE, UNLIKE = 0.5, 0.4  # overlap of what moves with what stands out: from the first on they are one thing
MOTION = 0.75  # its weight beside what stands out, where they are one thing
CHOSEN_MOTION = 2.0  # its weight where it is the subject, beside what stands out near it
STEADIER_MOTION = 3.0  # its weight where what stands out changes from frame to frame
ELSEWHERE = -2.5  # belief in what moves elsewhere than the subject
MAIN_THING = 0.5  # of what moves, that its largest part has for it to be the subject
ONE_THING = 0.9  # of what moves, that its largest part has where one thing moves
CONFIRMED = 0.6  # of a second look at what moves, that a network must see of it
STEADY_AREA = 0.13  # of its mean, by which the area of a thing of its own varies (standard deviation)
OTHER_COLOURS = 0.5  # likeness of two things' colours, below which one is no part of the other
LEAST_MOVING = 0.05  # of what stands out; what moves and is less says nothing against it
LEAST_THING = 0.35  # of what moves, that its largest part has, else it is leaves or water and says nothing
TWO_MOVERS = 0.4  # of a mover's size, from which on a second one may be meant as well
CHANGES = "what stands out changes from frame to frame, so what moves was taken"
ELSE_MOVES = "something else moves than what stands out"
ALSO_MOVES = "something else of like size moves, too"


@dataclass(frozen=True, eq=False)
class Weighed:
    """What stands out and what moves as one belief.

    Attributes:
        belief: (T, h, w) float32, in the subject.
        moving: (T, h, w) float32, the belief in what moves; where that was chosen, in the thing alone.
        doubt: what is doubtful about it already, or None.
    """

    belief: Singles
    moving: Singles
    doubt: str | None = None


def weigh_motion(
    clip: SmallClip, flow: ClipFlow, stands_out: Singles, moving: Singles, salient: Salient
) -> Weighed:
    """Weighs what moves by whether it is what stands out.

    Where one thing moves and another stands out, the first is the subject if it is a thing of its own, or if
    it stands out, too, when the network looks at it alone. Many things that move are leaves, water, or parts
    of the subject. A network that has seen something else in the whole frame sees the limbs of what moves,
    which rest or move otherwise, in windows about it.

    Args:
        clip: T frames.
        flow: between them.
        stands_out: (T, h, w) float32, the network's belief.
        moving: (T, h, w) float32, the belief in what moves.
        salient: takes a second look.
    """
    agreement = float(np.median(shared(stands_out > 0, moving > 0)))
    if agreement >= ALIKE:
        return Weighed(stands_out + MOTION * moving, moving)
    largest = np.stack([largest_part(belief > 0) for belief in moving])
    moves = (moving > 0).sum()
    is_one, is_main = (largest.sum() >= share * moves > 0 for share in (ONE_THING, MAIN_THING))
    is_thing = is_main and overlaps(largest, flow).min() >= LEAST_OVERLAP
    changes = is_thing and float(np.median(overlaps(stands_out > 0, flow))) < USUAL_OVERLAP
    if changes:
        return Weighed(stands_out + STEADIER_MOTION * moving, moving, CHANGES)
    is_its_own = is_thing and _is_of_its_own(clip, largest, stands_out > 0)
    if is_its_own or ((is_thing or is_one) and salient.second_look(largest) >= CONFIRMED):
        thing = np.where((moving > 0) & ~grown(largest, HALO), ELSEWHERE, moving).astype(np.float32)
        belief = salient.near(largest, flow) + CHOSEN_MOTION * thing
        if np.median(second_parts(moving > 0)) > TWO_MOVERS:
            return Weighed(belief, thing, ALSO_MOVES)
        return Weighed(belief, thing, None if is_its_own or is_one else ELSE_MOVES)
    is_much = is_one or moves > LEAST_MOVING * (stands_out > 0).sum()
    says_no = is_much and largest.sum() >= LEAST_THING * moves and agreement < UNLIKE
    return Weighed(stands_out, moving, ELSE_MOVES if says_no else None)


def _is_of_its_own(clip: SmallClip, moves: Bools, stands_out: Bools) -> bool:
    """Whether what moves (T, h, w) keeps its size and has other colours than the rest of what stands out.

    An arm that waves has those of its body.
    """
    area = moves.sum(axis=(1, 2))
    if area.std() > STEADY_AREA * area.mean():
        return False
    core, rest = ~grown(~moves, HALO // 2), stands_out & ~grown(moves, HALO)
    alike = likeness(colour_bins(clip.lab), core.astype(np.float32), rest.astype(np.float32))
    return alike < OTHER_COLOURS
