"""An animation set up for its pictures: each key's mesh, the cameras' distance, the ground and its shadow."""

from collections.abc import Collection
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.preview.camera import MARGIN, Camera, View, fitting_distance
from actionmesh_wrapper.preview.picture import DrawnMesh, Picture, draw
from actionmesh_wrapper.preview.renderer import Renderer
from actionmesh_wrapper.preview.shade import Clay, Material, Textured

CELLS = 96  # of the shadow's map along each side
SPREAD = 1.5  # of the map's side to the largest side of the mesh, so that the blur has room
BLUR = 0.025  # standard deviation, of the map's side
FADE = 0.12  # height at which the shadow is 1/e as dark, of the mesh's largest side
DARKNESS = 0.45  # of the shadow where the mesh touches the ground


class PreviewScene:
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
        self._two_sided = not is_closed(animation.joined().faces)
        self._faces = np.ascontiguousarray(animation.faces.T, np.int64)
        self._material = _material(animation)
        self._keys: dict[int, tuple[DrawnMesh, NDArray[np.float32]]] = {}

    def picture(self, key: int, view: View) -> Picture:
        """The animation's key seen from a view."""
        mesh, shadow = self._keys.get(key) or self._keys.setdefault(key, self._prepared(key))
        height, width = self._background.shape[:2]
        camera = Camera(view, self._target, self._distance, width, height)
        picture = self._background.copy()
        self._ground.lay(shadow, camera, picture, rim=MARGIN)
        return draw(self._renderer, mesh, camera, picture)

    def _prepared(self, key: int) -> tuple[DrawnMesh, NDArray[np.float32]]:
        """A key's mesh and its shadow, which each of its pictures uses again."""
        placed = np.ascontiguousarray(self._animation.vertices[key].T)
        (normals,) = self._animation.normals([key])
        mesh = DrawnMesh(
            placed, np.ascontiguousarray(normals.T), self._faces, self._material, self._two_sided
        )
        return mesh, self._ground.shadow(self._renderer, placed, self._faces)


def is_closed(faces: NDArray[np.int32]) -> bool:
    """Whether each edge of (F, 3) faces is shared by two that pass it in opposite directions.

    Then no inside can be seen from without.
    """
    start, end = faces.astype(np.int64).ravel(), np.roll(faces, -1, axis=1).astype(np.int64).ravel()
    count = int(faces.max()) + 1
    there, back = np.sort(start * count + end), np.sort(end * count + start)
    return bool(np.array_equal(there, back) and (np.diff(there) > 0).all())


def _material(animation: Animation) -> Material:
    if animation.uv is None or animation.texture is None:
        return Clay()
    return Textured(animation.uv, animation.faces, animation.texture)


@dataclass(frozen=True, eq=False)
class Ground:
    """A level square below the mesh, on which it casts a soft shadow.

    Attributes:
        centre: (3,) float64, its middle.
        side: of the square, in the mesh's unit.
    """

    centre: NDArray[np.float64]
    side: float

    @classmethod
    def below(cls, low: NDArray[np.float64], high: NDArray[np.float64]) -> "Ground":
        """The ground of a mesh within the box from ``low`` to ``high``, each (3,), at its lowest point."""
        centre = (low + high) / 2
        centre[1] = low[1]
        return cls(centre, float((high - low).max()) * SPREAD or 1.0)

    def shadow(
        self, renderer: Renderer, vertices: NDArray[np.float32], faces: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """The shadow of a mesh: a map (CELLS, CELLS) float32 of darkness, 0 to 1.

        Its columns run along +X, its rows along +Z.

        Args:
            renderer: draws it.
            vertices: (3, V) float32.
            faces: (3, F) int64.
        """
        x, up, z = (vertices.astype(np.float64) - self.centre[:, None]) / self.side
        from_below = 1 / (1 + np.maximum(up, 0))
        seen = np.stack([(x + 0.5) * CELLS, (z + 0.5) * CELLS, from_below])
        inverse_depth = renderer.rasterise(seen, faces, CELLS, CELLS).inverse_depth
        lowest = np.where(inverse_depth > 0, 1 / np.maximum(inverse_depth, 0.5) - 1, np.inf)
        dark = DARKNESS * np.exp(-lowest * (SPREAD / FADE)).mean(axis=1)
        blurred: NDArray[np.float32] = cv2.GaussianBlur(dark.astype(np.float32), (0, 0), BLUR * CELLS)
        return blurred

    def lay(
        self, shadow: NDArray[np.float32], camera: Camera, picture: NDArray[np.float32], *, rim: float = 0
    ) -> None:
        """Darkens a picture by a shadow as the camera sees it on the ground.

        Args:
            shadow: the map.
            camera: whose size is the picture's.
            picture: (H, W, 3) float32, is changed.
            rim: share of each side within which the shadow fades out, so that no edge cuts it off.
        """
        cell = self.side / CELLS
        corner = self.centre - np.array([self.side, 0, self.side]) / 2
        on_ground = (
            np.array(  # takes (column, row, 1) of the map, where 0 is a cell's centre, to the mesh's axes
                [
                    [cell, 0, corner[0] + cell / 2],
                    [0, 0, corner[1]],
                    [0, cell, corner[2] + cell / 2],
                    [0, 0, 1],
                ]
            )
        )
        to_picture = camera.matrix @ on_ground
        to_picture[:2] -= 0.5 * to_picture[2]
        dark = cv2.warpPerspective(shadow, to_picture, (camera.width, camera.height), flags=cv2.INTER_LINEAR)
        if rim:
            dark = dark * _fading_out(camera.height, rim)[:, None] * _fading_out(camera.width, rim)
        rows = np.flatnonzero(dark.any(axis=1))
        if len(rows):
            shaded = slice(rows[0], rows[-1] + 1)
            picture[shaded] *= 1 - dark[shaded, :, None]


def _fading_out(size: int, rim: float) -> NDArray[np.float32]:
    """(size,) float32: 1, and towards either end 0."""
    place = (np.arange(size, dtype=np.float32) + 0.5) / size
    from_end = np.clip(np.minimum(place, 1 - place) / rim, 0, 1)
    return np.asarray(from_end * from_end * (3 - 2 * from_end), np.float32)
