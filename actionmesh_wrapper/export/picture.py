"""A texture as the picture that files hold: JPEG or PNG, whichever is smaller and true enough."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

LEAST_DB = 38.0  # peak signal-to-noise ratio of a JPEG: off by 3.2 levels of 255, root mean square
QUALITIES = (90, 95, 98)  # of a JPEG, of which the first that is true enough is taken
PROBED = 2  # times as large as the JPEG may a hasty PNG be for a thorough one to be tried
THOROUGH = 6  # PNG's compression, as zlib's own; takes four times as long as the hasty one
SMALLEST = 256  # pixels along the longer side, below which no picture is made smaller

_FULL_COLOUR = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444  # else colours would bleed over the seams of the uv
_JPEG = [cv2.IMWRITE_JPEG_OPTIMIZE, 1, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, _FULL_COLOUR]


@dataclass(frozen=True)
class Picture:
    """An encoded picture.

    Attributes:
        data: the file's bytes.
        media_type: of the file.
        width: pixels.
        height: pixels.
    """

    data: bytes
    media_type: Literal["image/jpeg", "image/png"]
    width: int
    height: int

    @property
    def name(self) -> str:
        """What it is called as a file."""
        return "texture.jpg" if self.media_type == "image/jpeg" else "texture.png"


def encode(texture: NDArray[np.uint8], *, most_bytes: int | None = None) -> Picture:
    """Encodes a texture.

    Photographs come out as JPEG. PNG is taken where it is smaller, as of flat colours, and where no JPEG
    is true enough, as of noise. Equal textures give equal bytes.

    Args:
        texture: (H, W, 3) uint8 sRGB.
        most_bytes: it is halved in size until it has no more, or `SMALLEST` pixels. None: any.
    """
    while True:
        picture = _encoded(texture)
        if most_bytes is None or len(picture.data) <= most_bytes or max(texture.shape[:2]) // 2 < SMALLEST:
            return picture
        half = (max(texture.shape[1] // 2, 1), max(texture.shape[0] // 2, 1))
        texture = np.asarray(cv2.resize(texture, half, interpolation=cv2.INTER_AREA), np.uint8)


def _encoded(texture: NDArray[np.uint8]) -> Picture:
    height, width = texture.shape[:2]
    image = np.ascontiguousarray(texture[..., ::-1])
    jpeg = _jpeg(image)
    if jpeg is None or len(cv2.imencode(".png", image)[1]) < PROBED * len(jpeg):
        png = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, THOROUGH])[1].tobytes()
        if jpeg is None or len(png) < len(jpeg):
            return Picture(png, "image/png", width, height)
    return Picture(jpeg, "image/jpeg", width, height)


def _jpeg(image: NDArray[np.uint8]) -> bytes | None:
    """The smallest JPEG that is true enough; None: none is."""
    for quality in QUALITIES:
        file = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality, *_JPEG])[1]
        decoded = cv2.imdecode(file, cv2.IMREAD_COLOR)
        if decoded is not None and cv2.PSNR(image, decoded) >= LEAST_DB:
            return file.tobytes()
    return None
