"""The camera that filmed the clip, as a node of glTF.

Source: Khronos, glTF 2.0 Specification, section 3.10 (cameras).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from actionmesh_wrapper.data.film_camera import FilmView
from actionmesh_wrapper.export.glb import Glb

_NAME = "film_camera"
_ROOM = 1.5  # of what the mesh takes along the view, between the planes that cut off what is near and far


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
    target, axes = np.asarray(film.camera.target), film.camera.axes
    nearer = (vertices.reshape(-1, 3) - target) @ axes[2]
    reach = _ROOM * float(np.abs(nearer).max()) or 1.0
    x, y = film.principal_point
    if film.distance is None or film.yfov is None:
        height = film.frame_height
        shift = np.array([(0.5 - x) * film.aspect_ratio, y - 0.5, 0]) * height @ axes
        place = target + shift + axes[2] * 2 * reach
        lens = {"xmag": height * film.aspect_ratio / 2, "ymag": height / 2, "znear": reach, "zfar": 3 * reach}
        camera: dict[str, Any] = {"type": "orthographic", "orthographic": lens}
    else:
        place = target + axes[2] * film.distance
        near, far = max(film.distance - reach, film.distance / 100), film.distance + reach
        lens = {"yfov": film.yfov, "aspectRatio": film.aspect_ratio, "znear": near, "zfar": far}
        camera = {"type": "perspective", "perspective": lens, "extras": {"principal_point": [x, y]}}
    return {
        "name": _NAME,
        "camera": glb.add("cameras", camera | {"name": _NAME}),
        "rotation": Rotation.from_matrix(axes.T).as_quat().tolist(),
        "translation": place.tolist(),
    }
