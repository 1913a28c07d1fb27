"""What a surface looks like: its material, and the light that falls on it."""

import math
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.preview.arrays import Array, Arrays
from actionmesh_wrapper.preview.places import Places

CLAY = (214, 200, 186)  # sRGB
CLAY_RELIEF = 1.0
TEXTURE_RELIEF = 0.45  # the video's own light is in the texture already
TEXTURE_SIDE = 1024  # pixels; a finer texture is shrunk, as no picture shows more of it
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

    def albedo(self, xp: Arrays, places: Places) -> Array:
        """Its colour at places: (3, N) float32 sRGB, 0 to 255, or (3, 1) where it is the same everywhere."""


class Clay:
    """One matt colour."""

    relief = CLAY_RELIEF

    def albedo(self, xp: Arrays, _: Places) -> Array:
        return xp.put(np.array(CLAY, np.float32)[:, None])


class Painted:
    """A colour at each vertex.

    Args:
        colours: (3, V) float32 sRGB, an array of the renderer's.
        relief: see `Material`.
    """

    def __init__(self, colours: Array, relief: float) -> None:
        self.relief = relief
        self._colours = colours

    def albedo(self, xp: Arrays, places: Places) -> Array:
        return interpolate(xp, self._colours, places)


class Textured:
    """A picture laid on by uv, smooth between texels and between sizes (trilinear): it never glitters.

    Args:
        xp: the arrays' library.
        uv: (V, 2) float32; (0, 0) is the picture's upper left corner.
        faces: (F, 3) int32.
        texture: (H, W, 3) uint8 sRGB.
    """

    relief = TEXTURE_RELIEF

    def __init__(
        self, xp: Arrays, uv: NDArray[np.float32], faces: NDArray[np.int32], texture: NDArray[np.uint8]
    ) -> None:
        sizes = pyramid(texture)
        self._height, self._width = sizes[0].shape[:2]
        self._last = len(sizes) - 1
        self._texels = xp.put(np.concatenate([_padded(size, self._width) for size in sizes]))
        self._uv = xp.put(uv.T)
        a, b, c = (uv * (self._width, self._height))[faces.T]
        texels = np.abs((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / 2
        self._texels_of_face = xp.put(texels.astype(np.float32))

    def albedo(self, xp: Arrays, places: Places) -> Array:
        across, down = interpolate(xp, self._uv, places)
        per_pixel = xp.take(self._texels_of_face, places.face) / xp.at_least(places.pixels, 1e-6)
        level = xp.clip(xp.log2(xp.at_least(per_pixel, 1e-6)) / 2, 0, self._last)
        finer = xp.floor(level)
        fine = self._at(xp, across, down, xp.exp2(-finer))
        coarse = self._at(xp, across, down, xp.exp2(-xp.clip(finer + 1, 0, self._last)))
        return fine + (coarse - fine) * (level - finer)

    def _at(self, xp: Arrays, across: Array, down: Array, scale: Array) -> Array:
        """The colours on the sizes of these scales: 1, 1/2, 1/4 …, which lie below each other."""
        width, height = (xp.at_least(side * scale, 1) for side in (self._width, self._height))
        column = xp.minimum(xp.at_least(across * width - 0.5, 0), width - 1)
        row = xp.minimum(xp.at_least(down * height - 0.5, 0), height - 1)
        return xp.texels(self._texels, column, row + 2 * self._height * (1 - scale))


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


def light(xp: Arrays, normals: Array, axes: NDArray[np.float64], relief: float) -> Array:
    """The light on a matt surface, as a factor of its colour: about 1 where it faces the camera.

    A key light, wrapped softly around the form, a fill light and a sky, all of which move with the camera;
    and a little less light where the surface turns away, so that it stands out from a light background.

    Args:
        xp: the arrays' library.
        normals: (3, N) float32 unit normals in the mesh's axes.
        axes: (3, 3) `View.axes`.
        relief: `Material.relief`.

    Returns:
        (3, N) float32 factors of red, green and blue.
    """
    directions = np.stack([_unit(KEY_DIRECTION), _unit(FILL_DIRECTION), (0, 1, 0), (0, 0, 1)])
    key, fill, up, facing = xp.put((directions @ axes).astype(np.float32)) @ normals
    wrapped = xp.at_least((key + KEY_WRAP) / (1 + KEY_WRAP), 0)
    strengths = [wrapped * wrapped, xp.at_least(fill, 0), 0.5 + 0.5 * up, xp.at_least(facing, 0)]
    colours = np.array([KEY, FILL, SKY, FACING], np.float32).T * np.float32(relief)
    steady = np.array(AMBIENT, np.float32)[:, None] * relief + (1 - relief)
    return xp.put(colours) @ xp.stack(strengths) + xp.put(steady.astype(np.float32))


def _unit(direction: tuple[float, float, float]) -> NDArray[np.float64]:
    return np.array(direction, np.float64) / math.hypot(*direction)


def interpolate(xp: Arrays, values: Array, places: Places) -> Array:
    """Values of vertices (C, V) at places, (C, N) float32."""
    first, second, third = (
        xp.take(values, corner) * weight
        for corner, weight in zip(places.corners, places.weights, strict=True)
    )
    return first + second + third
