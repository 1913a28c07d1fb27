"""One scene, for renderers to draw alike."""

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.preview.layout import FRONT, SIDE, THREE_QUARTER, blank
from actionmesh_wrapper.preview.renderer import Renderer
from actionmesh_wrapper.preview.scene import Scene
from tests.preview.shapes import f32, sphere

VIEWS = (FRONT, THREE_QUARTER, SIDE)
SAME = 8  # of 255: how far texels differ, as OpenCV mixes them in steps of 1/32
SIDE_PX = 96


def a_ball(*, textured: bool, subdivisions: int = 3) -> Animation:
    """A ball that two others cut, so that there are edges, insides and touching faces."""
    ball, faces = sphere(0.5, subdivisions)
    vertices = np.concatenate([ball, ball * 0.6 + f32([0.5, 0.1, 0]), ball * 0.4 + f32([0, 0.4, 0.4])])
    all_faces = np.concatenate([faces + np.int32(len(ball) * nth) for nth in range(3)])
    if not textured:
        return Animation(vertices[None], all_faces, 8.0)
    uv = np.tile(f32(np.column_stack([ball[:, 0] + 0.5, 0.5 - ball[:, 1]])), (3, 1))
    chequer = np.indices((64, 64)).sum(axis=0) // 8 % 2 * 200 + 30
    texture = np.repeat(chequer[..., None], 3, axis=2).astype(np.uint8)
    return Animation(vertices[None], all_faces, 8.0, uv, texture)


def pictures(renderer: Renderer, animation: Animation) -> NDArray[np.int64]:
    scene = Scene(renderer, animation, VIEWS, blank(SIDE_PX))
    return np.stack([scene.picture(0, view).pixels for view in VIEWS]).astype(np.int64)
