"""The node ``film_camera`` → the camera that filmed the clip."""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from pydantic import ConfigDict
from scipy.spatial.transform import Rotation

from actionmesh_wrapper.data.film_camera import CAMERA_NAME, FilmCamera, FilmView
from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.mesh_file.document import OptionalIndex, Property, at

_MOST_SIDE = 10_000  # of a frame, in pixels
_SMALLEST, _LARGEST = 1e-12, 1e12  # of a length, in units of the mesh, which are from 1e-9 to 1e9
_CLIPPED = 100  # times as far as its near plane is what a camera looks at, at most


class FilmNode(Property):
    """A node, of which the film's camera is one."""

    name: str = ""
    camera: OptionalIndex = None
    rotation: tuple[float, float, float, float] = (0, 0, 0, 1)
    translation: tuple[float, float, float] = (0, 0, 0)


class Perspective(Property):
    yfov: float
    aspect_ratio: float = math.nan  # these two may be left out, by other cameras than ours
    znear: float
    zfar: float = math.inf


class Orthographic(Property):
    xmag: float
    ymag: float
    znear: float
    zfar: float


class LensExtras(Property):
    model_config = ConfigDict(alias_generator=None)  # extras have the names that they have here

    principal_point: tuple[float, float] = (0.5, 0.5)


class Lens(Property):
    """A camera."""

    perspective: Perspective | None = None
    orthographic: Orthographic | None = None
    extras: LensExtras = LensExtras()


def film_of(nodes: Sequence[FilmNode], lenses: Sequence[Lens]) -> FilmView | None:
    """The camera, where there is one; it looks at the middle between its planes.

    A frame's size in pixels is not in the file, only its shape.

    Raises:
        NotAMesh: if its numbers are none that a camera has.
    """
    node = next((node for node in nodes if node.name == CAMERA_NAME and node.camera is not None), None)
    if node is None:
        return None
    lens = at(lenses, node.camera or 0)
    try:
        return _film(node, lens)
    except (ValueError, ArithmeticError) as error:
        raise NotAMesh("The mesh's file is broken: film_camera has numbers that no camera has.") from error


def _film(node: FilmNode, lens: Lens) -> FilmView:
    """Raises ValueError or ArithmeticError of numbers that make no camera."""
    seen = lens.perspective or lens.orthographic
    if seen is None:
        raise ValueError("neither a perspective nor an orthographic camera")
    numbers = (*node.rotation, *node.translation, *seen.model_dump().values(), *lens.extras.principal_point)
    if not (np.abs(numbers) <= _LARGEST).all() or not _SMALLEST < seen.znear < seen.zfar:  # NaN is not either
        raise ValueError("planes")
    distance = min((seen.znear + seen.zfar) / 2, _CLIPPED * seen.znear)
    if isinstance(seen, Perspective):
        if not 0 < seen.yfov < math.pi:
            raise ValueError("angle")
        aspect, height = seen.aspect_ratio, 2 * distance * math.tan(seen.yfov / 2)
    else:
        aspect, height = seen.xmag / seen.ymag, 2 * seen.ymag
    shape = Fraction(aspect).limit_denominator(_MOST_SIDE)
    if not 0 < aspect < _MOST_SIDE or not _SMALLEST < height < _LARGEST or not shape:
        raise ValueError("shape")
    turn = Rotation.from_quat(node.rotation)
    azimuth, elevation, roll = turn.as_euler("YXZ", degrees=True)
    target = np.asarray(node.translation) - turn.apply([0, 0, distance])
    x, y = lens.extras.principal_point
    camera = FilmCamera(
        target=(float(target[0]), float(target[1]), float(target[2])),
        azimuth_deg=float(azimuth),
        elevation_deg=-float(elevation),
        roll_deg=float(roll),
        closeness=1 / distance if isinstance(seen, Perspective) else 0.0,
        scale=shape.denominator / height,
        centre=(x * shape.numerator - 0.5, y * shape.denominator - 0.5),
    )
    return FilmView(camera, shape.numerator, shape.denominator)
