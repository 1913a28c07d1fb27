"""From the picture's pixels to the animation's axes and unit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.animation import Animation
from actionmesh_wrapper.engines.arrays import Bytes, Floats, Ints, Singles


@dataclass(frozen=True, eq=False)
class Model:
    """A tracked surface over the pictures that it was made from.

    Attributes:
        vertices: (T, V, 3) float64, source pixels: x right, y down (the centre of the upper left pixel is at
            0, 0), z towards the camera, 0 on the outline.
        faces: (F, 3) int64, counter-clockwise from outside once y points up.
        anchor: index of the frame that gave shape and texture.
        uv: (V, 2) float32, (0, 0) in the upper left corner of the texture; the back has the front's.
        texture: (H, W, 3) uint8.
    """

    vertices: Floats
    faces: Ints
    anchor: int
    uv: Singles
    texture: Bytes


def to_animation(model: Model, fps: float) -> Animation:
    """Brings all frames by one similarity into [-1, 1]: y up, the longest half extent 1, centred."""
    vertices = model.vertices * [1.0, -1.0, 1.0]
    low, high = vertices.min(axis=(0, 1)), vertices.max(axis=(0, 1))
    half_extent = float((high - low).max()) / 2
    scaled: NDArray[np.float32] = ((vertices - (low + high) / 2) / half_extent).astype(np.float32)
    return Animation(scaled, model.faces.astype(np.int32), fps, model.uv, model.texture)
