"""The soft shadow that a mesh casts on the ground right below it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.preview.arrays import Array
from actionmesh_wrapper.preview.camera import Camera
from actionmesh_wrapper.preview.renderer import Renderer

CELLS = 96  # of the shadow's map along each side
SPREAD = 1.5  # of the map's side to the largest side of the mesh, so that the blur has room
BLUR = 0.025  # standard deviation, of the map's side
FADE = 0.12  # height at which the shadow is 1/e as dark, of the mesh's largest side
DARKNESS = 0.45  # of the shadow where the mesh touches the ground


@dataclass(frozen=True, eq=False)
class Ground:
    """A level square below the mesh.

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

    def shadow(self, renderer: Renderer, vertices: Array, faces: Array) -> NDArray[np.float32]:
        """The shadow of a mesh: a map (CELLS, CELLS) float32 of darkness, 0 to 1.

        Its columns run along +X, its rows along +Z.

        Args:
            renderer: draws it.
            vertices: (3, V) float32, an array of the renderer's, as the next.
            faces: (3, F) int64.
        """
        xp = renderer.xp
        places = (xp.cast(vertices, "float64") - xp.put(self.centre[:, None])) / self.side
        from_below = 1 / (1 + xp.at_least(places[1], 0))
        seen = xp.stack([(places[0] + 0.5) * CELLS, (places[2] + 0.5) * CELLS, from_below])
        inverse_depth = xp.host(renderer.rasterise(xp, seen, faces, CELLS, CELLS).inverse_depth)
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
