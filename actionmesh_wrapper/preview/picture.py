"""One picture of a mesh over a background, smoothed at its edges."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.preview.arrays import Array, Arrays
from actionmesh_wrapper.preview.camera import Camera
from actionmesh_wrapper.preview.places import Facing
from actionmesh_wrapper.preview.rasterise import SAMPLES, Hits
from actionmesh_wrapper.preview.renderer import Renderer
from actionmesh_wrapper.preview.shade import Material, interpolate, light

EDGE = 0.004  # relative step in depth within a pixel from which its samples are shaded one by one


@dataclass(frozen=True, eq=False)
class Surface:
    """A mesh at one moment, in the renderer's arrays.

    Attributes:
        vertices: (3, V) float32.
        normals: (3, V) float32, unit.
        faces: (3, F) int64, counter-clockwise seen from outside.
        material: what it looks like.
        two_sided: whether the inside is drawn.
    """

    vertices: Array
    normals: Array
    faces: Array
    material: Material
    two_sided: bool = False

    @classmethod
    def of(
        cls,
        xp: Arrays,
        vertices: NDArray[np.float32],
        normals: NDArray[np.float32],
        faces: NDArray[np.int32],
        material: Material,
    ) -> Self:
        """From vertices (V, 3), normals (V, 3) and faces (F, 3) of NumPy's."""
        corners = faces.T.astype(np.int64)
        return cls(xp.put(vertices.T), xp.put(normals.T), xp.put(corners), material)


@dataclass(frozen=True, eq=False)
class Picture:
    """What was drawn.

    Attributes:
        pixels: (H, W, 3) uint8 sRGB.
        covered: how many of them the mesh covers.
    """

    pixels: NDArray[np.uint8]
    covered: int


def draw(renderer: Renderer, surface: Surface, camera: Camera, background: NDArray[np.float32]) -> Picture:
    """Draws a surface over a background.

    A pixel within the surface is shaded once; one at an edge, four times, so that edges are smooth.

    Args:
        renderer: whose arrays the surface is in.
        surface: what to draw.
        camera: whose size is the background's.
        background: (H, W, 3) float32 sRGB, 0 to 255.
    """
    xp = renderer.xp
    points = camera.project(xp, surface.vertices)
    left, top, right, bottom = _window(xp, points, camera)
    covered = 0
    picture = _rounded(background)
    if left < right and top < bottom:
        points = xp.stack([points[0] - left, points[1] - top, points[2]])
        facing = Facing.of(xp, points, surface.faces, two_sided=surface.two_sided)
        hits = renderer.rasterise(xp, points, facing.corners, right - left, bottom - top, front=facing.front)
        planes = [xp.put(plane.ravel()) for plane in cv2.split(background[top:bottom, left:right])]
        covered = _lay_over(xp, planes, hits, _Shader(surface, camera, facing))
        drawn = [xp.host(plane).reshape(bottom - top, right - left) for plane in planes]
        picture[top:bottom, left:right] = _rounded(cv2.merge(drawn))
    return Picture(picture, covered)


def _rounded(picture: NDArray[Any]) -> NDArray[np.uint8]:
    return np.asarray(cv2.convertScaleAbs(picture), np.uint8)


@dataclass(frozen=True, eq=False)
class _Shader:
    """Gives samples of one picture their colours."""

    surface: Surface
    camera: Camera
    facing: Facing

    def colours(self, xp: Arrays, hits: Hits, sample: Array) -> Array:
        """(3, N) float32 sRGB, 0 to 255, for flat indices into ``hits``."""
        places = self.facing.at(xp, hits, sample)
        normals = interpolate(xp, self.surface.normals, places)
        if places.side is not None:
            normals = normals * places.side
        length = xp.sqrt((normals * normals).sum(0))
        material = self.surface.material
        lit = light(xp, normals / xp.at_least(length, 1e-6), self.camera.view.axes, material.relief)
        return xp.clip(material.albedo(xp, places) * lit, 0, 255)


def _window(xp: Arrays, points: Array, camera: Camera) -> tuple[int, int, int, int]:
    """The part of the picture that the mesh may cover: left, top, right, bottom in pixels."""
    size = (camera.width, camera.height)
    left, top = np.clip(np.floor(xp.host(xp.least(points[:2], 1))), 0, size).astype(int).tolist()
    right, bottom = np.clip(np.ceil(xp.host(xp.most(points[:2], 1))), 0, size).astype(int).tolist()
    return left, top, right, bottom


def _lay_over(xp: Arrays, planes: list[Array], hits: Hits, shader: _Shader) -> int:
    """Lays what the samples see over a picture's red, green and blue, (P,) float32 each.

    Returns:
        How many of the pixels are covered, in part or in whole.
    """
    width = hits.face.shape[2]
    low, high = xp.least(hits.inverse_depth, 1), xp.most(hits.inverse_depth, 1)
    is_smooth = high - low <= EDGE * high  # never where only some of the samples see anything
    smooth, edge = xp.nonzero(is_smooth & (high > 0)), xp.nonzero(~is_smooth)
    for part in _parts(xp, smooth, 1):
        colours = shader.colours(xp, hits, _first_sample(part, width))
        for plane, colour in zip(planes, colours, strict=True):
            plane[part] = colour
    seen = hits.inverse_depth.reshape(-1)
    for part in _parts(xp, edge, SAMPLES):
        samples = xp.stack([_first_sample(part, width) + nth * width for nth in range(SAMPLES)]).reshape(-1)
        share = xp.cast(xp.take(seen, samples) > 0, "float32") / SAMPLES
        colours = (shader.colours(xp, hits, samples) * share).reshape(3, SAMPLES, -1).sum(1)
        around = 1 - share.reshape(SAMPLES, -1).sum(0)
        for plane, colour in zip(planes, colours, strict=True):
            plane[part] = plane[part] * around + colour
    return len(smooth) + len(edge)


def _parts(xp: Arrays, pixels: Array, samples: int) -> Iterator[Array]:
    """Pixels in runs of half a chunk of samples, as shading takes more arrays than the rasteriser."""
    size = xp.chunk // 2 // samples
    yield from (pixels[start : start + size] for start in range(0, len(pixels), size))


def _first_sample(pixel: Array, width: int) -> Array:
    """The flat index into `Hits`' arrays of pixels' first samples."""
    return pixel + pixel // width * (width * (SAMPLES - 1))
