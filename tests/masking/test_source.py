import numpy as np
import pytest

from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.errors import InvalidInput, ModelMissing
from actionmesh_wrapper.masking.models import MaskModels
from actionmesh_wrapper.masking.source import MaskSource, choose_source, require_model, usable_alpha
from tests.masking.fakes import TRUTH, KnownSegmenter, KnownTracker, frames_with, models, unwarned

NONE = MaskModels()
RMBG = models(KnownSegmenter(TRUTH))
SAM2 = models(sam2=KnownTracker(TRUTH))
BOTH = models(KnownSegmenter(TRUTH), KnownTracker(TRUTH))

AUTO = Options()
BOX = Options(subject_box=(0.1, 0.1, 0.9, 0.9))
POINT = Options(subject_points=((0.5, 0.5, True),))


def chosen(options: Options, with_models: MaskModels, *, alpha: bool) -> tuple[MaskSource, list[str]]:
    notices: list[Notice] = []
    source = choose_source(frames_with(TRUTH if alpha else None), options, with_models, notices.append)
    assert {notice.code for notice in notices} <= {"OPTION_IGNORED"}
    return source, [notice.message for notice in notices]


@pytest.mark.parametrize(
    ("options", "with_models", "source"),
    [
        (AUTO, BOTH, "rmbg"),
        (AUTO, RMBG, "rmbg"),
        (AUTO, SAM2, "sam2"),
        (AUTO, NONE, "rmbg"),  # which is then found to be missing
        (BOX, BOTH, "sam2"),
        (BOX, SAM2, "sam2"),
        (POINT, BOTH, "sam2"),
        (Options(masks="rmbg"), BOTH, "rmbg"),
        (Options(masks="sam2"), BOTH, "sam2"),
        (BOX.model_copy(update={"masks": "sam2"}), BOTH, "sam2"),
    ],
)
def test_without_alpha(options: Options, with_models: MaskModels, source: MaskSource) -> None:
    assert chosen(options, with_models, alpha=False) == (source, [])


@pytest.mark.parametrize("with_models", [NONE, RMBG, SAM2, BOTH])
@pytest.mark.parametrize("wish", ["auto", "alpha"])
def test_alpha_wins(wish: str, with_models: MaskModels) -> None:
    assert chosen(Options(masks=wish), with_models, alpha=True) == ("alpha", [])


@pytest.mark.parametrize("wish", ["rmbg", "sam2"])
def test_alpha_wins_over_a_model_that_was_asked_for_and_says_so(wish: str) -> None:
    message = f"masks: {wish} was not needed: around the subject the frames are transparent."

    assert chosen(Options(masks=wish), BOTH, alpha=True) == ("alpha", [message])


@pytest.mark.parametrize(
    ("hints", "sent"),
    [
        (BOX, "subject_box was"),
        (Options(subject_points=((0.5, 0.5, True),)), "subject_points were"),
        (
            BOX.model_copy(update={"subject_points": ((0.5, 0.5, True),)}),
            "subject_box and subject_points were",
        ),
    ],
)
def test_alpha_makes_hints_needless(hints: Options, sent: str) -> None:
    message = f"{sent} not needed: around the subject the frames are transparent."

    assert chosen(hints, BOTH, alpha=True) == ("alpha", [message])


def test_alpha_that_is_missing_is_an_error() -> None:
    with pytest.raises(InvalidInput) as caught:
        chosen(Options(masks="alpha"), BOTH, alpha=False)

    assert (
        str(caught.value) == "INVALID_INPUT: masks: alpha was asked for, but the video has no transparency."
    )


def test_hints_without_sam2_are_warned_of() -> None:
    message = (
        "subject_points were not used: SAM 2, which follows such hints, is not installed on this worker; "
        "RMBG's masks were taken."
    )

    assert chosen(POINT, RMBG, alpha=False) == ("rmbg", [message])


def test_rmbg_heeds_no_hints() -> None:
    message = "subject_box was not used with masks: rmbg."

    assert chosen(BOX.model_copy(update={"masks": "rmbg"}), BOTH, alpha=False) == ("rmbg", [message])


def test_alpha_that_is_no_mask_in_any_frame_gives_way_to_rmbg_but_not_to_nothing() -> None:
    speck = np.zeros_like(TRUTH)
    speck[:, :10, :10] = 255
    frames = frames_with(speck)

    def source(options: Options, with_models: MaskModels) -> MaskSource:
        return choose_source(frames, options, with_models, unwarned)

    assert source(AUTO, BOTH) == "rmbg"
    assert source(AUTO, NONE) == "alpha"
    assert source(Options(masks="alpha"), BOTH) == "alpha"


def test_alpha_is_a_mask_from_a_hundredth_of_subject_and_of_background_on() -> None:
    alpha = np.zeros((6, 10, 30), np.uint8)  # 300 pixels: 3 are enough
    alpha[0, 0, :3] = 128
    alpha[1, 0, :3] = 127
    alpha[2, 0, :2] = 255
    alpha[3] = 255
    alpha[4] = 255
    alpha[4, 0, :3] = 127
    alpha[5] = 255
    alpha[5, 0, :2] = 0

    assert usable_alpha(alpha).tolist() == [True, False, False, False, True, False]


def test_a_model_that_is_needed_and_missing_is_named() -> None:
    with pytest.raises(ModelMissing) as caught:
        require_model(NONE.sam2, "SAM 2", Options(masks="sam2"))

    assert str(caught.value) == (
        "MODEL_MISSING: masks: sam2 needs SAM 2 for this video, which is not installed on this worker."
    )
    assert require_model(BOTH.sam2, "SAM 2", AUTO) is BOTH.sam2
