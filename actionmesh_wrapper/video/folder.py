"""The files of a folder of pictures: which are frames, which are masks, and in what order."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from PIL import Image

from actionmesh_wrapper.errors import FrameTooLarge, VideoError
from actionmesh_wrapper.system import limits, pictures

_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp"}
_IMAGE = re.compile(r"image[_. -](.+)|(.+)[_. -]image")  # 000_image.png, as in ActionMesh's examples
_MASK = re.compile(r"mask[_. -](.+)|(.+)[_. -]mask")
_WITHOUT_COLOUR = {"1", "L", "LA", "I;16", "P"}  # Pillow's modes of masks; labels often have a palette


@dataclass(frozen=True)
class FrameFiles:
    """One frame's files.

    Attributes:
        image: its picture.
        mask: its mask, if it has one.
        is_guess: whether nothing says that the mask is one, but that it has the image's name and no colour.
    """

    image: Path
    mask: Path | None = None
    is_guess: bool = False


def frame_files(folder: Path) -> list[FrameFiles]:
    """A folder's frames in the natural order of their names: 2.png comes before 10.png.

    Hidden files, folders and files of other kinds are passed over. Masks are known by the word ``mask`` at
    the start or the end of their names; they belong to the picture that has the same name without it, or with
    ``image`` instead. Where names have that ``image``, only those are frames. Without any such names, two
    pictures whose names differ in the ending alone are image and mask, if one of them has no colour.

    Raises:
        VideoError: if two pictures have one name, or only some frames have masks.
    """
    files = sorted((path for path in folder.iterdir() if _is_picture(path)), key=_natural_key)
    masks = _named(files, _MASK)
    others = [path for path in files if not _MASK.fullmatch(_name(path))]
    images = _named(others, _IMAGE)
    if not masks:
        frames = [_of_one_name(paths) for paths in (images or _named(others)).values()]
    else:
        for paths in [*masks.values(), *(images or _named(others)).values()]:
            _refuse_if_several(paths)
        if not images:
            images = _named(others)
            _refuse_without_image([paths[0] for name, paths in masks.items() if name not in images])
        frames = [FrameFiles(paths[0], masks.get(name, [None])[0]) for name, paths in images.items()]
    _refuse_if_masks_are_missing(frames)
    return frames


@contextmanager
def open_picture(path: Path) -> Iterator[Image.Image]:
    """Opens one of the folder's pictures; see `pictures.opened`.

    Raises:
        FrameTooLarge: if it has too many pixels.
        VideoError: if it cannot be read.
    """
    try:
        with pictures.opened(path, most_pixels=limits.MAX_PIXELS) as picture:
            yield picture
    except pictures.TooManyPixels as error:
        raise FrameTooLarge(
            f"{path.name} has {error}; at most {limits.MAX_PIXELS // 1_000_000} million are allowed."
        ) from error
    except pictures.UnreadablePicture as error:
        raise VideoError(f"{path.name} cannot be read as a picture.") from error


def _is_picture(path: Path) -> bool:
    """Whether it is a picture by its name; ._frame.png is macOS's note on frame.png."""
    return path.suffix.lower() in _SUFFIXES and not path.name.startswith(".") and path.is_file()


def _name(path: Path) -> str:
    """The file's name as it is compared: without its ending, whatever its case and its accents' encoding."""
    return unicodedata.normalize("NFC", path.stem).casefold()


def _natural_key(path: Path) -> tuple[list[tuple[int, str]], str]:
    """A key that compares runs of digits as numbers; ³ and ① are digits too."""
    runs = [(kind, "".join(run)) for kind, run in groupby(_name(path), key=_digit_kind)]
    parts = [
        (int(unicodedata.normalize("NFKC", run)), "") if kind != "text" else (-1, run) for kind, run in runs
    ]
    return parts, path.name  # 1.png and 01.png have one number


def _digit_kind(character: str) -> str:
    if character.isdecimal():
        return "digit"
    return "odd digit" if unicodedata.normalize("NFKC", character).isdecimal() else "text"


def _named(files: Sequence[Path], word: re.Pattern[str] | None = None) -> dict[str, list[Path]]:
    """Files by their name without the word (and without ``image``); without a word, all of them."""
    named: dict[str, list[Path]] = {}
    for path in files:
        name = _name(path)
        if word is not None:
            match = word.fullmatch(name)
            if match is None:
                continue
            name = match[1] or match[2]
            if also := _IMAGE.fullmatch(name):  # 000_image_mask.png
                name = also[1] or also[2]
        named.setdefault(name, []).append(path)
    return named


def _of_one_name(paths: Sequence[Path]) -> FrameFiles:
    """A frame of a single picture, or of an image and the mask beside it."""
    if len(paths) == 1:
        return FrameFiles(paths[0])
    without_colour = [path for path in paths if _mode(path) in _WITHOUT_COLOUR]
    if len(paths) != 2 or len(without_colour) != 1:
        _refuse_if_several(paths)
    [mask] = without_colour
    [image] = [path for path in paths if path != mask]
    return FrameFiles(image, mask, is_guess=True)


def _mode(path: Path) -> str:
    with open_picture(path) as picture:
        return picture.mode


def _refuse_if_several(paths: Sequence[Path]) -> None:
    if len(paths) > 1:
        raise VideoError(
            f"{' and '.join(path.name for path in paths)} have one name. If one is the mask of the other, "
            "end their names in _image and _mask; else keep one of them."
        )


def _refuse_without_image(masks: Sequence[Path]) -> None:
    if masks:
        raise VideoError(f"{masks[0].name} is the mask of no picture in the folder.")


def _refuse_if_masks_are_missing(frames: Sequence[FrameFiles]) -> None:
    missing = [frame.image.name for frame in frames if frame.mask is None]
    if 0 < len(missing) < len(frames):
        raise VideoError(f"{len(missing)} of {len(frames)} frames have no mask, {missing[0]} for one.")
