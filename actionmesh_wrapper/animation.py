"""What an engine returns: one mesh whose vertices move."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Animation:
    """An animated mesh of one topology.

    Axes are glTF's: right-handed, Y up, +Z towards the camera that filmed the subject, +X to the right of
    its picture. The unit is not the metre: the engine scales the subject to about [-1, 1].

    Attributes:
        vertices: (T, V, 3) float32, finite; T ≥ 1.
        faces: (F, 3) int32 indices into V, counter-clockwise seen from outside.
        fps: keys per second, > 0.
        uv: (V, 2) float32 or None, glTF's convention: (0, 0) is the upper left corner of the texture.
        texture: (H, W, 3) uint8 sRGB or None; present exactly if ``uv`` is.

    Raises:
        ValueError: if a shape, dtype, index or value breaks the above.
    """

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]
    fps: float
    uv: NDArray[np.float32] | None = None
    texture: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        _check("vertices", self.vertices, np.float32, (None, None, 3))
        _check("faces", self.faces, np.int32, (None, 3))
        if not np.isfinite(self.vertices).all():
            raise ValueError("vertices must be finite")
        if self.faces.min() < 0 or self.faces.max() >= self.vertices.shape[1]:
            raise ValueError("faces must index vertices")
        if not (np.isfinite(self.fps) and self.fps > 0):
            raise ValueError("fps must be positive")
        if (self.uv is None) != (self.texture is None):
            raise ValueError("uv and texture come together")
        if self.uv is not None and self.texture is not None:
            _check("uv", self.uv, np.float32, (self.vertices.shape[1], 2))
            _check("texture", self.texture, np.uint8, (None, None, 3))
            if not np.isfinite(self.uv).all():
                raise ValueError("uv must be finite")

    @property
    def num_frames(self) -> int:
        """T, the number of keys."""
        return int(self.vertices.shape[0])


def vertex_normals(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.float32]:
    """Smooth unit normals, each the area-weighted mean of its faces' normals.

    Args:
        vertices: (V, 3) float32, one frame.
        faces: (F, 3) int32, counter-clockwise from outside.

    Returns:
        (V, 3) float32 of length 1, pointing outwards; +Z where no face gives a direction.
    """
    corners = np.ascontiguousarray(faces.T, np.intp)
    columns = np.ascontiguousarray(vertices.T, np.float64)  # by axis: three times as fast as by vertex
    a, b, c = (columns[:, corner] for corner in corners)
    ab, ac = b - a, c - a
    sums = np.empty_like(columns)
    for axis in range(3):
        i, j = (axis + 1) % 3, (axis + 2) % 3
        across = ab[i] * ac[j] - ab[j] * ac[i]  # one axis of the faces' cross products
        sums[axis] = np.bincount(corners.ravel(), np.tile(across, 3), minlength=len(vertices))
    length = np.linalg.norm(sums, axis=0)
    normals = np.divide(sums, length, out=np.zeros_like(sums), where=length > 0)
    normals[2, length == 0] = 1.0
    unit: NDArray[np.float32] = np.ascontiguousarray(normals.T, np.float32)
    return unit


def _check(name: str, array: NDArray[np.generic], dtype: type, shape: tuple[int | None, ...]) -> None:
    """Raises ValueError unless ``array`` has the dtype and shape; None stands for any size of at least 1."""
    fits = array.ndim == len(shape) and all(
        size >= 1 if want is None else size == want for size, want in zip(array.shape, shape, strict=False)
    )
    if array.dtype != dtype or not fits:
        raise ValueError(f"{name} must be {dtype.__name__} {shape}, not {array.dtype} {array.shape}")
