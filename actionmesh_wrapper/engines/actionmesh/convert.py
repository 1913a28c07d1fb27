"""Pictures → ActionMesh's input; its meshes → an animation."""

import importlib
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.data.animation import Animation


def as_input(pictures: list[Image.Image]) -> Any:
    """An ``ActionMeshInput``: pictures, numbered from 0."""
    make = importlib.import_module("actionmesh.io.video_input").ActionMeshInput
    return make(frames=pictures, timesteps=torch.arange(len(pictures), dtype=torch.float32))


def to_animation(meshes: list[Any], fps: float) -> Animation:
    """Meshes of one topology (trimesh's) as keys.

    Image-to-3D has Y up, and +Z on the side of the camera that filmed. ActionMesh's own renders of three real
    results show it so, turned about Y by up to about 45° where the subject stands at an angle. No result of
    this code with the real weights has been looked at yet.
    """
    vertices: NDArray[np.float32] = np.stack([np.asarray(mesh.vertices, np.float32) for mesh in meshes])
    return Animation(vertices, np.asarray(meshes[0].faces, np.int32), fps)
