import numpy as np
import pytest

from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.errors import SubjectNotFound
from actionmesh_wrapper.masking.shapes import (
    clean,
    largest_part,
    replace_lost,
    shared,
    subject_parts,
    usable_frames,
)
from tests.masking.fakes import TRUTH, Masks, unwarned


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
    message = (
        "The masks of 4 of 16 frames (0, 7, 8, 15, counted from 0) are not usable; there the nearest good "
        "frame's mask was taken."
    )
    assert notices == [Notice("MASK_FRAMES_REPLACED", message)]


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
    ("masks", "problem"),
    [
        (lost(*range(16)), "No subject was found in any of 16 frames"),
        (lost(*range(16), level=255), "Nothing but subject was found in all 16 frames"),
        (
            np.concatenate([lost(*range(16))[:2], lost(*range(16), level=255)[2:]]),
            "No subject was found in frames 0, 1 (counted from 0), and nothing but subject in the others",
        ),
    ],
)
def test_nothing_and_everything_is_no_subject(masks: Masks, problem: str) -> None:
    with pytest.raises(SubjectNotFound) as caught:
        replace_lost(masks, unwarned)

    assert caught.value.message == f"{problem}. A subject_box around it in the first frame helps."


def test_parts_of_an_eighth_stay_and_specks_go() -> None:
    mask = np.zeros((60, 100), bool)
    mask[5:45, 5:45] = True  # 1600 pixels
    mask[5:21, 60:80] = True  # 320, a fifth
    mask[50:55, 90:95] = True  # 25
    kept = subject_parts(mask)
    assert kept[10, 70]
    assert not kept[52, 92]
    assert kept.sum() == 1920
    assert largest_part(mask).sum() == 1600


def test_cleaning_fills_pinholes_keeps_holes_and_clears_the_border() -> None:
    alpha = np.zeros((100, 100), np.uint8)
    alpha[:80, 20:90] = 255
    alpha[30:32, 30:32] = 0
    alpha[40:60, 60:80] = 0
    mask = clean(alpha)
    assert mask[31, 31]
    assert not mask[50, 70]
    assert not mask[0].any()
    assert mask[1, 50]


def test_what_is_shared_is_told_frame_by_frame() -> None:
    some, others = np.zeros((2, 3, 4, 4), bool)
    some[:2, :2], others[0, 1:3] = True, True
    np.testing.assert_allclose(shared(some, others), [1 / 3, 0, 0])


def test_a_bad_frame_takes_its_nearest_good_one() -> None:
    areas = np.array([100, 100, 5, 0, 100, 100, 100, 100, 100])
    np.testing.assert_array_equal(usable_frames(areas), [0, 1, 1, 4, 4, 5, 6, 7, 8])


def test_more_than_a_quarter_of_bad_frames_is_too_many() -> None:
    with pytest.raises(SubjectNotFound, match="lost in 2 of 5 frames"):
        usable_frames(np.array([100, 0, 0, 100, 100]))


def test_no_subject_in_any_frame() -> None:
    with pytest.raises(SubjectNotFound, match="No subject"):
        usable_frames(np.zeros(4, np.int64))
