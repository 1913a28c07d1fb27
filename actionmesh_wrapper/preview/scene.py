"""An animation set up for its pictures: material, surfaces of each key, ground, and the cameras' distance."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.animation import Animation, vertex_normals
from actionmesh_wrapper.preview.camera import Camera, View, fitting_distance
from actionmesh_wrapper.preview.ground import Ground
from actionmesh_wrapper.preview.picture import Surface, draw
from actionmesh_wrapper.preview.shade import Clay, Material, Textured


class Scene:
    """Draws any key of an animation from any of the views that it was made for.

    The camera is at one distance in all of them, so that the mesh keeps its size from picture to picture.

    Args:
        animation: what to draw.
        views: the directions to look from; from each of them every key lies within the margins.
        background: (H, W, 3) float32 sRGB, 0 to 255, before the ground's shadow falls on it.
    """

    def __init__(
        self, animation: Animation, views: Collection[View], background: NDArray[np.float32]
    ) -> None:
        points = animation.vertices.reshape(-1, 3)
        low, high = points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)
        self._target = (low + high) / 2
        height, width = background.shape[:2]
        self._distance = fitting_distance(points, self._target, views, width / height)
        self._ground = Ground.below(low, high)
        self._background = background
        self._animation = animation if is_closed(animation.faces) else two_sided(animation)
        self._material = _material(self._animation)
        self._keys: dict[int, tuple[Surface, NDArray[np.float32]]] = {}

    def picture(self, key: int, view: View) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 sRGB: the animation's key seen from a view."""
        surface, shadow = self._keys.get(key) or self._keys.setdefault(key, self._prepared(key))
        height, width = self._background.shape[:2]
        camera = Camera(view, self._target, self._distance, width, height)
        picture = self._background.copy()
        self._ground.lay(shadow, camera, picture)
        return draw(surface, camera, picture)

    def _prepared(self, key: int) -> tuple[Surface, NDArray[np.float32]]:
        """A key's surface and its shadow, which each of its pictures uses again."""
        vertices, faces = self._animation.vertices[key], self._animation.faces
        surface = Surface(vertices, vertex_normals(vertices, faces), faces, self._material)
        return surface, self._ground.shadow(vertices, faces)


def is_closed(faces: NDArray[np.int32]) -> bool:
    """Whether each edge of (F, 3) faces is shared by two that pass it in opposite directions.

    Then no inside can be seen from without.
    """
    start, end = faces.astype(np.int64).ravel(), np.roll(faces, -1, axis=1).astype(np.int64).ravel()
    count = int(faces.max()) + 1
    there, back = np.sort(start * count + end), np.sort(end * count + start)
    return bool(np.array_equal(there, back) and (np.diff(there) > 0).all())


def two_sided(animation: Animation) -> Animation:
    """The same with an inside: all vertices twice, all faces once more, turned."""
    count = animation.vertices.shape[1]
    return Animation(
        vertices=np.concatenate([animation.vertices] * 2, axis=1),
        faces=np.concatenate([animation.faces, animation.faces[:, ::-1] + np.int32(count)]),
        fps=animation.fps,
        uv=None if animation.uv is None else np.concatenate([animation.uv] * 2),
        texture=animation.texture,
    )


def _material(animation: Animation) -> Material:
    if animation.uv is None or animation.texture is None:
        return Clay()
    return Textured(animation.uv, animation.texture)
