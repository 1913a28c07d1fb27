"""Meshes that the tests of the preview draw."""

import numpy as np
import trimesh
from numpy.typing import ArrayLike, NDArray

from actionmesh_wrapper.data.animation import Animation

Mesh = tuple[NDArray[np.float32], NDArray[np.int32]]


def f32(values: ArrayLike) -> NDArray[np.float32]:
    return np.array(values, np.float32)


def sphere(radius: float = 1.0, subdivisions: int = 4) -> Mesh:
    ball = trimesh.creation.icosphere(subdivisions=subdivisions, radius=radius)
    return ball.vertices.astype(np.float32), ball.faces.astype(np.int32)


def quad(half: float = 1.0, z: float = 0.0) -> Mesh:
    """A square across the line of sight that shows its outside to +Z."""
    corners = [(-half, -half, z), (half, -half, z), (half, half, z), (-half, half, z)]
    return np.array(corners, np.float32), np.array([(0, 1, 2), (0, 2, 3)], np.int32)


def moving_sphere(keys: int, fps: float = 8.0, subdivisions: int = 2) -> Animation:
    """A ball that rises and swells."""
    vertices, faces = sphere(0.5, subdivisions)
    moved = [vertices * (1 + 0.1 * key) + f32([0, 0.2 * key, 0]) for key in range(keys)]
    return Animation(np.array(moved, np.float32), faces, fps)
