"""What a surface looks like: its material, and the light that falls on it."""

import math
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

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
REMAP_WIDTH = 1024  # cv2.remap takes pictures, not lists, so samples are laid out in rows of this length


class Material(Protocol):
    """A surface's own colour, without light."""

    @property
    def relief(self) -> float:
        """How strongly light models it: 0 not at all, 1 fully."""

    def albedo(self, corners: NDArray[np.int32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Its colour at places on faces.

        Args:
            corners: (N, 3) int32, the vertices of the face that each place is on.
            weights: (N, 3) float32, the share of each of them.

        Returns:
            (N, 3) float32 sRGB, 0 to 255, or (1, 3) where it is the same everywhere.
        """


class Clay:
    """One matt colour."""

    relief = CLAY_RELIEF

    def albedo(self, *_: NDArray[np.generic]) -> NDArray[np.float32]:
        return np.array([CLAY], np.float32)


class Textured:
    """A picture laid on by uv, smoothed between texels (bilinear).

    Args:
        uv: (V, 2) float32; (0, 0) is the picture's upper left corner.
        texture: (H, W, 3) uint8 sRGB.
    """

    relief = TEXTURE_RELIEF

    def __init__(self, uv: NDArray[np.float32], texture: NDArray[np.uint8]) -> None:
        height, width = texture.shape[:2]
        shrink = TEXTURE_SIDE / max(height, width)
        if shrink < 1:
            width, height = max(1, round(width * shrink)), max(1, round(height * shrink))
            texture = np.asarray(cv2.resize(texture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        self._texels = texture
        self._places = (uv * (width, height) - 0.5).astype(np.float32)  # a texel's centre is at + 0.5

    def albedo(self, corners: NDArray[np.int32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
        places = interpolate(self._places, corners, weights)
        rows = -(-len(places) // REMAP_WIDTH)
        column, row = np.zeros((2, rows, REMAP_WIDTH), np.float32)
        column.ravel()[: len(places)], row.ravel()[: len(places)] = places.T
        colours = cv2.remap(self._texels, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(colours, np.float32).reshape(-1, 3)[: len(places)]


def light(normals: NDArray[np.float32], axes: NDArray[np.float64], relief: float) -> NDArray[np.float32]:
    """The light on a matt surface, as a factor of its colour: about 1 where it faces the camera.

    A key light, wrapped softly around the form, a fill light and a sky, all of which move with the camera;
    and a little less light where the surface turns away, so that it stands out from a light background.

    Args:
        normals: (N, 3) float32 unit normals in the mesh's axes.
        axes: (3, 3) `View.axes`.
        relief: `Material.relief`.

    Returns:
        (N, 3) float32 factors of red, green and blue.
    """
    directions = np.stack([_unit(KEY_DIRECTION), _unit(FILL_DIRECTION), (0, 1, 0), (0, 0, 1)])
    key, fill, up, facing = (normals @ (directions @ axes).T.astype(np.float32)).T
    strengths = np.stack(
        [
            np.square(np.maximum((key + KEY_WRAP) / (1 + KEY_WRAP), 0)),
            np.maximum(fill, 0),
            0.5 + 0.5 * up,
            np.maximum(facing, 0),
            np.ones_like(key),
        ],
        axis=1,
    )
    colours = np.array([KEY, FILL, SKY, FACING, AMBIENT], np.float32) * np.float32(relief)
    colours[-1] += 1 - relief
    lit: NDArray[np.float32] = strengths @ colours
    return lit


def _unit(direction: tuple[float, float, float]) -> NDArray[np.float64]:
    return np.array(direction, np.float64) / math.hypot(*direction)


def interpolate(
    values: NDArray[np.float32], corners: NDArray[np.int32], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Values of vertices (V, C) at places on faces, (N, C) float32; see `Material.albedo`."""
    mixed: NDArray[np.float32] = np.einsum("nkc,nk->nc", values.take(corners, axis=0), weights)
    return mixed
