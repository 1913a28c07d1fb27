"""A folder of pictures as a video: one frame per file, with its alpha or with the mask of another file."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.contract.request import Sampling
from actionmesh_wrapper.data.frames import DEFAULT_FPS, Frames, Source
from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.errors import FrameTooLarge, NotAVideo, VideoError
from actionmesh_wrapper.system import limits
from actionmesh_wrapper.video import sampling

_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp"}
_FORMATS = ("PNG", "JPEG", "WEBP")
_IMAGE, _MASK = "_image", "_mask"  # at the end of a file's name, as in ActionMesh's examples


@dataclass(frozen=True)
class _Picture:
    """One frame's files: its picture, and its mask if it has one."""

    path: Path
    mask: Path | None


def sample(folder: Path, wish: Sampling, *, step: StageStep) -> Frames:
    """Takes frames out of a folder of PNG, JPEG and WebP pictures, in the natural order of their names.

    Alpha is kept; EXIF orientation is not applied. Where names end in ``_image``, only those are frames,
    and the grey levels of the ``_mask`` of the same name are their alpha, as in ActionMesh's examples.
    Frames have no time of their own and count as `DEFAULT_FPS` per second.

    Args:
        folder: the folder; other files in it are ignored.
        wish: which frames; see `sampling.choose`.
        step: is called with the number of frames read so far and of all; may raise `Cancelled`.

    Raises:
        FrameTooLarge, TooManyFrames, VideoTooLong: if it is more than the worker takes.
        VideoTooShort, InvalidInput: if it has no such frames.
        VideoError: if a picture cannot be read or has another size than the first.
    """
    pictures = _frame_files(folder)
    limits.check_count(len(pictures))
    size = _common_size(pictures)
    times = np.arange(len(pictures)) / DEFAULT_FPS
    duration = len(pictures) / DEFAULT_FPS
    limits.check_duration(duration)

    def thumbnails(indices: NDArray[np.intp]) -> NDArray[np.uint8]:
        small = limits.fitted(*size, sampling.THUMBNAIL_PX)
        return np.stack([np.asarray(_rgba(pictures[i]).resize(small).convert("L")) for i in indices])

    chosen = sampling.choose(times, duration, wish, thumbnails)
    fitted = limits.fitted(*size)
    images = np.empty((len(chosen), fitted[1], fitted[0], 4), np.uint8)
    for done, index in enumerate(chosen):
        step(done, len(chosen))
        images[done] = np.asarray(_rgba(pictures[index]).resize(fitted, Image.Resampling.LANCZOS))
    step(len(chosen), len(chosen))
    return Frames(images, times[chosen], Source(duration, *size, DEFAULT_FPS, len(pictures)))


def count(folder: Path) -> int:
    """How many frames a folder of pictures has."""
    return len(_frame_files(folder))


def _frame_files(folder: Path) -> list[_Picture]:
    """The folder's frames in natural order: 2.png comes before 10.png."""
    files = {path.stem: path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES}
    names = sorted(files, key=_natural_key)
    pairs = [name for name in names if name.endswith(_IMAGE)]
    if not pairs:
        return [_Picture(files[name], None) for name in names]
    masks = {name: name.removesuffix(_IMAGE) + _MASK for name in pairs}
    missing = [mask for mask in masks.values() if mask not in files]
    if missing:
        raise VideoError(f"{len(missing)} of {len(pairs)} frames have no mask.")
    return [_Picture(files[name], files[masks[name]]) for name in pairs]


def _natural_key(name: str) -> list[tuple[int, str]]:
    """A key that compares runs of digits as numbers."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def _common_size(pictures: list[_Picture]) -> tuple[int, int]:
    """Width and height of all pictures and masks, from their headers alone."""
    if not pictures:
        raise NotAVideo("The folder holds no PNG, JPEG or WebP pictures.")
    sizes = {_read(path).size for picture in pictures for path in (picture.path, picture.mask) if path}
    for size in sizes:
        limits.check_size(*size)
    if len(sizes) > 1:
        raise VideoError("The folder's pictures differ in size.")
    return sizes.pop()


def _rgba(picture: _Picture) -> Image.Image:
    """A frame's picture as RGBA, with its mask, if there is one, as alpha."""
    image = _read(picture.path, "RGBA")
    if picture.mask is not None:
        image.putalpha(_read(picture.mask, "L"))
    return image


def _read(path: Path, mode: str | None = None) -> Image.Image:
    """The picture converted to a mode; without a mode, only its header is read."""
    try:
        with Image.open(path, formats=_FORMATS) as image:
            return image.convert(mode) if mode else image
    except Image.DecompressionBombError as error:
        raise FrameTooLarge("A picture of the folder has too many pixels.") from error
    except (
        OSError,
        SyntaxError,
        ValueError,
    ) as error:  # raised by Pillow for files that are cut off or garbled
        raise VideoError(f"{path.name} cannot be read as a picture.") from error
