"""`subject_masks` from end to end, with models whose masks are known."""

import numpy as np
import pytest

from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.errors import Cancelled, ModelMissing, SubjectNotFound
from actionmesh_wrapper.masking import MaskModels, find_masks, subject_masks
from actionmesh_wrapper.masking.models import Points
from tests.masking.fakes import (
    PICTURES,
    TRUTH,
    KnownSegmenter,
    KnownTracker,
    Masks,
    frames_with,
    hard,
    models,
    unwarned,
)

GOOD = hard(TRUTH)
EVERY_FRAME = [(frame, 16) for frame in range(1, 17)]


def spoiled(*frames: int, level: int = 0) -> Masks:
    masks = GOOD.copy()
    masks[list(frames)] = level
    return masks


def masks_of(
    with_models: MaskModels, options: Options | None = None, frames: Frames | None = None
) -> tuple[Masks, dict[str, str], list[tuple[int, int]]]:
    """The masks, the notices' messages by code, and the steps."""
    notices: list[Notice] = []
    steps: list[tuple[int, int]] = []
    masks = subject_masks(
        frames or frames_with(),
        options or Options(),
        with_models,
        lambda index, of: steps.append((index, of)),
        notices.append,
    )
    messages = {notice.code: notice.message for notice in notices}
    assert len(messages) == len(notices)
    return masks, messages, steps


def test_alpha_stays_as_it_is_soft_edges_and_all() -> None:
    rmbg = KnownSegmenter(GOOD)

    masks, messages, steps = masks_of(models(rmbg), frames=frames_with(TRUTH))

    np.testing.assert_array_equal(masks, TRUTH)
    assert ((masks > 0) & (masks < 255)).any()
    assert (messages, steps, rmbg.seen) == ({}, [(16, 16)], [])


def test_alpha_is_a_copy() -> None:
    frames = frames_with(TRUTH)
    masks, _, _ = masks_of(MaskModels(), frames=frames)

    masks[:] = 0

    np.testing.assert_array_equal(frames.images[..., 3], TRUTH)


def test_frames_whose_alpha_is_no_mask_get_rmbg_s() -> None:
    alpha = TRUTH.copy()
    alpha[3], alpha[9] = 255, 0
    rmbg = KnownSegmenter(GOOD[[3, 9]])

    masks, messages, steps = masks_of(models(rmbg), frames=frames_with(alpha))

    np.testing.assert_array_equal(masks[[3, 9]], GOOD[[3, 9]])
    np.testing.assert_array_equal(np.delete(masks, [3, 9], 0), np.delete(TRUTH, [3, 9], 0))
    np.testing.assert_array_equal(rmbg.seen, PICTURES[[3, 9]])
    assert (messages, steps) == ({}, [(15, 16), (16, 16)])


def test_alpha_that_was_asked_for_is_alpha_alone() -> None:
    alpha = TRUTH.copy()
    alpha[3] = 0
    rmbg = KnownSegmenter(GOOD)

    masks, messages, _ = masks_of(models(rmbg), Options(masks="alpha"), frames_with(alpha))

    np.testing.assert_array_equal(masks[3], TRUTH[2])
    assert list(messages) == ["MASK_FRAMES_REPLACED"]
    assert rmbg.seen == []


def test_without_rmbg_a_small_subject_s_alpha_stays() -> None:
    alpha = np.zeros_like(TRUTH)
    for frame in range(16):
        alpha[frame, 60:70, 60 + frame : 70 + frame] = 255

    masks, messages, _ = masks_of(MaskModels(), frames=frames_with(alpha))

    np.testing.assert_array_equal(masks, alpha)
    assert messages == {}


def test_rmbg_sees_every_frame_and_is_lent_once_for_all() -> None:
    rmbg, sam2 = KnownSegmenter(GOOD), KnownTracker(GOOD)

    masks, messages, steps = masks_of(models(rmbg, sam2))

    np.testing.assert_array_equal(masks, GOOD)
    np.testing.assert_array_equal(rmbg.seen, PICTURES)
    assert (messages, steps, sam2.asked) == ({}, EVERY_FRAME, [])
    assert rmbg.lent == 0


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        (Options(subject_box=(0.1, 0.2, 0.8, 0.9)), ((0.1, 0.2, 0.8, 0.9), ())),
        (
            Options(subject_points=((0.3, 0.5, True), (0.9, 0.1, False))),
            (None, ((0.3, 0.5, True), (0.9, 0.1, False))),
        ),
        (
            Options(masks="sam2", subject_box=(0.1, 0.2, 0.8, 0.9), subject_points=((0.9, 0.1, False),)),
            ((0.1, 0.2, 0.8, 0.9), ((0.9, 0.1, False),)),
        ),
    ],
)
def test_sam2_follows_hints(options: Options, asked: object) -> None:
    rmbg, sam2 = KnownSegmenter(GOOD), KnownTracker(GOOD)

    masks, messages, steps = masks_of(models(rmbg, sam2), options)

    np.testing.assert_array_equal(masks, GOOD)
    assert sam2.asked == [asked]
    assert (messages, steps, rmbg.seen, sam2.lent) == ({}, EVERY_FRAME, [], 0)


def on_subject(x: float, y: float) -> bool:
    return bool(GOOD[0, int(y * GOOD.shape[1]), int(x * GOOD.shape[2])])


@pytest.mark.parametrize("off", [None, ((0.9, 0.1, False),)])
def test_sam2_without_a_hint_on_the_subject_starts_at_what_moves(
    off: Points | None,
) -> None:
    sam2 = KnownTracker(GOOD)

    masks_of(models(sam2=sam2), Options(masks="sam2", subject_points=off))

    ((box, (first, *others)),) = sam2.asked
    assert box is None
    assert first[2]
    assert on_subject(first[0], first[1])
    assert tuple(others) == (off or ())


