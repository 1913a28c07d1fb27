"""The one camera that filmed the whole clip."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from actionmesh_wrapper.data.arrays import Floats

CAMERA_NAME = "film_camera"  # in files of meshes


@dataclass(frozen=True)
class FilmCamera:
    """A camera that looks at a point of the mesh and stands still; a pinhole without lens distortion.

    Attributes:
        target: (x, y, z) in the mesh's axes, the point that it turns around.
        azimuth_deg: degrees around +Y; 0 looks along -Z, 90 stands on the mesh's +X side.
        elevation_deg: degrees above the horizon.
        roll_deg: degrees that the camera is turned about its own axis, counter-clockwise as seen from behind
            it; its picture turns clockwise.
        closeness: 1 / distance to the target, in 1 / units of the mesh; 0 is a parallel projection.
        scale: pixels a unit at the target's depth.
        centre: (x, y) pixels at which the target is seen; the centre of the upper left pixel is (0, 0).
    """

    target: tuple[float, float, float]
    azimuth_deg: float
    elevation_deg: float
    roll_deg: float
    closeness: float
    scale: float
    centre: tuple[float, float]

    @property
    def axes(self) -> Floats:
        """(3, 3): the camera's right, up and backward axes as rows, in the mesh's axes."""
        angles = [self.azimuth_deg, -self.elevation_deg, self.roll_deg]
        turn = Rotation.from_euler("YXZ", angles, degrees=True)
        axes: Floats = turn.as_matrix().T
        return axes

    def project(self, points: NDArray[np.floating]) -> tuple[Floats, Floats]:
        """Where points are seen.

        Args:
            points: (..., 3) in the mesh's axes and units.

        Returns:
            (..., 2) x, y in pixels, y down; and (...) depth: units along the view, 0 at the target, larger
            is farther from the camera.
        """
        right_up_back = (points - np.asarray(self.target)) @ self.axes.T
        nearer = right_up_back[..., 2]
        size = self.scale / (1 - self.closeness * nearer)
        x = self.centre[0] + size * right_up_back[..., 0]
        y = self.centre[1] - size * right_up_back[..., 1]
        return np.stack([x, y], axis=-1), -nearer


@dataclass(frozen=True)
class FilmView:
    """What a frame of the film shows.

    Attributes:
        camera: that filmed it.
        width: of a frame, pixels.
        height: likewise.
    """

    camera: FilmCamera
    width: int
    height: int

    @property
    def distance(self) -> float | None:
        """From the camera to its target, in units of the mesh; None of a parallel projection."""
        return 1 / self.camera.closeness if self.camera.closeness > 0 else None

    @property
    def frame_height(self) -> float:
        """A frame's height at the target, in units of the mesh."""
        return self.height / self.camera.scale

    @property
    def yfov(self) -> float | None:
        """Radians from a frame's lower edge to its upper, were the target in the middle; None: parallel."""
        return None if self.distance is None else 2 * math.atan(self.frame_height / 2 / self.distance)

    @property
    def aspect_ratio(self) -> float:
        """A frame's width over its height."""
        return self.width / self.height

    @property
    def principal_point(self) -> tuple[float, float]:
        """Where the target is seen, as shares of the frame's width from the left, its height from the top."""
        x, y = self.camera.centre
        return (x + 0.5) / self.width, (y + 0.5) / self.height
