"""Array types, reading fields between their pixels, and the sides of faces."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

Index = TypeVar("Index", bound=np.integer)

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]


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


def sides_of(faces: NDArray[Index]) -> NDArray[Index]:
    """The three sides of each face as pairs of vertices: (F, 3) to (3 F, 2), each from one to the next."""
    return np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])


def _bilinear(field: NDArray[np.floating], rows_cols: Floats) -> Floats:
    values: Floats = map_coordinates(field, rows_cols, output=np.float64, order=1, mode="nearest")
    return values
