"""Colour profiles (ICC) that others made → transforms of pictures into sRGB, by Little CMS."""

from collections.abc import Callable, Container
from io import BytesIO

from PIL import Image, ImageCms

MAX_BYTES = 1 << 20  # as much as Pillow reads out of a PNG; that of a display has some kilobytes
_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # colour spaces of profiles → Pillow's modes

ToSrgb = Callable[[Image.Image], Image.Image]
"""Takes a picture of a mode that converts to the profile's, and returns it in sRGB, of mode RGB."""


class UnusableProfile(Exception):
    """It is broken, too long, or of another colour space than the pictures."""


def to_srgb(profile: bytes, *, spaces: Container[str]) -> ToSrgb:
    """What makes sRGB of pictures that have a profile.

    Args:
        profile: its bytes, of any origin.
        spaces: that the pictures may be of: ``RGB``, ``GRAY``, ``CMYK``.

    Raises:
        UnusableProfile: if there is no such transform.
    """
    if len(profile) > MAX_BYTES:
        raise UnusableProfile("too long")
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        space = source.profile.xcolor_space.strip()
        if space not in spaces:
            raise UnusableProfile(f"of the colour space {space}")
        mode = _MODES[space]
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        raise UnusableProfile("broken") from error

    def convert(picture: Image.Image) -> Image.Image:
        shown = ImageCms.applyTransform(picture.convert(mode), transform)
        assert shown is not None  # it works in place alone where it is asked to
        return shown

    return convert
