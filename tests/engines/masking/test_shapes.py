import numpy as np
import pytest

from actionmesh_wrapper.engines.masking.shapes import (
    clean,
    largest_part,
    refuse_full,
    signed_distance,
    subject_parts,
    usable_frames,
)
from actionmesh_wrapper.errors import SubjectNotFound


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


def test_distance_is_zero_between_the_pixels_of_the_edge() -> None:
    mask = np.zeros((5, 9), bool)
    mask[:, 4:] = True
    np.testing.assert_allclose(signed_distance(mask)[2], [-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 4.5])


def test_distance_is_exact() -> None:
    mask = np.random.default_rng(0).random((40, 50)) > 0.1
    squared = (np.abs(signed_distance(mask)) + 0.5) ** 2
    np.testing.assert_allclose(squared, np.round(squared), rtol=1e-14)


def test_a_bad_frame_takes_its_nearest_good_one() -> None:
    areas = np.array([100, 100, 5, 0, 100, 100, 100, 100, 100])
    np.testing.assert_array_equal(usable_frames(areas), [0, 1, 1, 4, 4, 5, 6, 7, 8])


def test_more_than_a_quarter_of_bad_frames_is_too_many() -> None:
    with pytest.raises(SubjectNotFound, match="lost in 2 of 5 frames"):
        usable_frames(np.array([100, 0, 0, 100, 100]))


def test_no_subject_in_any_frame() -> None:
    with pytest.raises(SubjectNotFound, match="No subject"):
        usable_frames(np.zeros(4, np.int64))


def test_a_subject_without_background_is_refused_if_most_frames_lack_it() -> None:
    masks = np.ones((4, 10, 10), bool)
    masks[:2, :5] = False
    refuse_full(masks)
    masks[1] = True
    with pytest.raises(SubjectNotFound, match="covers the whole picture"):
        refuse_full(masks)
