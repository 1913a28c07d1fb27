"""The alpha of a folder's frames: their own or their masks'; it shows the subject, or numbers it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.errors import VideoError
from actionmesh_wrapper.system import pictures
from actionmesh_wrapper.video.folder import FrameFiles, open_picture

_LOOKED_AT = 31  # frames, spread over the folder
_EXTREME_SHARE = 0.8  # of a mask's pixels, that its two most frequent sixteenths of the levels have

Levels = NDArray[np.uint8] | NDArray[np.uint16]


def mask_levels(files: FrameFiles) -> Levels | None:
    """A frame's mask, (H, W) of 8 or 16 bits; None if it has none.

    Raises:
        VideoError: if it cannot be read, or was taken for a mask and looks like none.
    """
    if files.mask is None:
        return None
    with open_picture(files.mask) as picture:
        levels = pictures.grey_levels(picture)
    if files.is_guess and not _looks_like_a_mask(levels):
        raise VideoError(
            f"{files.image.name} and {files.mask.name} have one name, and the latter looks like no mask. "
            "If it is one, end their names in _image and _mask; else keep one of them."
        )
    return levels


def are_numbered(frames: Sequence[FrameFiles]) -> bool:
    """Whether alpha numbers the subject (0 and 1, as label maps do) instead of showing it (0 and 255).

    So it is if nowhere anything is more opaque than not, and one level alone is used besides 0.

    Raises:
        VideoError: if masks show no subject in either way.
    """
    chosen = [frames[i] for i in np.linspace(0, len(frames) - 1, min(len(frames), _LOOKED_AT)).astype(int)]
    used: set[int] = set()
    for files in chosen:
        levels = _alpha(files)
        if levels is None or levels.max() > np.iinfo(levels.dtype).max // 2:
            return False
        used.update(np.unique(levels[levels > 0]).tolist())
    if len(used) == 1:
        return True
    if (mask := chosen[0].mask) is None:  # pictures that are transparent throughout may be meant so
        return False
    raise VideoError(
        f"The masks show no subject: from {mask.name} on, their highest level is {max(used, default=0)}. "
        "Where the subject is, masks are white, or have one number in all frames."
    )


def shown(levels: Levels, *, numbered: bool) -> NDArray[np.uint8]:
    """Levels, or numbers, as alpha, (H, W) uint8."""
    return np.where(levels > 0, 255, 0).astype(np.uint8) if numbered else pictures.eight_bits(levels)


def _alpha(files: FrameFiles) -> Levels | None:
    """A frame's mask or own alpha, (H, W); None if it is opaque."""
    if files.mask is not None:
        return mask_levels(files)
    with open_picture(files.image) as picture:
        if not picture.has_transparency_data:
            return None
        return np.asarray(pictures.displayed(picture).getchannel("A"))


def _looks_like_a_mask(levels: Levels) -> bool:
    """Whether most of it is of two levels, more or less, as no photograph is."""
    counts = np.bincount((pictures.eight_bits(levels) >> 4).ravel(), minlength=16)
    return bool(np.sort(counts)[-2:].sum() >= _EXTREME_SHARE * levels.size)
