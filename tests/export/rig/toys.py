"""Moving meshes whose bones are known."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from actionmesh_wrapper.data.animation import Animation
from tests.export.samples import FPS, ball

Doubles = NDArray[np.float64]
Mesh = tuple[Doubles, NDArray[np.int32]]

LENGTH, RADIUS, SIDES = 1.0, 0.12, 10


def tube(length: float, rings: int) -> Mesh:
    """A closed tube along X from 0 on."""
    along, angle = np.linspace(0, length, rings), np.arange(SIDES) * 2 * np.pi / SIDES
    circle = np.stack([np.zeros(SIDES), RADIUS * np.cos(angle), RADIUS * np.sin(angle)], axis=1)
    vertices = np.concatenate(
        [circle + np.array([x, 0, 0]) for x in along] + [np.array([[0, 0, 0], [length, 0, 0]])]
    )
    ring, side = (grid.ravel() for grid in np.mgrid[0 : rings - 1, 0:SIDES])
    here, next_side = ring * SIDES + side, ring * SIDES + (side + 1) % SIDES
    wall = [
        np.stack([here, next_side, next_side + SIDES], 1),
        np.stack([here, next_side + SIDES, here + SIDES], 1),
    ]
    sides, last = np.arange(SIDES), (rings - 1) * SIDES
    turned = (sides + 1) % SIDES
    caps = [
        np.stack([np.full(SIDES, rings * SIDES), turned, sides], 1),
        np.stack([np.full(SIDES, rings * SIDES + 1), last + sides, last + turned], 1),
    ]
    return vertices, np.concatenate(wall + caps).astype(np.int32)


def chain(num_frames: int, segments: int = 4, rings: int = 24) -> tuple[Animation, NDArray[np.intp], Doubles]:
    """A snake of stiff segments that bends at hinges, each at a pace of its own, while it wanders.

    Returns:
        The animation, the segment of each vertex, and the hinges of key 0, (segments - 1, 3).
    """
    straight, faces = tube(segments * LENGTH, segments * rings)
    segment = np.clip((straight[:, 0] / LENGTH).astype(int), 0, segments - 1).astype(np.intp)
    soft = 0.1 * LENGTH  # over which a vertex passes from one segment to the next
    frames = []
    for time in np.linspace(0, 1, num_frames):
        motions = [(np.eye(3), np.array([0.6 * time, 0.3 * np.sin(3 * time), 0]))]
        for hinge in range(1, segments):
            place = np.array([hinge * LENGTH, 0, 0])
            axis = [0, 0, 1] if hinge % 2 else [0, 1, 0]
            turn = Rotation.from_rotvec(0.9 * np.sin((4 + hinge) * time) * np.array(axis)).as_matrix()
            above, shift = motions[-1]
            motions.append((above @ turn, above @ (place - turn @ place) + shift))
        moved = np.stack([straight @ turn.T + shift for turn, shift in motions])
        edges = np.arange(1, segments) * LENGTH
        past = np.clip((straight[:, None, 0] - edges) / soft + 0.5, 0, 1)
        shares = np.concatenate([np.ones((len(straight), 1)), past], 1) - np.pad(past, ((0, 0), (0, 1)))
        frames.append(np.einsum("vs,svi->vi", shares, moved))
    hinges = np.array([[edge * LENGTH, 0, 0] for edge in range(1, segments)])
    return Animation(np.stack(frames).astype(np.float32), faces, FPS), segment, hinges


def tumbling(num_frames: int) -> Animation:
    """A stiff egg that turns and flies."""
    egg = ball(1)
    turns = Rotation.from_rotvec(np.linspace(0, 5, num_frames)[:, None] * [0.3, 0.8, 0.2]).as_matrix()
    moved = np.einsum("tij,vj->tvi", turns, egg.vertices[0]) + np.linspace(0, 2, num_frames)[:, None, None]
    return Animation(moved.astype(np.float32), egg.faces, FPS)


def two_bodies(num_frames: int) -> Animation:
    """The egg, and another beside it that goes up and down."""
    one, egg = tumbling(num_frames), ball(1)
    lift = np.sin(np.linspace(0, 3, num_frames))[:, None, None] * [0, 1, 0]
    other = egg.vertices + lift + np.array([4, 0, 0])
    vertices = np.concatenate([one.vertices, other.astype(np.float32)], axis=1)
    return Animation(vertices, np.concatenate([one.faces, egg.faces + one.vertices.shape[1]]), FPS)


def noise(num_frames: int, size: float) -> Animation:
    """An egg whose every vertex jumps as it likes: nothing that bones could carry."""
    egg = ball(1)
    jumps = np.random.default_rng(0).normal(0, size, (num_frames, *egg.vertices.shape[1:]))
    return Animation((egg.vertices + jumps).astype(np.float32), egg.faces, FPS)


def soup(animation: Animation) -> Animation:
    """The same with every face on its own, as some exporters leave it."""
    faces = np.arange(animation.faces.size, dtype=np.int32).reshape(-1, 3)
    return Animation(np.ascontiguousarray(animation.vertices[:, animation.faces.ravel()]), faces, FPS)
