"""The tracked surface as an animation: axes, unit and texture."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.arrays import Bools, Bytes, Floats, Ints, Singles
from actionmesh_wrapper.engines.silhouette.crop import Crop

LARGEST_SIDE = 1024  # pixels; never more than the source has
EDGE_MARGIN = 2.0  # texture pixels along the edge, whose colours may be mixed with the background's
BLEED_BLUR = 3.0  # texture pixels (sigma); smooths the streaks of colours extended beyond the edge


def anchor_texture(image: Bytes, mask: Bools, crop: Crop) -> Bytes:
    """Cuts the texture out of the anchor frame, at the source's own resolution up to `LARGEST_SIDE`.

    Each pixel off the subject takes the nearest of its colours, so that the rim shows no background.

    Args:
        image: (H, W, 3) uint8, the whole frame.
        mask: (rows, columns) bool, the subject at the crop's size; not empty.
        crop: what the texture shows.

    Returns:
        (H', W', 3) uint8.
    """
    finer = crop.resized(min(LARGEST_SIDE, max(crop.width, crop.height)))
    share = cv2.resize(mask.astype(np.float32), (finer.columns, finer.rows), interpolation=cv2.INTER_LINEAR)
    depth = distance_transform_edt(share >= 0.5)
    is_pure = depth > min(EDGE_MARGIN, float(depth.max()) / 2)
    rows, columns = distance_transform_edt(~is_pure, return_distances=False, return_indices=True)
    nearest: Bytes = finer.cut(image, extend=True)[rows, columns]
    soft = np.asarray(cv2.GaussianBlur(nearest, (0, 0), BLEED_BLUR), np.uint8)
    return np.where(is_pure[..., None], nearest, soft)


def uv_of(flat: Floats, crop: Crop) -> Singles:
    """Texture coordinates (V, 2) float32 of crop pixels (V, 2): (0, 0) is the upper left corner."""
    return ((flat + 0.5) / [crop.columns, crop.rows]).astype(np.float32)


@dataclass(frozen=True, eq=False)
class TrackedSurface:
    """A surface tracked through the pictures that it was made from.

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


def to_animation(surface: TrackedSurface, fps: float) -> Animation:
    """The animation, all frames by one similarity in [-1, 1]: y up, centred, half the longest side 1."""
    vertices = surface.vertices * [1.0, -1.0, 1.0]
    low, high = vertices.min(axis=(0, 1)), vertices.max(axis=(0, 1))
    half_extent = float((high - low).max()) / 2
    scaled: NDArray[np.float32] = ((vertices - (low + high) / 2) / half_extent).astype(np.float32)
    anchor = surface.anchor if len(scaled) > 1 else 0  # of the anchor alone there is one key
    faces = surface.faces.astype(np.int32)
    return Animation(scaled, faces, fps, surface.uv, surface.texture, anchor, front_only=True)
