"""What an engine returns: one mesh whose vertices move."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.quality import Quality

if TYPE_CHECKING:
    from scipy.sparse import csr_array


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
        anchor: the key whose frame gave the surface its shape.
        loops: whether the last key is the first again, so that it can be played over and over.
        quality: how well it holds together, where the engine has measured it.
        origin: (V,) int32 ≥ 0 or None: which vertex of the mesh before it had a uv each one is. At the seams
            of the uv several are one; they share their places and normals at all keys.
        front_only: whether it is 2.5D: its front was seen, and its back only mirrors that.
        unlit: whether the texture has the film's light in it, so that it is to be shown without other light.

    Raises:
        ValueError: if a shape, dtype, index or value breaks the above.
    """

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]
    fps: float
    uv: NDArray[np.float32] | None = None
    texture: NDArray[np.uint8] | None = None
    anchor: int = 0
    quality: Quality | None = None
    origin: NDArray[np.int32] | None = None
    loops: bool = False
    front_only: bool = False
    unlit: bool = False

    def __post_init__(self) -> None:
        _check("vertices", self.vertices, np.float32, (None, None, 3))
        _check("faces", self.faces, np.int32, (None, 3))
        if not np.isfinite(self.vertices).all():
            raise ValueError("vertices must be finite")
        if self.faces.min() < 0 or self.faces.max() >= self.vertices.shape[1]:
            raise ValueError("faces must index vertices")
        if not (np.isfinite(self.fps) and self.fps > 0):
            raise ValueError("fps must be positive")
        if not 0 <= self.anchor < self.num_frames:
            raise ValueError("anchor must be one of the keys")
        if self.loops and not np.array_equal(self.vertices[0], self.vertices[-1]):
            raise ValueError("the last key of what loops must be the first again")
        if (self.uv is None) != (self.texture is None):
            raise ValueError("uv and texture come together")
        if self.uv is not None and self.texture is not None:
            _check("uv", self.uv, np.float32, (self.vertices.shape[1], 2))
            _check("texture", self.texture, np.uint8, (None, None, 3))
            if not np.isfinite(self.uv).all():
                raise ValueError("uv must be finite")
        if self.origin is not None:
            _check("origin", self.origin, np.int32, (self.vertices.shape[1],))

    @property
    def num_frames(self) -> int:
        """T, the number of keys."""
        return int(self.vertices.shape[0])

    @property
    def seams(self) -> NDArray[np.int32]:
        """(S,) int32: the last S vertices are these again, at seams of the uv.

        Empty where there are none, or where such vertices do not come last.
        """
        none = np.zeros(0, np.int32)
        if self.origin is None:
            return none
        own = int(self.origin.max()) + 1
        in_order = np.array_equal(self.origin[:own], np.arange(own))
        return self.origin[own:] if in_order else none

    def joined(self) -> "Animation":
        """The mesh without uv and texture, in which the seams are closed."""
        if self.origin is None:
            return replace(self, uv=None, texture=None)
        _, first, place = np.unique(self.origin, return_index=True, return_inverse=True)
        return replace(
            self,
            vertices=np.ascontiguousarray(self.vertices[:, first]),
            faces=place.astype(np.int32)[self.faces],
            uv=None,
            texture=None,
            origin=None,
        )

    def normals(self, keys: Iterable[int] | None = None) -> list[NDArray[np.float32]]:
        """The `vertex_normals` of some keys, of all by default; across the seams of the uv they are one."""
        chosen = self if keys is None else replace(self, vertices=self.vertices[list(keys)], anchor=0)
        if chosen.origin is None:
            return normals_of_frames(chosen.vertices, chosen.faces)
        _, place = np.unique(chosen.origin, return_inverse=True)
        joined = chosen.joined()
        return [normals[place] for normals in normals_of_frames(joined.vertices, joined.faces)]


def vertex_normals(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.float32]:
    """Smooth unit normals, each the area-weighted mean of its faces' normals.

    Args:
        vertices: (V, 3) float32, one frame.
        faces: (F, 3) int32, counter-clockwise from outside.

    Returns:
        (V, 3) float32 of length 1, pointing outwards; +Z where no face gives a direction.
    """
    return normals_of_frames(vertices[None], faces)[0]


def normals_of_frames(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> list[NDArray[np.float32]]:
    """`vertex_normals` of each of (T, V, 3) frames: what depends on the faces alone is made once."""
    from scipy.sparse import csr_array  # noqa: PLC0415 – takes long, and the contract stands on this module

    corners = np.ascontiguousarray(faces.T, np.intp)
    numbers = np.tile(np.arange(len(faces)), 3)
    shape = vertices.shape[1], len(faces)
    faces_of = csr_array((np.ones(faces.size), (corners.ravel(), numbers)), shape=shape)
    return [_normals(frame, corners, faces_of) for frame in vertices]


def _normals(
    vertices: NDArray[np.float32], corners: NDArray[np.intp], faces_of: "csr_array"
) -> NDArray[np.float32]:
    """One frame's normals, given (3, F) corners and a (V, F) matrix that tells each vertex's faces."""
    columns = np.ascontiguousarray(vertices.T, np.float64)  # by axis: three times as fast as by vertex
    ab, ac = np.empty((2, *corners.shape))
    for axis, column in enumerate(columns):
        a, b, c = (np.take(column, corner) for corner in corners)  # six times as fast as column[corner]
        np.subtract(b, a, out=ab[axis])
        np.subtract(c, a, out=ac[axis])
    across = np.empty((corners.shape[1], 3))  # the faces' cross products
    for axis in range(3):
        i, j = (axis + 1) % 3, (axis + 2) % 3
        across[:, axis] = ab[i] * ac[j] - ab[j] * ac[i]
    sums = faces_of @ across
    length = np.sqrt(np.einsum("ij,ij->i", sums, sums))
    sums[length == 0] = [0, 0, 1]
    sums /= np.where(length > 0, length, 1)[:, None]
    unit: NDArray[np.float32] = sums.astype(np.float32)
    return unit


def _check(name: str, array: NDArray[np.generic], dtype: type, shape: tuple[int | None, ...]) -> None:
    """Raises ValueError unless ``array`` has the dtype and shape; None stands for any size of at least 1."""
    fits = array.ndim == len(shape) and all(
        size >= 1 if want is None else size == want for size, want in zip(array.shape, shape, strict=False)
    )
    if array.dtype != dtype or not fits:
        raise ValueError(f"{name} must be {dtype.__name__} {shape}, not {array.dtype} {array.shape}")
