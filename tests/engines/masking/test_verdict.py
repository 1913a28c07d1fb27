import numpy as np
import pytest

from actionmesh_wrapper.engines.masking.scene import Scene
from actionmesh_wrapper.engines.masking.verdict import Verdict, judge
from tests.engines.masking.fakes import PICTURES, TRUTH, Masks

SCENE = Scene(PICTURES)


def spoiled(*frames: int, level: int = 0) -> Masks:
    masks = TRUTH.copy()
    masks[list(frames)] = level
    return masks


def test_true_masks_are_in_no_doubt() -> None:
    verdict = judge(TRUTH, SCENE)

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
    assert judge(masks, SCENE).doubt == doubt


def test_a_jump_is_in_doubt_with_its_overlap() -> None:
    masks = TRUTH.copy()
    masks[7:] = np.roll(masks[7:], 30, axis=2)

    doubt = judge(masks, SCENE).doubt

    assert doubt is not None
    assert doubt.startswith(
        "its outline jumps from one frame to the next (frames 6 and 7, counted from 0, overlap"
    )


def test_the_worse_the_less_steady() -> None:
    steadiness = [judge(masks, SCENE).steadiness for masks in (TRUTH, spoiled(7), spoiled(7, level=255))]

    assert steadiness[0] > steadiness[1] > 0.8
    assert steadiness[2] == pytest.approx(steadiness[1], abs=0.01)
    assert judge(spoiled(*range(16)), SCENE).steadiness == 0
    assert judge(spoiled(*range(16), level=255), SCENE).steadiness == 0


@pytest.mark.parametrize(("level", "steadiness"), [(None, 1), (0, 0), (255, 0)])
def test_one_frame_is_steady_if_it_shows_something(level: int | None, steadiness: float) -> None:
    masks = (TRUTH if level is None else spoiled(0, level=level))[:1]

    assert judge(masks, Scene(PICTURES[:1])).steadiness == steadiness


def test_no_doubt_betters_doubt_and_then_the_steadier() -> None:
    sure, unsure = Verdict(None, 0.7), Verdict("it is very small", 0.9)

    assert sure.betters(unsure)
    assert not unsure.betters(sure)
    assert Verdict("it jumps", 0.91).betters(unsure)
    assert not unsure.betters(unsure)
    assert unsure.measure == "steadiness 90 %"
