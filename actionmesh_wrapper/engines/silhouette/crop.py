"""The box of the pictures that holds the subject, at the size at which the engine works."""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.arrays import Bools, Floats

WORKING_SIDE = 384  # pixels of the crop's long side: bounds the computing time for any size of video
MARGIN_SHARE = 0.06  # of the subject's long side, on each side of it
MARGIN_PIXELS = 8  # added to that, so that a small subject has a margin too


@dataclass(frozen=True)
class Crop:
    """A box of the source's pixels and the size that it is brought to.

    Attributes:
        left, top: upper left corner in source pixels; negative if the box reaches beyond the picture.
        width, height: source pixels.
        columns, rows: pixels of the crop that it is resized to.
    """

    left: int
    top: int
    width: int
    height: int
    columns: int
    rows: int

    @classmethod
    def around(cls, masks: Bools, side: int = WORKING_SIDE) -> Self:
        """The crop around everything that any mask shows.

        Args:
            masks: (T, H, W), not all empty.
            side: long side of the result, pixels.
        """
        ys, xs = np.flatnonzero(masks.any(axis=(0, 2))), np.flatnonzero(masks.any(axis=(0, 1)))
        width, height = int(xs[-1] - xs[0]) + 1, int(ys[-1] - ys[0]) + 1
        margin = round(MARGIN_SHARE * max(width, height)) + MARGIN_PIXELS
        width, height = width + 2 * margin, height + 2 * margin
        scale = side / max(width, height)
        columns, rows = max(1, round(width * scale)), max(1, round(height * scale))
        return cls(int(xs[0]) - margin, int(ys[0]) - margin, width, height, columns, rows)

    @property
    def scale(self) -> float:
        """Crop pixels per source pixel."""
        return max(self.columns, self.rows) / max(self.width, self.height)

    def resized(self, side: int) -> Self:
        """The same box brought to another long side (pixels)."""
        scale = side / max(self.width, self.height)
        columns, rows = max(1, round(self.width * scale)), max(1, round(self.height * scale))
        return type(self)(self.left, self.top, self.width, self.height, columns, rows)

    def cut(self, picture: NDArray[np.uint8], *, extend: bool) -> NDArray[np.uint8]:
        """Cuts the box out of a picture and resizes it.

        Args:
            picture: (H, W) or (H, W, C) uint8.
            extend: what lies beyond the picture's border: its edge pixels (True) or zeros (False).

        Returns:
            (rows, columns) or (rows, columns, C) uint8.
        """
        height, width = picture.shape[:2]
        right, bottom = self.left + self.width, self.top + self.height
        inside = picture[max(self.top, 0) : min(bottom, height), max(self.left, 0) : min(right, width)]
        padded = cv2.copyMakeBorder(
            inside,
            max(-self.top, 0),
            max(bottom - height, 0),
            max(-self.left, 0),
            max(right - width, 0),
            cv2.BORDER_REPLICATE if extend else cv2.BORDER_CONSTANT,
        )
        shrinks = self.columns < self.width
        method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(padded, (self.columns, self.rows), interpolation=method), np.uint8)

    def to_source(self, points: Floats) -> Floats:
        """Crop pixels to source pixels: (..., 2 or 3) float64, a third column (depth) by the mean scale."""
        per_column, per_row = self.width / self.columns, self.height / self.rows
        factors = np.array([per_column, per_row, 1 / self.scale])[: points.shape[-1]]
        corner = np.array([self.left, self.top, 0.0])[: points.shape[-1]]
        half = np.array([0.5, 0.5, 0.0])[: points.shape[-1]]  # pixel centres are at whole numbers
        moved: Floats = (points + half) * factors + corner - half
        return moved