def test_sam2_s_doubtful_masks_are_warned_of() -> None:
    sam2 = KnownTracker(spoiled(6))

    masks, messages, _ = masks_of(models(KnownSegmenter(GOOD), sam2), Options(subject_box=(0, 0, 1, 1)))

    np.testing.assert_array_equal(masks[6], GOOD[5])
    assert list(messages) == ["MASK_LOW_CONFIDENCE", "MASK_FRAMES_REPLACED"]
    assert messages["MASK_LOW_CONFIDENCE"] == (
        "The subject's outline may be wrong: it covers less than 1 % of the picture in 1 of 16 frames (6, "
        "counted from 0). masks_preview shows it. If it is wrong, draw subject_box closer, or add "
        "subject_points on the subject and off it."
    )


def test_a_point_that_sam2_does_not_heed_is_warned_of() -> None:
    points = ((0.34, 0.48, True), (0.02, 0.02, True))

    _, messages, _ = masks_of(models(sam2=KnownTracker(GOOD)), Options(subject_points=points))

    assert list(messages) == ["MASK_LOW_CONFIDENCE"]
    assert "nothing was found at [0.02, 0.02], which" in messages["MASK_LOW_CONFIDENCE"]


def test_doubtful_masks_of_rmbg_are_kept_with_a_warning_where_there_is_no_sam2() -> None:
    masks, messages, _ = masks_of(models(KnownSegmenter(spoiled(6, level=255))))

    np.testing.assert_array_equal(masks[6], GOOD[5])
    assert list(messages) == ["MASK_LOW_CONFIDENCE", "MASK_FRAMES_REPLACED"]


def test_a_second_try_by_sam2_that_is_in_less_doubt_is_taken() -> None:
    rmbg, sam2 = KnownSegmenter(spoiled(6)), KnownTracker(GOOD)

    masks, messages, steps = masks_of(models(rmbg, sam2))

    np.testing.assert_array_equal(masks, GOOD)
    ((box, ((x, y, is_subject),)),) = sam2.asked
    assert (box, is_subject, on_subject(x, y)) == (None, True, True)
    assert steps == EVERY_FRAME * 2
    assert list(messages) == ["MASK_SECOND_TRY"]
    assert messages["MASK_SECOND_TRY"].startswith(
        "RMBG's masks were in doubt (it covers less than 1 % of the picture in 1 of 16 frames (6, counted "
        "from 0); steadiness "
    )
    assert "%), so SAM 2 followed the moving part (no doubt; steadiness " in messages["MASK_SECOND_TRY"]
    assert messages["MASK_SECOND_TRY"].endswith(" %); SAM 2's were taken.")


def test_a_second_try_that_is_no_better_is_left() -> None:
    rmbg, sam2 = KnownSegmenter(spoiled(6)), KnownTracker(spoiled(2, 5))

    masks, messages, _ = masks_of(models(rmbg, sam2))

    np.testing.assert_array_equal(masks[6], GOOD[5])
    np.testing.assert_array_equal(np.delete(masks, 6, 0), np.delete(GOOD, 6, 0))
    assert list(messages) == ["MASK_SECOND_TRY", "MASK_LOW_CONFIDENCE", "MASK_FRAMES_REPLACED"]
    assert messages["MASK_SECOND_TRY"].endswith(" %); RMBG's were taken.")


def test_rmbg_that_was_asked_for_has_no_second_try() -> None:
    sam2 = KnownTracker(GOOD)

    _, messages, _ = masks_of(models(KnownSegmenter(spoiled(6)), sam2), Options(masks="rmbg"))

    assert sam2.asked == []
    assert list(messages) == ["MASK_LOW_CONFIDENCE", "MASK_FRAMES_REPLACED"]


def test_nothing_in_the_end_is_no_subject() -> None:
    nothing = spoiled(*range(16))
    with pytest.raises(SubjectNotFound) as caught:
        masks_of(models(KnownSegmenter(nothing), KnownTracker(nothing)))

    assert caught.value.message == (
        "No subject was found in any of 16 frames. A subject_box around it in the first frame helps."
    )


def test_find_masks_leaves_lost_ones_as_they_are() -> None:
    known = spoiled(3, 7, 9, 10, 11)

    masks = find_masks(
        frames_with(), Options(), models(KnownSegmenter(known)), lambda *_: None, lambda _: None
    )

    np.testing.assert_array_equal(masks, known)


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ("rmbg", "masks: rmbg needs RMBG for this video, which is not installed on this worker."),
        ("sam2", "masks: sam2 needs SAM 2 for this video, which is not installed on this worker."),
        ("auto", "masks: auto needs RMBG for this video, which is not installed on this worker."),
    ],
)
def test_a_missing_model_is_named(wish: str, message: str) -> None:
    with pytest.raises(ModelMissing) as caught:
        masks_of(MaskModels(), Options(masks=wish))

    assert caught.value.message == message


@pytest.mark.parametrize("wish", ["rmbg", "sam2"])
def test_a_cancel_passes_through_and_gives_the_model_back(wish: str) -> None:
    rmbg, sam2 = KnownSegmenter(GOOD), KnownTracker(GOOD)

    def cancel(index: int, of: int) -> None:
        if index == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        subject_masks(frames_with(), Options(masks=wish), models(rmbg, sam2), cancel, unwarned)

    assert (rmbg.lent, sam2.lent) == (0, 0)
    assert len(rmbg.seen) == (5 if wish == "rmbg" else 0)
