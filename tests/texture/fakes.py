"""Small meshes, and named stand-ins for finding the camera and for painting."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.texture.bake import Baked
from actionmesh_wrapper.texture.register import Registration
from actionmesh_wrapper.texture.unwrap import Unwrap

CAMERA = FilmCamera((0.0, 0.0, 0.0), 20.0, 5.0, 0.0, 0.25, 20.0, (31.5, 35.5))


def square(num_frames: int = 3) -> Animation:
    """Two faces that share an edge, and rise."""
    flat = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    rise = np.linspace(0, 1, num_frames, dtype=np.float32)[:, None, None] * np.array([0, 0, 1], np.float32)
    return Animation(flat + rise, np.array([[0, 1, 2], [0, 2, 3]], np.int32), 8.0, anchor=num_frames - 1)


def apart(animation: Animation) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """Faces, origin and uv of a mesh whose halves are charts of their own, its vertices in any order."""
    half = len(animation.faces) // 2
    charts = [np.unique(part)[::-1] for part in (animation.faces[:half], animation.faces[half:])]
    faces = [
        np.searchsorted(-chart, -part) + start
        for chart, part, start in zip(
            charts, (animation.faces[:half], animation.faces[half:]), (0, len(charts[0])), strict=True
        )
    ]
    origin = np.concatenate(charts).astype(np.int32)
    uv = np.random.default_rng(1).random((len(origin), 2)).astype(np.float32)
    return np.concatenate(faces).astype(np.int32), origin, uv


@dataclass
class FoundCamera:
    """Finds `CAMERA` in any film.

    Attributes:
        doubt: what it says of it.
        seen: the meshes that it was given.
    """

    doubt: str | None = None
    seen: list[Animation] = field(default_factory=list)

    def __call__(self, animation: Animation, masks: NDArray[np.uint8], *, step: StageStep) -> Registration:
        assert len(masks) == animation.num_frames
        self.seen.append(animation)
        step(1, 2)
        step(2, 2)
        return Registration(CAMERA, 0.93, 10.0, self.doubt)


@dataclass
class OneColour:
    """Paints any mesh in one colour, in two charts.

    Attributes:
        doubt: what it says of it.
        fails: is raised, if set.
        lay_flat: what it was given to unwrap with.
    """

    doubt: str | None = None
    fails: BaseException | None = None
    lay_flat: Unwrap | None = None

    def __call__(
        self,
        animation: Animation,
        frames: Frames,
        masks: NDArray[np.uint8],
        camera: FilmCamera,
        *,
        size: int,
        lay_flat: Unwrap | None,
        step: StageStep,
    ) -> Baked:
        assert len(frames) == len(masks) == animation.num_frames
        assert camera == CAMERA
        step(1, 1)
        self.lay_flat = lay_flat
        if self.fails is not None:
            raise self.fails
        faces, origin, uv = apart(animation)
        texture = np.full((size, size, 3), (200, 90, 40), np.uint8)
        vertices = np.ascontiguousarray(animation.vertices[:, origin])
        made = replace(animation, vertices=vertices, faces=faces, uv=uv, texture=texture)
        return Baked(made, origin, 0.4, 0.3, 0.3, 2.5, self.doubt)
