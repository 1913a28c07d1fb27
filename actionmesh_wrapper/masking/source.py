"""Where a clip's masks come from: its own alpha, RMBG or SAM 2."""

from typing import Literal

from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.arrays import Bools, Bytes
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Notice, Warn
from actionmesh_wrapper.errors import InvalidInput, ModelMissing
from actionmesh_wrapper.masking.models import Lend, M, MaskModels

MaskSource = Literal["alpha", "rmbg", "sam2"]
OPAQUE = 128  # least alpha of a pixel that is the subject's
LEAST_SHARE = 0.01  # of the picture, that subject and background must each have for alpha to be a mask


def usable_alpha(alpha: Bytes) -> Bools:
    """Which frames' alpha separates a subject from a background, by ActionMesh's own rule.

    Args:
        alpha: (T, H, W) uint8.

    Returns:
        (T,) bool: whether the subject, and the rest, each have at least `LEAST_SHARE` of the pixels (rounded
        down to whole pixels).
    """
    size = alpha[0].size
    subject = (alpha >= OPAQUE).sum(axis=(1, 2))
    least = int(size * LEAST_SHARE)
    usable: Bools = (subject >= least) & (size - subject >= least)
    return usable


def hinted(options: Options) -> bool:
    """Whether the caller says where the subject is, by a box or by points."""
    return options.subject_box is not None or options.subject_points is not None


def choose_source(frames: Frames, options: Options, models: MaskModels, warn: Warn) -> MaskSource:
    """Chooses the masks' source, and warns of options that it ignores.

    The frames' alpha is taken whatever was asked for, if it is usable in some frame, or if there is no RMBG
    to use instead.

    Raises:
        InvalidInput: if alpha was asked for and there is none.
    """
    if frames.has_alpha and (
        options.masks == "alpha" or models.rmbg is None or usable_alpha(frames.images[..., 3]).any()
    ):
        _warn_of_unused(options, warn)
        return "alpha"
    if options.masks == "alpha":
        raise InvalidInput("masks: alpha was asked for, but the video has no transparency.")
    if options.masks == "auto":
        return _choose_by_default(options, models, warn)
    if options.masks == "rmbg" and hinted(options):
        _warn(warn, f"{_hints(options)} not used with masks: rmbg.")
    return options.masks


def require_model(model: Lend[M] | None, name: str, options: Options) -> Lend[M]:
    """The model, which the job needs.

    Raises:
        ModelMissing: if this worker does not have it.
    """
    if model is None:
        raise ModelMissing(
            f"masks: {options.masks} needs {name} for this video, which is not installed on this worker."
        )
    return model


def _choose_by_default(options: Options, models: MaskModels, warn: Warn) -> MaskSource:
    """The source for a clip without alpha whose caller asked for none in particular."""
    if models.sam2 is not None and (hinted(options) or models.rmbg is None):
        return "sam2"
    if hinted(options) and models.rmbg is not None:
        _warn(
            warn,
            f"{_hints(options)} not used: SAM 2, which follows such hints, is not installed on this worker; "
            "RMBG's masks were taken.",
        )
    return "rmbg"


def _warn_of_unused(options: Options, warn: Warn) -> None:
    if hinted(options):
        _warn(
            warn,
            f"{_hints(options)} not needed: around the subject the frames are transparent.",
        )
    if options.masks in ("rmbg", "sam2"):
        _warn(
            warn,
            f"masks: {options.masks} was not needed: around the subject the frames are transparent.",
        )


def _hints(options: Options) -> str:
    """The hints that were sent, as the subject of a sentence, with its verb."""
    sent = [name for name in ("subject_box", "subject_points") if getattr(options, name) is not None]
    return f"{' and '.join(sent)} {'were' if sent != ['subject_box'] else 'was'}"


def _warn(warn: Warn, message: str) -> None:
    warn(Notice("OPTION_IGNORED", message))
