"""Pictures that others made, PNG, JPEG or WebP: opened within bounds, and converted without loss of tones."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageChops

from actionmesh_wrapper.system.colour_profile import UnusableProfile, to_srgb
from actionmesh_wrapper.system.picture_bytes import PictureBytes

_FORMATS = ("PNG", "JPEG", "WEBP")  # Pillow's names
_GREY_16 = "I;16"  # Pillow's mode, whose own conversion to others cuts off what is above 255
_GREY = {"1", "L", "LA", _GREY_16}  # modes
_TURNS = {  # EXIF's orientations; 1 is upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class UnreadablePicture(Exception):
    """It is no picture of these kinds, or one that is cut off or garbled."""


class TooManyPixels(Exception):
    """It has more pixels than are taken; ``str(error)`` says how many: "6000 × 6000 pixels"."""


@contextmanager
def opened(source: Path | memoryview, *, most_pixels: int) -> Iterator[Image.Image]:
    """Opens a picture; its pixels are read once they are asked for.

    Args:
        source: a file of the user's own, or the bytes of a stranger's (`PictureBytes`).
        most_pixels: that are taken. The header is held to it, before memory is taken.

    Raises:
        TooManyPixels: if it has more.
        TooLarge: if a stranger's has too many parts for its length.
        UnreadablePicture: if it cannot be opened, or turns out to be cut off or garbled inside.
    """
    file = source if isinstance(source, Path) else PictureBytes(source)
    try:
        with Image.open(file, formats=_FORMATS) as picture:
            if picture.width * picture.height > most_pixels:
                raise TooManyPixels(f"{picture.width} × {picture.height} pixels")
            yield picture
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels("too many pixels") from error
    except (OSError, SyntaxError, ValueError) as error:  # Pillow's for what is cut off or garbled
        raise UnreadablePicture from error


def stored_rgb(picture: Image.Image) -> NDArray[np.uint8]:
    """The colours just as they are stored, (H, W, 3) uint8; transparency is left out.

    So glTF has it: orientation and profiles of a texture's picture are to be ignored (Khronos, glTF 2.0
    Specification, section 3.8.3).
    """
    return np.array(_rgba(picture).convert("RGB"))


def displayed(picture: Image.Image, on_unusable: Callable[[], None] = lambda: None) -> Image.Image:
    """A picture as viewers show it: RGBA of straight alpha, in sRGB, upright by its EXIF orientation.

    Args:
        picture: as it is opened.
        on_unusable: is called if it has a colour profile (ICC) that is broken or not for such a picture,
            which is ignored, as browsers do.
    """
    turned = _upright(picture)
    shown = _rgba(turned)
    if profile := picture.info.get("icc_profile"):
        is_ink = turned.mode == "CMYK"
        spaces = {"CMYK"} if is_ink else {"RGB", "GRAY"} if turned.mode in _GREY else {"RGB"}
        try:
            colours = to_srgb(profile, spaces=spaces)(turned if is_ink else shown)
        except UnusableProfile:
            on_unusable()
        else:
            colours.putalpha(shown.getchannel("A"))
            return colours
    return shown


def grey_levels(picture: Image.Image) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """A picture's levels as data, (H, W), upright: uint16 if it is grey of 16 bits, uint8 else.

    What is transparent is black. Profiles are ignored.
    """
    turned = _upright(picture)
    if turned.mode == _GREY_16:
        return np.asarray(turned).astype(np.uint16)
    rgba = _rgba(turned)
    return np.asarray(ImageChops.multiply(rgba.convert("L"), rgba.getchannel("A")))


def eight_bits(levels: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Levels of 8 or 16 bits as levels of 8."""
    return (levels >> 8).astype(np.uint8) if levels.dtype == np.uint16 else levels.astype(np.uint8)


def _upright(picture: Image.Image) -> Image.Image:
    """The picture turned as its EXIF says; as it is, if it has none or a garbled one."""
    picture.load()  # here, so that faults of the pixels are told; those of EXIF, a mere hint, are not
    with suppress(Exception):  # Pillow raises whatever it trips over
        return picture.transpose(_TURNS[picture.getexif()[ExifTags.Base.Orientation]])
    return picture


def _rgba(picture: Image.Image) -> Image.Image:
    """The stored colours as RGBA of 8 bits."""
    if picture.mode != _GREY_16:
        return picture.convert("RGBA")
    levels = np.asarray(picture)
    grey = Image.fromarray(eight_bits(levels.astype(np.uint16))).convert("RGBA")
    if (transparent := picture.info.get("transparency")) is not None:
        grey.putalpha(Image.fromarray(np.where(levels == transparent, 0, 255).astype(np.uint8)))
    return grey
