"""Several pictures in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

MAX_SIDE_PX = 4096
PADDING_PX = 4  # each picture's edge, repeated: filters look a little beyond it

_SMALLER = 0.97  # per try


@dataclass(frozen=True)
class Tile:
    """Where a picture lies, without its padding: pixels from the upper left."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Atlas:
    """A layout.

    Attributes:
        width: pixels.
        height: pixels.
        tiles: one for each picture, in their order.
    """

    width: int
    height: int
    tiles: Sequence[Tile]

    @classmethod
    def of(cls, sizes: Sequence[tuple[int, int]]) -> Self:
        """Lays pictures of these widths and heights out, all made smaller alike until they fit."""
        scale = 1.0
        while True:
            scaled = [(max(1, int(width * scale)), max(1, int(height * scale))) for width, height in sizes]
            atlas = cls._shelves(scaled)
            if max(atlas.width, atlas.height) <= MAX_SIDE_PX:
                return atlas
            scale *= _SMALLER

    @classmethod
    def _shelves(cls, sizes: Sequence[tuple[int, int]]) -> Self:
        """Rows of pictures, the tallest first."""
        padded = [(width + 2 * PADDING_PX, height + 2 * PADDING_PX) for width, height in sizes]
        area = sum(width * height for width, height in padded)
        broad = max(int(area**0.5), *(width for width, _ in padded))
        corners: dict[int, tuple[int, int]] = {}
        left = top = shelf = 0
        for index in sorted(range(len(padded)), key=lambda index: -padded[index][1]):
            width, height = padded[index]
            if left + width > broad:
                left, top, shelf = 0, top + shelf, 0
            corners[index] = (left, top)
            left, shelf = left + width, max(shelf, height)
        tiles = [
            Tile(corners[index][0] + PADDING_PX, corners[index][1] + PADDING_PX, *size)
            for index, size in enumerate(sizes)
        ]
        return cls(broad, top + shelf, tiles)

    def blank(self) -> NDArray[np.uint8]:
        """(height, width, 3) uint8 without any picture yet."""
        return np.zeros((self.height, self.width, 3), np.uint8)

    def uv(self, index: int, uv: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where in the atlas a point of a picture lies; both (V, 2), glTF's convention, 0 to 1."""
        tile = self.tiles[index]
        pixels = uv * (tile.width, tile.height) + (tile.left, tile.top)
        return pixels / (self.width, self.height)


def put(canvas: NDArray[np.uint8], tile: Tile, picture: NDArray[np.uint8]) -> None:
    """Lays a picture of the tile's size into the atlas, with its padding."""
    padded = np.pad(picture, ((PADDING_PX, PADDING_PX), (PADDING_PX, PADDING_PX), (0, 0)), mode="edge")
    rows = slice(tile.top - PADDING_PX, tile.top + tile.height + PADDING_PX)
    canvas[rows, tile.left - PADDING_PX : tile.left + tile.width + PADDING_PX] = padded
