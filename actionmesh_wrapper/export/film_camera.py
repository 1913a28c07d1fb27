"""The camera that filmed the clip, as a node of glTF, as a lens that can be shifted, and where it stands.

Source: Khronos, glTF 2.0 Specification, section 3.10 (cameras).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from actionmesh_wrapper.data.arrays import Floats
from actionmesh_wrapper.data.film_camera import CAMERA_NAME, FilmView
from actionmesh_wrapper.export.glb import Glb

_ROOM = 1.5  # of what the mesh takes along the view, between the planes that cut off what is near and far
_AFAR = 2000.0  # times as far away as the mesh reaches, a parallel projection's lens stands
_APERTURE_MM = 36.0
_SIDE, _LEAST_SIDE = 1080, 128  # pixels of a picture's longer side; a frame with less is a shape alone


def camera_node(glb: Glb, film: FilmView, vertices: NDArray[np.float32]) -> dict[str, Any]:
    """Appends a camera, and returns its node.

    Its picture has a frame's shape. Cameras of glTF have their axis in the middle of the picture, and the
    film's need not. A parallel projection is moved sideways by as much. A perspective one cannot be: drawn at
    a frame's size, its picture must be shifted until its middle comes to ``extras.principal_point`` of the
    camera, shares of the frame's width from the left and of its height from the top.

    Args:
        glb: where the camera goes.
        film: what it is to see.
        vertices: (T, V, 3), which lie between its planes.
    """
    stand = Stand.of(film, vertices)
    planes = {"znear": stand.near, "zfar": stand.far}
    if film.yfov is None:
        height = film.frame_height
        lens = {"xmag": height * film.aspect_ratio / 2, "ymag": height / 2, **planes}
        camera: dict[str, Any] = {"type": "orthographic", "orthographic": lens}
    else:
        lens = {"yfov": film.yfov, "aspectRatio": film.aspect_ratio, **planes}
        extras = {"principal_point": list(film.principal_point)}
        camera = {"type": "perspective", "perspective": lens, "extras": extras}
    return {
        "name": CAMERA_NAME,
        "camera": glb.add("cameras", camera | {"name": CAMERA_NAME}),
        "rotation": Rotation.from_matrix(film.camera.axes.T).as_quat().tolist(),
        "translation": stand.place.tolist(),
    }


def lens_of(film: FilmView, vertices: NDArray[np.float32]) -> dict[str, Any]:
    """A camera as Alembic, FBX and Blender have it, whose lens is shifted to where its axis meets the frame.

    A parallel projection, which Alembic lacks, is seen from so far away that a point is at most a 2,000th of
    its distance from the picture's middle out of place.

    Args:
        film: what it is to see.
        vertices: (T, V, 3), which lie between its planes.

    Returns:
        JSON values: ``name``; ``axes``, right, up and backward as rows, and ``place``, in the mesh's axes and
        unit; ``near`` and ``far``, distances of its planes; ``focal_mm``; ``aperture_mm``, width and height;
        ``picture``, likewise in pixels, or some where the frames' are not known; ``shift`` to the right and
        up, shares of the aperture's width.
    """
    if film.distance is None:
        reach = float(np.linalg.norm(vertices - film.camera.target, axis=-1).max()) or 1.0
        film = replace(film, camera=replace(film.camera, closeness=1 / (_AFAR * reach)))
    assert film.distance is not None
    stand = Stand.of(film, vertices)
    x, y = film.principal_point
    side = max(film.width, film.height)
    grown = 1 if side >= _LEAST_SIDE else _SIDE // side
    return {
        "name": CAMERA_NAME,
        "axes": film.camera.axes.tolist(),
        "place": stand.place.tolist(),
        "near": stand.near,
        "far": stand.far,
        "focal_mm": _APERTURE_MM * film.distance / (film.frame_height * film.aspect_ratio),
        "aperture_mm": [_APERTURE_MM, _APERTURE_MM / film.aspect_ratio],
        "picture": [film.width * grown, film.height * grown],
        "shift": [0.5 - x, (y - 0.5) / film.aspect_ratio],
    }


@dataclass(frozen=True, eq=False)
class Stand:
    """Where a camera of a 3-D file stands, which unlike `FilmCamera` has a place even if it is parallel.

    Attributes:
        place: (3,) in the mesh's axes and unit. One of a parallel projection is moved sideways, so that the
            middle of the frame lies on its axis.
        near: distance of the plane that cuts off what is nearer.
        far: of the other.
    """

    place: Floats
    near: float
    far: float

    @classmethod
    def of(cls, film: FilmView, vertices: NDArray[np.float32]) -> "Stand":
        """For a camera that is to see (T, V, 3) vertices."""
        target, axes = np.asarray(film.camera.target), film.camera.axes
        nearer = (vertices.reshape(-1, 3) - target) @ axes[2]
        reach = _ROOM * float(np.abs(nearer).max()) or 1.0
        if film.distance is not None:
            near = max(film.distance - reach, film.distance / 100)
            return cls(target + axes[2] * film.distance, near, film.distance + reach)
        x, y = film.principal_point
        shift = np.array([(0.5 - x) * film.aspect_ratio, y - 0.5, 0]) * film.frame_height @ axes
        return cls(target + shift + axes[2] * 2 * reach, reach, 3 * reach)
