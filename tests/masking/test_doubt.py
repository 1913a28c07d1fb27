import numpy as np
import pytest

from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.masking.doubt import (
    Verdict,
    find_doubt,
    judge,
    overlaps,
    percent,
    several_doubt,
    warn_of_doubt,
)
from actionmesh_wrapper.motion.clip import SmallClip, shrink
from actionmesh_wrapper.motion.flow import ClipFlow, ClipMotion
from tests.masking.fakes import PICTURES, TRUTH, Masks

SIZE = 100
MOTION = ClipMotion(PICTURES)
INSIDE = np.s_[:, 10:70, 10:70]  # of the pictures, where squares of 60 are
RIGHT = np.s_[:, :, 40:]


def still(count: int, trust: float = 1) -> ClipFlow:
    """The flow of a clip in which nothing moves."""
    nothing = np.zeros((count - 1, SIZE, SIZE, 2), np.float32)
    trusted = np.full((count - 1, SIZE, SIZE), trust, np.float32)
    return ClipFlow(nothing, nothing.copy(), trusted, trusted)


def painted(count: int, right: tuple[int, int, int] = (200, 120, 60)) -> SmallClip:
    """A clip in orange, its right part in another colour if one is given."""
    images = np.full((count, SIZE, SIZE, 3), (200, 120, 60), np.uint8)
    images[RIGHT] = right
    return shrink(images)


def squares(*sides: int) -> np.ndarray:
    masks = np.zeros((len(sides), SIZE, SIZE), bool)
    for mask, side in zip(masks, sides, strict=True):
        mask[10 : 10 + side, 10 : 10 + side] = True
    return masks


@pytest.mark.parametrize(
    ("masks", "doubt"),
    [
        (squares(40, 40, 41, 40), None),
        (
            squares(40, 40, 20, 40),
            "its outline jumps from one frame to the next (frames 1 and 2, counted from 0, overlap by 25 %)",
        ),
        (squares(40, 33, 40, 33), "its outline is unsteady (frames overlap by 68 %, in the median)"),
        (squares(5, 5, 5, 5), "it is very small (0.2 % of the picture)"),
        (np.ones((4, SIZE, SIZE), bool), "it covers much of the picture's border (100 %)"),
    ],
)
def test_doubts_are_named(masks: np.ndarray, doubt: str | None) -> None:
    assert find_doubt(masks, painted(4), still(4)) == doubt


@pytest.mark.parametrize(
    ("sides", "is_told"), [((40, 33, 40, 33), False), ((40, 40, 25, 40), False), ((40, 40, 0, 40), True)]
)
def test_before_a_plain_backdrop_what_moves_fast_is_no_jump(sides: tuple[int, ...], is_told: bool) -> None:
    doubt = find_doubt(squares(*sides), painted(4), still(4), plain=True)

    assert (doubt is not None) == is_told


APART = "its parts move apart, as two things would (edges of motion are 5.8 % of it)"


def right_part_moves(trust: float = 1) -> ClipFlow:
    flow = still(4, trust)
    flow.forward[RIGHT][..., 0] = 4
    return flow


def test_parts_of_two_colours_that_move_apart_are_in_doubt() -> None:
    masks, clip = squares(60, 60, 60, 60), painted(4, (60, 90, 200))

    assert find_doubt(masks, clip, still(4)) is None
    assert find_doubt(masks, clip, right_part_moves()) == APART


def test_parts_of_one_colour_that_move_apart_are_one_body_that_bends() -> None:
    assert find_doubt(squares(60, 60, 60, 60), painted(4), right_part_moves()) is None


@pytest.mark.parametrize(("stripe", "is_told"), [(6, False), (16, True)])
def test_short_seams_are_one_body_that_bends_and_a_long_one_is_two(stripe: int, is_told: bool) -> None:
    """As the coils of a spring: along one edge of motion colours differ in stripes, every 16 pixels."""
    images = np.full((4, SIZE, SIZE, 3), (200, 120, 60), np.uint8)
    for top in range(14, 66, 16):
        images[:, top : top + stripe, 40:] = (180, 130, 80)

    doubt = find_doubt(squares(60, 60, 60, 60), shrink(images), right_part_moves())

    assert (doubt is not None) == is_told


def test_edges_where_flow_is_lost_say_nothing() -> None:
    flow = right_part_moves(trust=0.4)

    assert find_doubt(squares(60, 60, 60, 60), painted(4, (60, 90, 200)), flow) is None


def test_a_body_that_is_stretched_all_over_is_one() -> None:
    flow = still(4)
    flow.forward[..., 0] = 0.5 * np.arange(SIZE)

    assert find_doubt(squares(60, 60, 60, 60), painted(4, (60, 90, 200)), flow) is None


def test_what_comes_in_from_the_border_needs_no_other_colour() -> None:
    masks = squares(60, 60, 60, 60)
    masks[:, 20:60, 70:] = True  # an arm

    doubt = find_doubt(masks, painted(4), right_part_moves())

    assert doubt is not None
    assert doubt.startswith("its parts move apart")


def test_the_outline_is_no_edge_of_motion_within() -> None:
    flow = still(4)
    flow.forward[INSIDE][..., 0] = 4

    assert find_doubt(squares(60, 60, 60, 60), painted(4, (60, 90, 200)), flow) is None


