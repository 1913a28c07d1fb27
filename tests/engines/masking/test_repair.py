import numpy as np
import pytest

from actionmesh_wrapper.engines.masking.repair import replace_lost
from actionmesh_wrapper.errors import SubjectNotFound
from actionmesh_wrapper.notice import Notice
from tests.engines.masking.fakes import TRUTH, Masks, unwarned


def lost(*frames: int, level: int = 0) -> Masks:
    masks = TRUTH.copy()
    masks[list(frames)] = level
    return masks


def test_good_masks_stay_as_they_are() -> None:
    assert replace_lost(TRUTH, unwarned) is TRUTH


@pytest.mark.parametrize("level", [0, 127, 255])
def test_lost_ones_become_their_nearest_good_ones(level: int) -> None:
    notices: list[Notice] = []

    masks = replace_lost(lost(0, 7, 8, 15, level=level), notices.append)

    np.testing.assert_array_equal(masks, TRUTH[[1, *range(1, 7), 6, 9, *range(9, 15), 14]])
    told = (
        "The subject was lost in 4 of 16 frames (0, 7, 8, 15, counted from 0); there the nearest good "
        "frame's mask was taken."
    )
    assert notices == [Notice("MASK_FRAMES_REPLACED", told)]


def test_a_mask_too_small_for_the_crop_that_all_need_is_lost() -> None:
    masks = TRUTH.copy()
    masks[4] = 0
    masks[4, 90:99, 90:99] = 255  # 81 pixels of some 160 × 90: not a hundredth
    notices: list[Notice] = []

    replaced = replace_lost(masks, notices.append)

    np.testing.assert_array_equal(replaced[4], TRUTH[3])
    assert [notice.code for notice in notices] == ["MASK_FRAMES_REPLACED"]


def test_a_small_subject_is_none_the_worse() -> None:
    masks = np.zeros((16, 600, 600), np.uint8)
    for frame, mask in enumerate(masks):
        mask[300:310, 300 + frame : 310 + frame] = 255  # 0.03 % of the picture

    assert replace_lost(masks, unwarned) is masks


def test_what_actionmesh_itself_takes_is_not_lost() -> None:
    masks = np.zeros((16, 100, 200), np.uint8)
    masks[::2, 10:90, :150] = masks[1::2, 10:90, 50:] = 255
    masks[5] = 0
    masks[5, 40:50, 80:100] = 255  # exactly a hundredth of the picture

    assert replace_lost(masks, unwarned) is masks


def test_more_than_a_quarter_lost_is_no_subject() -> None:
    with pytest.raises(SubjectNotFound) as caught:
        replace_lost(lost(2, 3, 5, 7, 11), unwarned)

    assert str(caught.value) == (
        "SUBJECT_NOT_FOUND: The subject was lost in 5 of 16 frames (2, 3, 5, 7, 11, counted from 0). Try a "
        "part of the video in which it stays in the picture (start_s, end_s), or subject_box."
    )


@pytest.mark.parametrize(
    ("masks", "told"),
    [
        (lost(*range(16)), "No subject was found in any of 16 frames"),
        (lost(*range(16), level=255), "Nothing but subject was found in all 16 frames"),
        (
            np.concatenate([lost(*range(16))[:2], lost(*range(16), level=255)[2:]]),
            "No subject was found in frames 0, 1 (counted from 0), and nothing but subject in the others",
        ),
    ],
)
def test_nothing_and_everything_is_no_subject(masks: Masks, told: str) -> None:
    with pytest.raises(SubjectNotFound) as caught:
        replace_lost(masks, unwarned)

    assert caught.value.message == f"{told}. A subject_box around it in the first frame helps."
