from contextlib import nullcontext

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.engines.silhouette.subject import (
    choose_anchor,
    cut_subject,
    refuse_full,
    subject_masks,
)
from actionmesh_wrapper.errors import InvalidInput, ModelMissing, SubjectNotFound
from actionmesh_wrapper.masking import NO_MODELS, MaskModels
from tests.masking.classical.scenes import Orange
from tests.masking.fakes import TRUTH, KnownSegmenter, KnownTracker, Masks, frames_with, hard, models

GOOD = hard(TRUTH)
BOX = Options(subject_box=(0.05, 0.1, 0.6, 0.9))


def spread(apart: int) -> NDArray[np.bool_]:
    """A body on two legs that stand some pixels apart."""
    mask = np.zeros((80, 80), np.uint8)
    cv2.ellipse(mask, (40, 30), (30, 12), 0, 0, 360, 255, -1)
    cv2.line(mask, (40, 30), (40 - apart, 74), 255, 7)
    cv2.line(mask, (40, 30), (40 + apart, 74), 255, 7)
    return mask > 0


def test_prefers_limbs_that_are_apart() -> None:
    masks = np.stack([spread(apart) for apart in (2, 4, 16, 4, 2)])
    greys = np.full(masks.shape, 100, np.uint8)
    assert choose_anchor(greys, masks) == 2


def test_prefers_the_sharp_frame_and_else_the_middle() -> None:
    masks = np.stack([spread(10)] * 5)
    greys = np.full(masks.shape, 100, np.uint8)
    assert choose_anchor(greys, masks) == 2
    greys[4, ::2] = 200
    assert choose_anchor(greys, masks) == 4


def test_a_frame_with_far_more_than_the_others_is_not_taken_for_that() -> None:
    masks = np.stack([spread(10)] * 5)
    masks[1, 50:78] = True  # the ground under it
    masks[3, 35:] = False  # the legs are lost
    greys = np.full(masks.shape, 100, np.uint8)
    greys[[1, 3], ::2] = 200  # and these are the sharpest
    assert choose_anchor(greys, masks) == 2


def masks_of(
    with_models: MaskModels, options: Options | None = None, frames: Frames | None = None
) -> tuple[Masks, list[str]]:
    """The masks, and the notices' codes."""
    notices: list[Notice] = []
    steps: list[tuple[str, int, int]] = []
    masks = subject_masks(
        frames or frames_with(),
        options or Options(),
        with_models,
        lambda *step: steps.append(step),
        notices.append,
    )
    assert steps[-1] == ("masks", 16, 16)
    return masks, [notice.code for notice in notices]


def close_to_truth(masks: Masks) -> bool:
    both, either = (masks > 127) & (TRUTH > 127), (masks > 127) | (TRUTH > 127)
    return bool(both.sum() > 0.95 * either.sum())


def test_alpha_is_the_mask_whatever_models_there_are() -> None:
    for with_models in (NO_MODELS, models(KnownSegmenter(GOOD), KnownTracker(GOOD))):
        masks, codes = masks_of(with_models, frames=frames_with(TRUTH))
        np.testing.assert_array_equal(masks, TRUTH)
        assert codes == []


@pytest.mark.parametrize("options", [Options(), BOX])
def test_without_models_masks_are_found_all_the_same(options: Options) -> None:
    masks, codes = masks_of(NO_MODELS, options)

    assert close_to_truth(masks)
    assert len(np.unique(masks)) > 2
    assert codes == []


def test_rmbg_is_taken_where_it_is_there() -> None:
    rmbg = KnownSegmenter(GOOD[::-1])

    masks, _ = masks_of(models(rmbg))

    np.testing.assert_array_equal(masks, GOOD[::-1])


def test_sam2_is_taken_for_hints() -> None:
    rmbg, sam2 = KnownSegmenter(GOOD[::-1]), KnownTracker(GOOD)

    masks, codes = masks_of(models(rmbg, sam2), BOX)

    np.testing.assert_array_equal(masks, GOOD)
    assert codes == []
    assert rmbg.seen == []


def test_the_network_is_asked_where_it_is_there() -> None:
    network = Orange()
    masks, codes = masks_of(MaskModels(saliency=lambda: nullcontext(network)))
    assert close_to_truth(masks)
    assert network.asked > 0
    assert codes == []


def test_hints_are_followed_without_sam2_too() -> None:
    rmbg = KnownSegmenter(GOOD)

    masks, codes = masks_of(models(rmbg), BOX)

    assert close_to_truth(masks)
    assert rmbg.seen == []
    assert codes == []


@pytest.mark.parametrize("wish", ["rmbg", "sam2"])
def test_a_model_that_was_asked_for_is_never_replaced_silently(wish: str) -> None:
    with pytest.raises(ModelMissing, match=f"masks: {wish} needs"):
        masks_of(NO_MODELS, Options(masks=wish))


def test_alpha_that_was_asked_for_is_never_replaced_silently() -> None:
    with pytest.raises(InvalidInput, match="masks: alpha was asked for"):
        masks_of(NO_MODELS, Options(masks="alpha"))


def test_a_frame_whose_mask_is_lost_is_not_tracked() -> None:
    lost = GOOD.copy()
    lost[5] = 0
    frames, notices = frames_with(), list[Notice]()
    masks, codes = masks_of(models(KnownSegmenter(lost)))

    subject = cut_subject(frames, masks, notices.append)

    assert not masks[5].any()
    assert codes == ["MASK_LOW_CONFIDENCE"]
    assert subject.frames.tolist() == [0, 1, 2, 3, 4, *range(6, 16)]
    assert len(subject.greys) == len(subject.shapes) == 15
    message = (
        "The masks of 1 of 16 frames (5, counted from 0) are not usable; there the mesh is interpolated "
        "between the frames around."
    )
    assert notices == [Notice("MASK_FRAMES_REPLACED", message)]


def legs_apart(lost: list[int], more: list[int]) -> tuple[list[int], list[Notice]]:
    """The frames that are tracked, of 16 of which some have lost their legs, or have taken ground along."""
    masks = np.stack([spread(10)] * 16)
    masks[lost, 38:] = False
    masks[more, 50:74, 5:75] = True
    notices: list[Notice] = []
    subject = cut_subject(frames_with(), masks.astype(np.uint8) * 255, notices.append)
    return subject.frames.tolist(), notices


def test_masks_that_are_far_from_those_around_for_a_moment_are_not_tracked() -> None:
    tracked, [notice] = legs_apart([1, 6, 7], [12])
    assert tracked == [0, 2, 3, 4, 5, 8, 9, 10, 11, 13, 14, 15]
    assert "4 of 16 frames (1, 6, 7, 12, counted from 0)" in notice.message


@pytest.mark.parametrize("lost", [[8, 9, 10, 11, 12, 13, 14, 15], [1, 4, 7, 10, 13], [0], [15]])
def test_a_subject_that_changes_is_tracked_through(lost: list[int]) -> None:
    tracked, notices = legs_apart(lost, [])
    assert tracked == list(range(16))
    assert notices == []


def test_a_subject_without_background_is_refused_if_most_frames_lack_it() -> None:
    masks = np.ones((4, 10, 10), bool)
    masks[:2, :5] = False
    refuse_full(masks)
    masks[1] = True
    with pytest.raises(SubjectNotFound, match="covers the whole picture"):
        refuse_full(masks)
