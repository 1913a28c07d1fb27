"""The soft shadow that a mesh casts on the ground right below it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.preview.camera import Camera
from actionmesh_wrapper.preview.rasterise import rasterise

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

    def shadow(self, vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.float32]:
        """The shadow of a mesh (V, 3), (F, 3): a map (CELLS, CELLS) float32 of darkness, 0 to 1.

        Its columns run along +X, its rows along +Z.
        """
        places = (vertices.astype(np.float64) - self.centre) / self.side
        height = np.maximum(places[:, 1], 0)
        seen = np.column_stack([(places[:, [0, 2]] + 0.5) * CELLS, 1 / (1 + height)])  # from below
        hits = rasterise(seen, faces, CELLS, CELLS)
        lowest = np.where(hits.face >= 0, 1 / np.maximum(hits.inverse_depth, 0.5) - 1, np.inf)
        dark = DARKNESS * np.exp(-lowest * (SPREAD / FADE)).mean(axis=1)
        blurred: NDArray[np.float32] = cv2.GaussianBlur(dark.astype(np.float32), (0, 0), BLUR * CELLS)
        return blurred

    def lay(self, shadow: NDArray[np.float32], camera: Camera, picture: NDArray[np.float32]) -> None:
        """Darkens a picture (H, W, 3) float32 by a shadow's map as the camera sees it on the ground."""
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
        picture *= 1 - dark[..., None]
