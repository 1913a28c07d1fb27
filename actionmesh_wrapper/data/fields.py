"""Fields read between their pixels, and their slopes."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from actionmesh_wrapper.data.arrays import Floats


def sample(field: NDArray[np.floating], points: Floats) -> Floats:
    """Bilinear values of a field at points; beyond its border the border's values.

    `cv2.remap` would do, but rounds positions to 1/32 of a pixel.

    Args:
        field: (H, W) or (H, W, C); the centre of the upper left pixel is at (0, 0).
        points: (P, 2) x, y in pixels.

    Returns:
        (P,) or (P, C) float64.
    """
    rows_cols = points[:, ::-1].T
    if field.ndim == 2:
        return _bilinear(field, rows_cols)
    return np.stack([_bilinear(field[..., c], rows_cols) for c in range(field.shape[2])], axis=1)


def gradient(field: NDArray[np.floating]) -> Floats:
    """Central differences of a field: (H, W) to (H, W, 2) float64, x before y, per pixel."""
    along_y, along_x = np.gradient(field.astype(np.float64))
    return np.stack([along_x, along_y], axis=-1)


def _bilinear(field: NDArray[np.floating], rows_cols: Floats) -> Floats:
    values: Floats = map_coordinates(field, rows_cols, output=np.float64, order=1, mode="nearest")
    return values
