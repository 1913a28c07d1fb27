"""Pictures of a GLB, with bounds on what they may grow to."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.errors import NotAMesh, TooLarge

MAX_PIXELS = 4096 * 4096  # of one texture
_FORMATS = ("PNG", "JPEG", "WEBP")


def size_of(data: memoryview) -> tuple[int, int]:
    """A picture's width and height in pixels, from its header alone.

    Raises:
        NotAMesh: if it is no PNG, JPEG or WebP.
        TooLarge: if it has more pixels than are taken.
    """
    width, height = _opened(data).size
    if width * height > MAX_PIXELS:
        raise TooLarge(f"A texture of the mesh has {width} × {height} pixels; at most 4096 × 4096 are taken.")
    return width, height


def read(data: memoryview) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 sRGB of a picture; transparency is left out.

    Raises:
        NotAMesh, TooLarge: see `size_of`; or if it is cut off or garbled.
    """
    size_of(data)
    try:
        picture = _opened(data)
        if picture.mode.startswith("I;16"):  # Pillow would cut off what is above 255
            picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
        return np.array(picture.convert("RGB"))
    except (OSError, SyntaxError, ValueError) as error:  # Pillow's for what is cut off or garbled
        raise NotAMesh("A texture of the mesh is broken.") from error


def tinted(picture: NDArray[np.uint8], factor: tuple[float, float, float]) -> NDArray[np.uint8]:
    """A picture multiplied by a colour.

    Args:
        picture: (H, W, 3) sRGB.
        factor: linear RGB, 0 to 1, as glTF multiplies.
    """
    if factor == (1.0, 1.0, 1.0):
        return picture
    levels = np.arange(256) / 255
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    bands = [_srgb(linear * part)[picture[..., band]] for band, part in enumerate(factor)]
    return np.stack(bands, axis=-1)


def _srgb(linear: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Linear light, 0 to 1, as 8 bits of sRGB."""
    curved = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    levels: NDArray[np.uint8] = np.rint(curved * 255).astype(np.uint8)
    return levels


def _opened(data: memoryview) -> Image.Image:
    """The picture, its pixels not read yet."""
    try:
        return Image.open(BytesIO(data), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge("A texture of the mesh has too many pixels; at most 4096 × 4096 are taken.") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise NotAMesh("A texture of the mesh is no picture in PNG, JPEG or WebP.") from error
