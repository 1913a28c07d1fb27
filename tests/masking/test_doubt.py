import numpy as np
import pytest

from actionmesh_wrapper.masking.doubt import Verdict, find_doubt, judge, overlaps, percent
from actionmesh_wrapper.motion.flow import ClipFlow, ClipMotion
from tests.masking.fakes import PICTURES, TRUTH, Masks

SIZE = 100
MOTION = ClipMotion(PICTURES)


def still(count: int) -> ClipFlow:
    """The flow of a clip in which nothing moves."""
    nothing, trust = (
        np.zeros((count - 1, SIZE, SIZE, 2), np.float32),
        np.ones((count - 1, SIZE, SIZE), np.float32),
    )
    return ClipFlow(nothing, nothing, trust, trust)


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
        (squares(40, 35, 40, 35), "its outline is unsteady (frames overlap by 77 %, in the median)"),
        (squares(5, 5, 5, 5), "it is very small (0.2 % of the picture)"),
        (np.ones((4, SIZE, SIZE), bool), "it covers much of the picture's border (100 %)"),
    ],
)
def test_doubts_are_named(masks: np.ndarray, doubt: str | None) -> None:
    assert find_doubt(masks, still(4)) == doubt


def test_one_frame_has_no_neighbour_to_disagree_with() -> None:
    assert find_doubt(squares(40), still(1)) is None


def test_overlap_is_measured_between_neighbours() -> None:
    assert overlaps(squares(40, 20, 0, 0), still(4)) == pytest.approx([0.25, 0, 0])


@pytest.mark.parametrize(
    ("share", "text"), [(0.01, "1.0 %"), (0.0994, "9.9 %"), (0.0996, "10 %"), (0.411, "41 %"), (1, "100 %")]
)
def test_shares_are_given_in_per_cent(share: float, text: str) -> None:
    assert percent(share) == text


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
