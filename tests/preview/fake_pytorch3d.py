"""A stand-in for PyTorch3D's rasteriser: the same conventions, every face tried at every pixel.

Axes run to the left and up, the shorter side of the picture from -1 to 1; depth is perspective-correct, faces
count through all meshes, and what is hit by nothing is -1.
"""

from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class Meshes:
    """Of each mesh (V, 3) float32 vertices and (F, 3) int64 faces."""

    verts: list[Any]
    faces: list[Any]


def rasterize_meshes(  # noqa: PLR0917 – the real one's arguments
    meshes: Meshes,
    image_size: tuple[int, int] = (256, 256),
    blur_radius: float = 0.0,
    faces_per_pixel: int = 8,
    bin_size: int | None = None,
    max_faces_per_bin: int | None = None,
    perspective_correct: bool = False,
    clip_barycentric_coords: bool = False,
    cull_backfaces: bool = False,
    z_clip_value: float | None = None,
    cull_to_frustum: bool = False,
) -> tuple[Any, Any, Any, Any]:
    """Only what the preview asks for: one face a pixel, in perspective."""
    assert (faces_per_pixel, perspective_correct, clip_barycentric_coords) == (1, True, True)
    assert 0 < blur_radius < 1e-4
    height, width = image_size
    nearest, depths, before = [], [], 0
    for verts, faces in zip(meshes.verts, meshes.faces, strict=True):
        face, depth = _one(verts, faces, height, width)
        nearest.append(torch.where(face >= 0, face + before, face))
        depths.append(depth)
        before += len(faces)
    return torch.stack(nearest)[..., None], torch.stack(depths)[..., None], None, None


def _one(verts: Any, faces: Any, height: int, width: int) -> tuple[Any, Any]:
    pixel = 2 / min(height, width)
    y, x = torch.meshgrid(
        (height / 2 - torch.arange(height) - 0.5) * pixel,
        (width / 2 - torch.arange(width) - 0.5) * pixel,
        indexing="ij",
    )
    best, depth = torch.full((height, width), -1), torch.full((height, width), torch.inf)
    for index, (a, b, c) in enumerate(verts[faces]):
        area = (a[0] - c[0]) * (b[1] - c[1]) - (a[1] - c[1]) * (b[0] - c[0])
        first = ((x - c[0]) * (b[1] - c[1]) - (y - c[1]) * (b[0] - c[0])) / area
        second = ((a[0] - c[0]) * (y - c[1]) - (a[1] - c[1]) * (x - c[0])) / area
        third = 1 - first - second
        z = 1 / (first / a[2] + second / b[2] + third / c[2])
        nearer = (first >= 0) & (second >= 0) & (third >= 0) & (z < depth)
        best, depth = torch.where(nearer, index, best), torch.where(nearer, z, depth)
    return best, torch.where(best >= 0, depth, -1.0)
