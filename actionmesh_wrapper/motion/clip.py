"""A clip at the size at which motion is measured."""

from dataclasses import dataclass

import cv2
import numpy as np

from actionmesh_wrapper.data.arrays import Bools, Bytes, Singles

WORK_SIDE = 384  # pixels of the longer side; more gain under 1 % of overlap, and the cost grows by the square
LEAST_SIDE = 32  # pixels, below which optical flow finds no patches to compare
SOFT_EDGE = 0.7  # pixels, the blur that hides the work size's steps before a mask is enlarged


@dataclass(frozen=True, eq=False)
class SmallClip:
    """A clip at the work size, in the colour spaces that the steps need.

    Attributes:
        rgb: (T, h, w, 3) uint8 sRGB.
        lab: (T, h, w, 3) float32 CIE Lab, in which distances are about those that an eye sees.
        grey: (T, h, w) uint8.
    """

    rgb: Bytes
    lab: Singles
    grey: Bytes

    def __len__(self) -> int:
        return len(self.rgb)

    @property
    def height(self) -> int:
        """h, pixels."""
        return int(self.rgb.shape[1])

    @property
    def width(self) -> int:
        """w, pixels."""
        return int(self.rgb.shape[2])


def shrink(images: Bytes) -> SmallClip:
    """Brings (T, H, W, 3) uint8 sRGB frames to at most `WORK_SIDE` and at least `LEAST_SIDE` a side."""
    height, width = images.shape[1:3]
    scale = min(1.0, WORK_SIDE / max(height, width))
    size = max(LEAST_SIDE, round(width * scale)), max(LEAST_SIDE, round(height * scale))
    rgb = np.stack([cv2.resize(image, size, interpolation=cv2.INTER_AREA) for image in images])
    return SmallClip(
        rgb=rgb,
        lab=np.stack([cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2Lab) for image in rgb]),
        grey=np.stack([cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in rgb]),
    )


def enlarge(mask: Bools, height: int, width: int) -> Singles:
    """Brings one (h, w) mask to (height, width) float32 in [0, 1], its edge smooth."""
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), SOFT_EDGE)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