def test_one_frame_has_no_neighbour_to_disagree_with() -> None:
    assert find_doubt(squares(40), painted(1), still(1)) is None


def test_overlap_is_measured_between_neighbours() -> None:
    assert overlaps(squares(40, 20, 0, 0), still(4)) == pytest.approx([0.25, 0, 0])


@pytest.mark.parametrize(
    ("share", "text"), [(0.01, "1.0 %"), (0.0994, "9.9 %"), (0.0996, "10 %"), (0.411, "41 %"), (1, "100 %")]
)
def test_shares_are_given_in_per_cent(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("first", "hinted", "advice"),
    [
        (
            squares(40)[0],
            False,
            (
                "If it is wrong, correct subject_box, around the subject in the first frame: "
                "[0.1, 0.1, 0.5, 0.5] was taken."
            ),
        ),
        (
            squares(20)[0] | np.roll(squares(30)[0], 40, axis=1),
            False,
            (
                "If one part of it is meant, send that as subject_box: "
                "[0.5, 0.1, 0.8, 0.4] or [0.1, 0.1, 0.3, 0.3]."
            ),
        ),
        (squares(0)[0], False, "If it is wrong, send subject_box, around the subject in the first frame."),
        (
            squares(40)[0],
            True,
            "If it is wrong, draw subject_box closer, or add subject_points on the subject and off it.",
        ),
    ],
)
def test_a_warning_says_what_to_send(first: np.ndarray, hinted: bool, advice: str) -> None:
    notices: list[Notice] = []
    warn_of_doubt("it jumps", first, notices.append, hinted=hinted)
    message = f"The subject's outline may be wrong: it jumps. masks_preview shows it. {advice}"
    assert notices == [Notice("MASK_LOW_CONFIDENCE", message)]


def spoiled(*frames: int, level: int = 0) -> Masks:
    masks = TRUTH.copy()
    masks[list(frames)] = level
    return masks


def test_true_masks_are_in_no_doubt() -> None:
    verdict = judge(TRUTH, MOTION)

    assert verdict.doubt is None
    assert verdict.steadiness > 0.93


@pytest.mark.parametrize(
    ("masks", "doubt"),
    [
        (
            spoiled(3, 9),
            "it covers less than 1 % of the picture in 2 of 16 frames (3, 9, counted from 0)",
        ),
        (spoiled(*range(16)), "it covers less than 1 % of the picture in all 16 frames"),
        (
            spoiled(5, level=255),
            "it covers more than 99 % of the picture in 1 of 16 frames (5, counted from 0)",
        ),
        (spoiled(*range(16), level=255), "it covers more than 99 % of the picture in all 16 frames"),
    ],
)
def test_nothing_and_everything_are_in_doubt(masks: Masks, doubt: str) -> None:
    assert judge(masks, MOTION).doubt == doubt


def test_a_jump_is_in_doubt_with_its_overlap() -> None:
    masks = TRUTH.copy()
    masks[7:] = np.roll(masks[7:], 30, axis=2)

    doubt = judge(masks, MOTION).doubt

    assert doubt is not None
    assert doubt.startswith(
        "its outline jumps from one frame to the next (frames 6 and 7, counted from 0, overlap"
    )


def test_the_worse_the_less_steady() -> None:
    steadiness = [judge(masks, MOTION).steadiness for masks in (TRUTH, spoiled(7), spoiled(7, level=255))]

    assert steadiness[0] > steadiness[1] > 0.8
    assert steadiness[2] == pytest.approx(steadiness[1], abs=0.01)
    assert judge(spoiled(*range(16)), MOTION).steadiness == 0
    assert judge(spoiled(*range(16), level=255), MOTION).steadiness == 0


@pytest.mark.parametrize(("level", "steadiness"), [(None, 1), (0, 0), (255, 0)])
def test_one_frame_is_steady_if_it_shows_something(level: int | None, steadiness: float) -> None:
    masks = (TRUTH if level is None else spoiled(0, level=level))[:1]

    assert judge(masks, ClipMotion(PICTURES[:1])).steadiness == steadiness


def test_no_doubt_is_better_than_doubt_and_then_the_steadier() -> None:
    certain, doubtful = Verdict(None, 0.7), Verdict("it is very small", 0.9)

    assert certain.is_better_than(doubtful)
    assert not doubtful.is_better_than(certain)
    assert Verdict("it jumps", 0.91).is_better_than(doubtful)
    assert not doubtful.is_better_than(doubtful)
    assert doubtful.measure == "steadiness 90 %"


@pytest.mark.parametrize(("apart", "doubt"), [(0, None), (2, None), (3, "3"), (16, "16")])
def test_two_things_are_told_where_they_are_apart_in_more_than_single_frames(
    apart: int, doubt: str | None
) -> None:
    masks = np.zeros((16, 60, 90), bool)
    masks[:, 10:50, 5:45] = True
    masks[:, 10:50, 45:65] = True  # half of the first, and one with it
    masks[:apart, :, 45:65] = False
    masks[:apart, 10:50, 65:85] = True

    several = several_doubt(masks)

    assert several == (
        f"it shows several things (the second has 50 % of the first's size, in {doubt} of the frames)"
        if doubt
        else None
    )
