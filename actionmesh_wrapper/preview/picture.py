"""One picture of a mesh over a background, smoothed at its edges."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.preview.camera import Camera
from actionmesh_wrapper.preview.rasterise import SAMPLES, Hits, barycentric, rasterise, sample_places
from actionmesh_wrapper.preview.shade import Material, interpolate, light

EDGE = 0.004  # relative step in depth within a pixel from which its samples are shaded one by one
BLOCK = 1 << 15  # samples shaded at once: about 10 MB of temporary arrays


@dataclass(frozen=True, eq=False)
class Surface:
    """A mesh at one moment.

    Attributes:
        vertices: (V, 3) float32.
        normals: (V, 3) float32, unit.
        faces: (F, 3) int32, counter-clockwise seen from outside; the inside is not drawn.
        material: what it looks like.
    """

    vertices: NDArray[np.float32]
    normals: NDArray[np.float32]
    faces: NDArray[np.int32]
    material: Material


def draw(surface: Surface, camera: Camera, background: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Draws a surface over a background.

    A pixel within the surface is shaded once; one at an edge, four times, so that edges are smooth.

    Args:
        surface: what to draw.
        camera: whose size is the background's.
        background: (H, W, 3) float32 sRGB, 0 to 255.

    Returns:
        (H, W, 3) uint8 sRGB.
    """
    points = camera.project(surface.vertices)
    faces = surface.faces[_show_outside(points, surface.faces)]
    left, top, right, bottom = _window(points, camera)
    points -= (left, top, 0)
    hits = rasterise(points, faces, right - left, bottom - top)
    picture = background.copy()
    _lay_over(picture[top:bottom, left:right], hits, _Shader(surface, camera, points, faces))
    return np.rint(picture).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class _Shader:
    """Gives samples of one picture their colours."""

    surface: Surface
    camera: Camera
    points: NDArray[np.float64]
    faces: NDArray[np.int32]

    def colours(self, hits: Hits, sample: NDArray[np.intp]) -> NDArray[np.float32]:
        """(N, 3) float32 sRGB, 0 to 255, for flat indices into ``hits``."""
        corners = self.faces.take(hits.face.ravel()[sample], axis=0)
        weights = barycentric(self.points, corners, sample_places(sample, hits.face.shape[2]))
        normals = interpolate(self.surface.normals, corners, weights)
        length = np.sqrt(np.einsum("ij,ij->i", normals, normals))
        normals /= np.maximum(length, 1e-6)[:, None]
        material = self.surface.material
        lit = light(normals, self.camera.view.axes, material.relief)
        colours: NDArray[np.float32] = np.minimum(material.albedo(corners, weights) * lit, np.float32(255))
        return colours


def _show_outside(points: NDArray[np.float64], faces: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which faces show their outside, (F,): those that run clockwise as rows run downwards."""
    column, row = points[:, 0].take(faces.T), points[:, 1].take(faces.T)
    right, down = column[1:] - column[0], row[1:] - row[0]
    outside: NDArray[np.bool_] = right[0] * down[1] < right[1] * down[0]
    return outside


def _window(points: NDArray[np.float64], camera: Camera) -> tuple[int, int, int, int]:
    """The part of the picture that the mesh may cover: left, top, right, bottom in pixels."""
    size = (camera.width, camera.height)
    left, top = np.clip(np.floor(points[:, :2].min(axis=0)), 0, size).astype(int).tolist()
    right, bottom = np.clip(np.ceil(points[:, :2].max(axis=0)), 0, size).astype(int).tolist()
    return left, top, right, bottom


def _lay_over(picture: NDArray[np.float32], hits: Hits, shader: _Shader) -> None:
    """Mixes each pixel from the colours of its samples and, as far as they see nothing, what is there."""
    covered = hits.face >= 0
    low, high = hits.inverse_depth.min(axis=1), hits.inverse_depth.max(axis=1)
    shaded = covered & (high - low > EDGE * high)[:, None]
    shaded[:, 0] |= covered[:, 0]
    sample = np.flatnonzero(shaded)
    if not len(sample):
        return
    blocks = np.split(sample, range(BLOCK, len(sample), BLOCK))
    colours = np.concatenate([shader.colours(hits, block) for block in blocks])
    height, _, width = hits.face.shape
    row = sample // width
    pixel = row // SAMPLES * width + sample - row * width
    sums = np.stack([np.bincount(pixel, channel, height * width) for channel in colours.T], axis=1)
    count = np.maximum(shaded.sum(axis=1, dtype=np.uint8), 1)[..., None]
    cover = covered.sum(axis=1, dtype=np.uint8)[..., None] / np.float32(SAMPLES)
    picture *= 1 - cover
    picture += sums.reshape(picture.shape).astype(np.float32) * (cover / count)
