"""One picture of a mesh over a background, smoothed at its edges."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.preview.camera import Camera
from actionmesh_wrapper.preview.fragments import Facing
from actionmesh_wrapper.preview.rasterise import CHUNK, SAMPLES, Hits
from actionmesh_wrapper.preview.renderer import Renderer
from actionmesh_wrapper.preview.shade import Material, interpolate, light

EDGE = 0.004  # relative step in depth within a pixel from which its samples are shaded one by one


@dataclass(frozen=True, eq=False)
class DrawnMesh:
    """A mesh at one moment, as it is drawn.

    Attributes:
        vertices: (3, V) float32.
        normals: (3, V) float32, unit.
        faces: (3, F) int64, counter-clockwise seen from outside.
        material: what it looks like.
        two_sided: whether the inside is drawn.
    """

    vertices: NDArray[np.float32]
    normals: NDArray[np.float32]
    faces: NDArray[np.int64]
    material: Material
    two_sided: bool = False

    @classmethod
    def of(
        cls,
        vertices: NDArray[np.float32],
        normals: NDArray[np.float32],
        faces: NDArray[np.int32],
        material: Material,
    ) -> Self:
        """From vertices (V, 3), normals (V, 3) and faces (F, 3)."""
        corners = np.ascontiguousarray(faces.T, np.int64)
        return cls(np.ascontiguousarray(vertices.T), np.ascontiguousarray(normals.T), corners, material)


@dataclass(frozen=True, eq=False)
class Picture:
    """What was drawn.

    Attributes:
        pixels: (H, W, 3) uint8 sRGB.
        covered: how many of them the mesh covers.
    """

    pixels: NDArray[np.uint8]
    covered: int


def draw(renderer: Renderer, mesh: DrawnMesh, camera: Camera, background: NDArray[np.float32]) -> Picture:
    """Draws a mesh over a background.

    A pixel within the mesh is shaded once; one at an edge, four times, so that edges are smooth.

    Args:
        renderer: finds what each sample sees.
        mesh: what to draw.
        camera: whose size is the background's.
        background: (H, W, 3) float32 sRGB, 0 to 255.
    """
    points = camera.project(mesh.vertices)
    left, top, right, bottom = _window(points, camera)
    covered = 0
    picture = _rounded(background)
    if left < right and top < bottom:
        points = np.stack([points[0] - left, points[1] - top, points[2]])
        facing = Facing.of(points, mesh.faces, two_sided=mesh.two_sided)
        hits = renderer.rasterise(points, facing.corners, right - left, bottom - top, front=facing.front)
        window = background[top:bottom, left:right]
        planes = [np.asarray(plane, np.float32).reshape(-1) for plane in cv2.split(window)]
        covered = _lay_over(planes, hits, _Shader(mesh, camera, facing))
        drawn = cv2.merge([plane.reshape(window.shape[:2]) for plane in planes])
        picture[top:bottom, left:right] = _rounded(drawn)
    return Picture(picture, covered)


def _rounded(picture: NDArray[Any]) -> NDArray[np.uint8]:
    return np.asarray(cv2.convertScaleAbs(picture), np.uint8)


@dataclass(frozen=True, eq=False)
class _Shader:
    """Gives samples of one picture their colours."""

    mesh: DrawnMesh
    camera: Camera
    facing: Facing

    def colours(self, hits: Hits, sample: NDArray[np.int64]) -> NDArray[np.float32]:
        """(3, N) float32 sRGB, 0 to 255, for flat indices into ``hits``."""
        fragments = self.facing.at(hits, sample)
        normals = interpolate(self.mesh.normals, fragments)
        if fragments.side is not None:
            normals = normals * fragments.side
        length = np.sqrt((normals * normals).sum(axis=0))
        material = self.mesh.material
        lit = light(normals / np.maximum(length, 1e-6), self.camera.view.axes, material.relief)
        return np.asarray(np.clip(material.albedo(fragments) * lit, 0, 255), np.float32)


def _window(points: NDArray[np.float64], camera: Camera) -> tuple[int, int, int, int]:
    """The part of the picture that the mesh may cover: left, top, right, bottom in pixels."""
    size = (camera.width, camera.height)
    left, top = np.clip(np.floor(points[:2].min(axis=1)), 0, size).astype(int).tolist()
    right, bottom = np.clip(np.ceil(points[:2].max(axis=1)), 0, size).astype(int).tolist()
    return left, top, right, bottom


def _lay_over(planes: list[NDArray[np.float32]], hits: Hits, shader: _Shader) -> int:
    """Lays what the samples see over a picture's red, green and blue, (P,) float32 each.

    Returns:
        How many of the pixels are covered, in part or in whole.
    """
    width = hits.face.shape[2]
    low, high = hits.inverse_depth.min(axis=1), hits.inverse_depth.max(axis=1)
    is_smooth = high - low <= EDGE * high  # never where only some of the samples see anything
    smooth, edge = np.flatnonzero(is_smooth & (high > 0)), np.flatnonzero(~is_smooth)
    for part in _parts(smooth, 1):
        colours = shader.colours(hits, _first_sample(part, width))
        for plane, colour in zip(planes, colours, strict=True):
            plane[part] = colour
    seen = hits.inverse_depth.reshape(-1)
    for part in _parts(edge, SAMPLES):
        samples = np.concatenate([_first_sample(part, width) + nth * width for nth in range(SAMPLES)])
        share = (seen.take(samples) > 0).astype(np.float32) / SAMPLES
        colours = (shader.colours(hits, samples) * share).reshape(3, SAMPLES, -1).sum(axis=1)
        around = 1 - share.reshape(SAMPLES, -1).sum(axis=0)
        for plane, colour in zip(planes, colours, strict=True):
            plane[part] = plane[part] * around + colour
    return len(smooth) + len(edge)


def _parts(pixels: NDArray[np.int64], samples: int) -> Iterator[NDArray[np.int64]]:
    """Pixels in runs of half a chunk of samples, as shading takes more arrays than the rasteriser."""
    size = CHUNK // 2 // samples
    yield from (pixels[start : start + size] for start in range(0, len(pixels), size))


def _first_sample(pixel: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """The flat index into `Hits`' arrays of pixels' first samples."""
    return pixel + pixel // width * (width * (SAMPLES - 1))
