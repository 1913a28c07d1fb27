"""A mesh into a box and back."""

from dataclasses import dataclass
from typing import Any

import trimesh


@dataclass
class NormalizationParams:
    bbox_center: Any
    scale: float


def denormalize_mesh(mesh: trimesh.Trimesh, params: NormalizationParams) -> trimesh.Trimesh:
    mesh.vertices = mesh.vertices * params.scale / 2 + params.bbox_center
    return mesh
