"""The texture: the anchor frame, with the subject's colours carried on beyond its edge."""

import cv2
import numpy as np
from scipy.ndimage import distance_transform_edt

from actionmesh_wrapper.engines.arrays import Bools, Bytes, Floats, Singles
from actionmesh_wrapper.engines.silhouette.crop import Crop

LARGEST_SIDE = 1024  # pixels; never more than the source has
EDGE_MARGIN = 2.0  # texture pixels inside the edge, which may be mixed with the background
BLEED_BLUR = 3.0  # texture pixels (sigma); takes the streaks off the colours beyond the edge


def anchor_texture(image: Bytes, mask: Bools, crop: Crop) -> Bytes:
    """Cuts the texture out of the anchor frame, at the source's own resolution up to `LARGEST_SIDE`.

    Off the subject every pixel takes the nearest of its colours, so that its rim shows no background.

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
    sure = depth > min(EDGE_MARGIN, float(depth.max()) / 2)
    rows, columns = distance_transform_edt(~sure, return_distances=False, return_indices=True)
    nearest: Bytes = finer.cut(image, extend=True)[rows, columns]
    soft = np.asarray(cv2.GaussianBlur(nearest, (0, 0), BLEED_BLUR), np.uint8)
    return np.where(sure[..., None], nearest, soft)


def uv_of(flat: Floats, crop: Crop) -> Singles:
    """Texture coordinates (V, 2) float32 of crop pixels (V, 2): (0, 0) is the upper left corner."""
    return ((flat + 0.5) / [crop.columns, crop.rows]).astype(np.float32)
