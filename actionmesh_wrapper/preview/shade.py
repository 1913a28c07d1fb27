"""What a surface looks like: its material, and the light that falls on it."""

import math
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.preview.fragments import Fragments

CLAY = (214, 200, 186)  # sRGB
CLAY_RELIEF = 1.0
TEXTURE_RELIEF = 0.45  # the video's own light is in the texture already
TEXTURE_SIDE = 1024  # pixels; a finer texture is shrunk, as no picture shows more of it
MAP_WIDTH = 1024  # cv2.remap takes pictures, not lists, so samples are laid out in rows of this length
KEY_DIRECTION = (-0.55, 0.75, 0.65)  # right, up and towards the camera, as the next
FILL_DIRECTION = (0.9, 0.0, 0.45)
KEY_WRAP = 0.35  # how far beyond the terminator the key light reaches
KEY = (0.56, 0.545, 0.52)  # strengths in red, green and blue, as the next: a warm lamp in a cool room
FILL = (0.12, 0.125, 0.14)
SKY = (0.20, 0.20, 0.21)
FACING = (0.16, 0.16, 0.16)  # lost where the surface turns away from the camera
AMBIENT = (0.34, 0.34, 0.345)


class Material(Protocol):
    """A surface's own colour, without light."""

    @property
    def relief(self) -> float:
        """How strongly light models it: 0 not at all, 1 fully."""

    def albedo(self, fragments: Fragments) -> NDArray[np.float32]:
        """Its colour at fragments: (3, N) float32 sRGB, 0 to 255; (3, 1) where it is the same everywhere."""


class Clay:
    """One matt colour."""

    relief = CLAY_RELIEF

    def albedo(self, _: Fragments) -> NDArray[np.float32]:
        return np.array(CLAY, np.float32)[:, None]


class Painted:
    """A colour at each vertex.

    Args:
        colours: (3, V) float32 sRGB.
        relief: see `Material`.
    """

    def __init__(self, colours: NDArray[np.float32], relief: float) -> None:
        self.relief = relief
        self._colours = colours

    def albedo(self, fragments: Fragments) -> NDArray[np.float32]:
        return interpolate(self._colours, fragments)


class Textured:
    """A picture laid on by uv, smooth between texels and between sizes (trilinear): it never glitters.

    Args:
        uv: (V, 2) float32; (0, 0) is the picture's upper left corner.
        faces: (F, 3) int32.
        texture: (H, W, 3) uint8 sRGB.
    """

    relief = TEXTURE_RELIEF

    def __init__(self, uv: NDArray[np.float32], faces: NDArray[np.int32], texture: NDArray[np.uint8]) -> None:
        sizes = pyramid(texture)
        self._height, self._width = sizes[0].shape[:2]
        self._last = len(sizes) - 1
        self._texels = np.concatenate([_padded(size, self._width) for size in sizes])
        self._uv = np.ascontiguousarray(uv.T)
        a, b, c = (uv * (self._width, self._height))[faces.T]
        texels = np.abs((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / 2
        self._texels_of_face = texels.astype(np.float32)

    def albedo(self, fragments: Fragments) -> NDArray[np.float32]:
        across, down = interpolate(self._uv, fragments)
        per_pixel = self._texels_of_face.take(fragments.face) / np.maximum(fragments.pixels, 1e-6)
        level = np.clip(np.log2(np.maximum(per_pixel, 1e-6)) / 2, 0, self._last)
        finer = np.floor(level)
        fine = self._at(across, down, np.exp2(-finer))
        coarse = self._at(across, down, np.exp2(-np.clip(finer + 1, 0, self._last)))
        return np.asarray(fine + (coarse - fine) * (level - finer), np.float32)

    def _at(
        self, across: NDArray[np.float32], down: NDArray[np.float32], scale: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """The colours on the sizes of these scales: 1, 1/2, 1/4 …, which lie below each other."""
        width, height = (np.maximum(side * scale, 1) for side in (self._width, self._height))
        column = np.minimum(np.maximum(across * width - 0.5, 0), width - 1)
        row = np.minimum(np.maximum(down * height - 0.5, 0), height - 1)
        return _between_texels(self._texels, column, row + 2 * self._height * (1 - scale))


def _between_texels(
    texture: NDArray[np.uint8], column: NDArray[np.float32], row: NDArray[np.float32]
) -> NDArray[np.float32]:
    """A texture (H, W, 3) between its texels (bilinear), (3, N) float32.

    Args:
        texture: sRGB.
        column: (N,), 0 at the centre of the first texel; within the texture.
        row: as ``column``.
    """
    rows = -(-len(column) // MAP_WIDTH)
    columns_map, rows_map = np.zeros((2, rows, MAP_WIDTH), np.float32)
    columns_map.ravel()[: len(column)], rows_map.ravel()[: len(row)] = column, row
    colours = cv2.remap(texture, columns_map, rows_map, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(colours.reshape(-1, 3)[: len(column)].T, np.float32)


def pyramid(texture: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """A texture at sides that are powers of two, and halved again and again until a side is 1 texel."""
    height, width = (1 << round(math.log2(min(side, TEXTURE_SIDE))) for side in texture.shape[:2])
    sizes = [_resized(texture, width, height)]
    while min(sizes[-1].shape[:2]) > 1:
        height, width = (side // 2 for side in sizes[-1].shape[:2])
        sizes.append(_resized(sizes[-1], width, height))
    return sizes


def _resized(texture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    if texture.shape[:2] == (height, width):
        return texture
    return np.asarray(cv2.resize(texture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _padded(texture: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    return np.pad(texture, ((0, 0), (0, width - texture.shape[1]), (0, 0)))


def light(normals: NDArray[np.float32], axes: NDArray[np.float64], relief: float) -> NDArray[np.float32]:
    """The light on a matt surface, as a factor of its colour: about 1 where it faces the camera.

    A key light, wrapped softly around the form, a fill light and a sky, all of which move with the camera;
    and a little less light where the surface turns away, so that it stands out from a light background.

    Args:
        normals: (3, N) float32 unit normals in the mesh's axes.
        axes: (3, 3) `View.axes`.
        relief: `Material.relief`.

    Returns:
        (3, N) float32 factors of red, green and blue.
    """
    directions = np.stack([_unit(KEY_DIRECTION), _unit(FILL_DIRECTION), (0, 1, 0), (0, 0, 1)])
    key, fill, up, facing = (directions @ axes).astype(np.float32) @ normals
    wrapped = np.maximum((key + KEY_WRAP) / (1 + KEY_WRAP), 0)
    strengths = [wrapped * wrapped, np.maximum(fill, 0), 0.5 + 0.5 * up, np.maximum(facing, 0)]
    colours = np.stack([KEY, FILL, SKY, FACING], axis=1).astype(np.float32) * np.float32(relief)
    steady = np.array(AMBIENT, np.float32)[:, None] * relief + (1 - relief)
    return np.asarray(colours @ np.stack(strengths) + steady, np.float32)


def _unit(direction: tuple[float, float, float]) -> NDArray[np.float64]:
    return np.array(direction, np.float64) / math.hypot(*direction)


def interpolate(values: NDArray[np.float32], fragments: Fragments) -> NDArray[np.float32]:
    """Values of vertices (C, V) at fragments, (C, N) float32."""
    first, second, third = (
        values.take(corner, axis=-1) * weight
        for corner, weight in zip(fragments.corners, fragments.weights, strict=True)
    )
    return np.asarray(first + second + third, np.float32)
