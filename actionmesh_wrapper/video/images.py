"""A folder of pictures as a video: one frame per file, with its alpha or with the mask of another file."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.contract.engines import MAX_FRAMES
from actionmesh_wrapper.contract.recipe import Sampling
from actionmesh_wrapper.data.frames import DEFAULT_FPS, Frames, Source
from actionmesh_wrapper.data.progress import StageStep, Warn
from actionmesh_wrapper.errors import NotAVideo, VideoError
from actionmesh_wrapper.system import limits, pictures
from actionmesh_wrapper.video import alpha, profile, sampling
from actionmesh_wrapper.video.folder import FrameFiles, frame_files, open_picture


def sample(
    folder: Path, wish: Sampling, *, step: StageStep, warn: Warn = lambda _: None, most: int = MAX_FRAMES
) -> Frames:
    """Takes frames out of a folder of PNG, JPEG and WebP pictures, in the natural order of their names.

    Pictures are shown as viewers show them: upright by their EXIF orientation, in sRGB by their colour
    profile, 16 bits as 8. Alpha is kept. Where the folder holds masks too (see `folder.frame_files`), their
    grey levels are the frames' alpha; masks that number the subject (0 and 1) do as well.
    Frames have no time of their own and count as `DEFAULT_FPS` per second.

    Args:
        folder: the folder; other files in it are ignored.
        wish: which frames; see `sampling.choose`.
        step: is called with the number of frames read so far and of all; may raise `Cancelled`.
        warn: takes a notice of a colour profile that cannot be used.
        most: how many frames ``auto`` may come to.

    Raises:
        FrameTooLarge, TooManyFrames, VideoTooLong: if it is more than the worker takes.
        VideoTooShort, InvalidInput: if it has no such frames.
        VideoError: if a picture cannot be read or has another size than the first, or if it is not plain
            which picture is which one's mask.
    """
    files, times, duration = _listed(folder)
    _check_sizes(files)
    numbered = alpha.are_numbered(files)
    size = _read(files[0], numbered=numbered).size

    without_profile: set[int] = set()

    def read(index: int, fitted: tuple[int, int], filter_: Image.Resampling) -> Image.Image:
        picture = _read(files[index], size, numbered=numbered, on_unusable=lambda: without_profile.add(index))
        return picture.resize(fitted, filter_)

    def thumbnails(indices: NDArray[np.intp]) -> NDArray[np.uint8]:
        small = limits.fitted(*size, sampling.THUMBNAIL_PX)
        return np.stack([np.asarray(read(i, small, Image.Resampling.BICUBIC).convert("L")) for i in indices])

    chosen = sampling.choose(times, duration, wish, thumbnails, most)
    fitted = limits.fitted(*size)
    images = np.empty((len(chosen), fitted[1], fitted[0], 4), np.uint8)
    for done, index in enumerate(chosen):
        step(done, len(chosen))
        images[done] = np.asarray(read(index, fitted, Image.Resampling.LANCZOS))
    if without_profile:
        warn(profile.IGNORED)
    step(len(chosen), len(chosen))
    return Frames(images, times[chosen], Source(duration, *size, DEFAULT_FPS, len(files)))


def count(folder: Path, wish: Sampling) -> int:
    """How many frames can be taken out of a folder of pictures, whatever ``num_frames`` is.

    Raises:
        JobError: see `sample`.
    """
    _, times, duration = _listed(folder)
    return sampling.available(times, duration, wish)


def _listed(folder: Path) -> tuple[list[FrameFiles], NDArray[np.float64], float]:
    """A folder's frames, the second at which each is shown, and how long all of them take."""
    files = frame_files(folder)
    if not files:
        raise NotAVideo("The folder holds no PNG, JPEG or WebP pictures.")
    limits.check_count(len(files))
    duration = len(files) / DEFAULT_FPS
    limits.check_duration(duration)
    return files, np.arange(len(files)) / DEFAULT_FPS, duration


def _check_sizes(files: Sequence[FrameFiles]) -> None:
    """Compares the sides of all pictures and masks, from their headers alone: not yet how they stand."""
    first: list[int] = []
    for path in (path for frame in files for path in (frame.image, frame.mask) if path):
        with open_picture(path) as picture:
            sides = sorted(picture.size)
        first = first or sides
        if sides != first:
            raise _of_another_size(path)


def _of_another_size(path: Path) -> VideoError:
    return VideoError(f"The folder's pictures differ in size, {path.name} for one.")


def _read(
    files: FrameFiles,
    size: tuple[int, int] | None = None,
    *,
    numbered: bool,
    on_unusable: Callable[[], None] = lambda: None,
) -> Image.Image:
    """A frame's picture as RGBA, with its mask, if there is one, as alpha.

    Args:
        files: the frame's.
        size: width and height that it must have.
        numbered: see `alpha.are_numbered`.
        on_unusable: see `pictures.displayed`.
    """
    with open_picture(files.image) as picture:
        image = pictures.displayed(picture, on_unusable)
    if size not in (None, image.size):
        raise _of_another_size(files.image)
    levels = alpha.mask_levels(files)
    if levels is None and numbered:
        levels = np.asarray(image.getchannel("A"))
    if levels is not None:
        if files.mask is not None and levels.shape != (image.height, image.width):
            raise _of_another_size(files.mask)
        image.putalpha(Image.fromarray(alpha.shown(levels, numbered=numbered)))
    return image
