"""An animation set up for its pictures: material, surfaces of each key, ground, and the cameras' distance."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation, vertex_normals
from actionmesh_wrapper.preview.arrays import Arrays
from actionmesh_wrapper.preview.camera import MARGIN, Camera, View, fitting_distance
from actionmesh_wrapper.preview.ground import Ground
from actionmesh_wrapper.preview.picture import Picture, Surface, draw
from actionmesh_wrapper.preview.renderer import Renderer
from actionmesh_wrapper.preview.shade import Clay, Material, Textured


class Scene:
    """Draws any key of an animation from any of the views that it was made for.

    The camera is at one distance in all of them, so that the mesh keeps its size from picture to picture.

    Args:
        renderer: draws.
        animation: what to draw.
        views: the directions to look from; from each of them every key lies within the margins.
        background: (H, W, 3) float32 sRGB, 0 to 255, before the ground's shadow falls on it.
    """

    def __init__(
        self,
        renderer: Renderer,
        animation: Animation,
        views: Collection[View],
        background: NDArray[np.float32],
    ) -> None:
        points = animation.vertices.reshape(-1, 3)
        low, high = points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)
        self._target = (low + high) / 2
        height, width = background.shape[:2]
        self._distance = fitting_distance(points, self._target, views, width / height)
        self._ground = Ground.below(low, high)
        self._background = background
        self._renderer = renderer
        self._animation = animation
        self._two_sided = not is_closed(animation.faces)
        self._faces = renderer.xp.put(animation.faces.T.astype(np.int64))
        self._material = _material(renderer.xp, animation)
        self._keys: dict[int, tuple[Surface, NDArray[np.float32]]] = {}

    def picture(self, key: int, view: View) -> Picture:
        """The animation's key seen from a view."""
        surface, shadow = self._keys.get(key) or self._keys.setdefault(key, self._prepared(key))
        height, width = self._background.shape[:2]
        camera = Camera(view, self._target, self._distance, width, height)
        picture = self._background.copy()
        self._ground.lay(shadow, camera, picture, rim=MARGIN)
        return draw(self._renderer, surface, camera, picture)

    def _prepared(self, key: int) -> tuple[Surface, NDArray[np.float32]]:
        """A key's surface and its shadow, which each of its pictures uses again."""
        xp, vertices = self._renderer.xp, self._animation.vertices[key]
        placed = xp.put(vertices.T)
        normals = xp.put(vertex_normals(vertices, self._animation.faces).T)
        surface = Surface(placed, normals, self._faces, self._material, self._two_sided)
        return surface, self._ground.shadow(self._renderer, placed, self._faces)


def is_closed(faces: NDArray[np.int32]) -> bool:
    """Whether each edge of (F, 3) faces is shared by two that pass it in opposite directions.

    Then no inside can be seen from without.
    """
    start, end = faces.astype(np.int64).ravel(), np.roll(faces, -1, axis=1).astype(np.int64).ravel()
    count = int(faces.max()) + 1
    there, back = np.sort(start * count + end), np.sort(end * count + start)
    return bool(np.array_equal(there, back) and (np.diff(there) > 0).all())


def _material(xp: Arrays, animation: Animation) -> Material:
    if animation.uv is None or animation.texture is None:
        return Clay()
    return Textured(xp, animation.uv, animation.faces, animation.texture)
