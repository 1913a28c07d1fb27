"""Animations that the tests make themselves."""

from dataclasses import replace

import numpy as np
import trimesh
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmCamera, FilmView

FPS = 8.0
NEAR = FilmView(FilmCamera((0.25, -0.1, 0.05), 35.0, 12.0, -7.0, 0.3, 90.0, (140.0, 61.0)), 320, 180)
PARALLEL = replace(NEAR, camera=replace(NEAR.camera, closeness=0.0))
EXTRAS = {"engine": "sample", "seed": 44, "name": "Kamel – größer"}


def ball(
    num_frames: int, *, textured: bool = False, scale: float = 1.0, turn: float = 1.5, detail: int = 2
) -> Animation:
    """A closed egg that stretches, wanders and twists about Y by up to ``turn`` radians at its ends."""
    sphere = trimesh.creation.icosphere(subdivisions=detail)
    shape = np.asarray(sphere.vertices) * [0.6, 1.0, 0.4]
    frames = [_twisted(shape, turn * time, time) for time in np.linspace(0, 1, num_frames)]
    return Animation(
        vertices=(np.stack(frames) * scale).astype(np.float32),
        faces=np.asarray(sphere.faces, dtype=np.int32),
        fps=FPS,
        uv=_uv(shape) if textured else None,
        texture=_picture() if textured else None,
    )


def seamed(num_frames: int) -> Animation:
    """The egg with a front and a back on either half of a picture: its waist has every vertex twice."""
    whole = ball(num_frames, textured=True)
    shape = whole.vertices[0].astype(np.float64)
    is_back = shape[whole.faces, 2].mean(axis=1) < shape[:, 2].mean()
    count = shape.shape[0]
    waist = np.intersect1d(whole.faces[is_back], whole.faces[~is_back]).astype(np.int32)
    place = np.arange(count, dtype=np.int32)
    place[waist] = np.arange(count, count + len(waist), dtype=np.int32)
    faces = whole.faces.copy()
    faces[is_back] = place[faces[is_back]]
    origin = np.concatenate([np.arange(count, dtype=np.int32), waist])
    assert whole.uv is not None
    uv = whole.uv[origin] * np.array([0.5, 1], np.float32)
    uv[np.unique(faces[is_back]), 0] += np.float32(0.5)
    return replace(
        whole, vertices=np.ascontiguousarray(whole.vertices[:, origin]), faces=faces, uv=uv, origin=origin
    )


def painted(num_frames: int) -> Animation:
    """The egg with seams, in the colours and the light of a film."""
    return replace(seamed(num_frames), unlit=True)


def ring(num_vertices: int) -> Animation:
    """A flat band of two frames with exactly ``num_vertices`` vertices, all of them used."""
    angle = np.arange(num_vertices) * (2 * np.pi / num_vertices)
    radius = 1 + 0.1 * (np.arange(num_vertices) % 2)
    flat = np.stack([radius * np.cos(angle), radius * np.sin(angle), 0.1 * np.sin(3 * angle)], axis=1)
    index = np.arange(num_vertices - 2)
    faces = np.stack([index, index + 1, index + 2], axis=1)
    faces[1::2] = faces[1::2, ::-1]
    return Animation(np.stack([flat, flat * 1.2]).astype(np.float32), faces.astype(np.int32), FPS)


def still(num_frames: int) -> Animation:
    """A ball that does not move."""
    first = ball(1)
    return Animation(np.repeat(first.vertices, num_frames, axis=0), first.faces, FPS)


def flawed(num_frames: int) -> Animation:
    """A ball with a face of no area, a face that names a vertex twice, and a vertex that no face uses."""
    whole = ball(num_frames)
    lone = np.full((num_frames, 1, 3), 0.5, np.float32)
    bad = np.array([[0, 0, 1], [5, 5, 5]], np.int32)
    return Animation(np.concatenate([whole.vertices, lone], axis=1), np.concatenate([whole.faces, bad]), FPS)


def point(num_frames: int) -> Animation:
    """A mesh whose vertices all lie in one place."""
    return Animation(np.ones((num_frames, 3, 3), np.float32), np.array([[0, 1, 2]], np.int32), FPS)


def _twisted(shape: NDArray[np.float64], turn: float, time: float) -> NDArray[np.float64]:
    x, y, z = shape.T
    angle = turn * y
    cos, sin = np.cos(angle), np.sin(angle)
    turned = [x * cos + z * sin + 0.5 * time, y * (1 + 0.3 * time) - 0.2 * time, z * cos - x * sin + 0.1]
    return np.stack(turned, axis=1)


def _uv(shape: NDArray[np.float64]) -> NDArray[np.float32]:
    return ((shape[:, :2] * [1, -1] + 1) / 2).astype(np.float32)


def _picture() -> NDArray[np.uint8]:
    """Red grows to the right, green downwards; blue tells the left half."""
    row, column = np.mgrid[0:48, 0:64]
    return np.stack([column * 4, row * 5, (column < 32) * 200], axis=2).astype(np.uint8)
