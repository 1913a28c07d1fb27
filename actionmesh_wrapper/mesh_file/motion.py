"""How the vertices of an ``animated_mesh.glb`` move: its morph targets and the animation that plays them."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from actionmesh_wrapper.errors import NotAMesh, TooLarge
from actionmesh_wrapper.mesh_file.accessors import Accessors
from actionmesh_wrapper.mesh_file.document import Index, Items, Primitive, Property, at, parse_property

MAX_PLACES = 40_000_000  # vertices times frames: 200,000 at 200, or 40,000 at 1,000
MAX_FRAMES = 1000  # what the names of files count, mesh_000.glb to mesh_999.glb
SLOWEST, FASTEST = 1e-3, 1e6  # keys per second
_FRAME = re.compile(r"frame_(\d{3,4})", re.ASCII)  # the name of a later key's target
_NEAR = 1e-3  # of a frame, by which a key may be off its time


class Target(Property):
    position: Annotated[Index, Field(alias="POSITION")]


class MeshExtras(Property):
    target_names: Items[str] = Field(default_factory=list)


class MeshNames(Property):
    """What a mesh says of its targets."""

    extras: MeshExtras = MeshExtras()


class Sampler(Property):
    input: Index
    output: Index


class ChannelTarget(Property):
    path: str


class Channel(Property):
    sampler: Index
    target: ChannelTarget


class Motion(Property):
    """An animation."""

    samplers: Items[Sampler]
    channels: Annotated[list[Channel], Field(min_length=1, max_length=1)]


def frames_of(names: MeshNames) -> list[int]:
    """Which frame of the whole each key is, rising from 0.

    Raises:
        NotAMesh: if they are in another order.
    """
    found = [_FRAME.fullmatch(name) for name in names.extras.target_names]
    frames = [0, *(int(match[1]) for match in found if match)]
    if len(frames) < 2 or None in found or any(after <= before for before, after in pairwise(frames)):
        raise not_ours()
    return frames


def fps_of(motion: Motion, frames: list[int], accessors: Accessors) -> float:
    """Keys per second of the whole.

    Raises:
        NotAMesh: if it is no animation that shows one target after the other, each at its frame's time.
    """
    (channel,) = motion.channels
    sampler = at(motion.samplers, channel.sampler)
    keys = np.arange(len(frames))
    if channel.target.path != "weights" or accessors.count(sampler.input) != len(frames):
        raise not_ours()
    times = accessors.numbers(sampler.input, "SCALAR", keys)[:, 0]
    weights = accessors.numbers(sampler.output, "SCALAR", np.arange(len(frames) * (len(frames) - 1)))
    if not np.array_equal(weights.reshape(len(frames), -1), np.eye(len(frames))[:, 1:]):
        raise not_ours()
    fps = frames[-1] / times[-1] if times[-1] > 0 else np.inf
    if not SLOWEST <= fps <= FASTEST or not (np.abs(times * fps - frames) < _NEAR).all():
        raise not_ours()
    return float(fps)


def vertices_of(
    primitive: Primitive,
    frames: list[int],
    *,
    base: NDArray[np.float64],
    linear: NDArray[np.float64],
    accessors: Accessors,
    step: Callable[[], None],
) -> NDArray[np.float32]:
    """Every frame's vertices; one that is no key lies on the straight way between the keys beside it.

    Args:
        primitive: has a target for each later key.
        frames: of the keys, see `frames_of`.
        base: (V, 3), key 0 in the scene.
        linear: (3, 3), what takes the targets into the scene.
        accessors: of the document.
        step: is called at each key; may raise `Cancelled`.

    Returns:
        (T, V, 3).

    Raises:
        NotAMesh: if a target is not there, or not a number.
        TooLarge: if there are too many vertices and frames.
    """
    count = frames[-1] + 1
    if count > MAX_FRAMES:
        raise TooLarge(f"The animation has {count:,} frames; at most {MAX_FRAMES:,} are taken.")
    if count * len(base) > MAX_PLACES:
        raise TooLarge(
            f"The animation has {len(base):,} vertices and {count:,} frames; "
            f"at most {MAX_PLACES:,} of both multiplied are taken."
        )
    if len(primitive.targets) != len(frames) - 1:
        raise not_ours()
    rows = np.arange(len(base))
    vertices = np.empty((count, len(base), 3), np.float32)
    vertices[0] = base
    for (before, frame), target in zip(pairwise(frames), primitive.targets, strict=True):
        step()
        deltas = accessors.numbers(parse_property(Target, target).position, "VEC3", rows)
        vertices[frame] = base + deltas @ linear.T
        for between in range(before + 1, frame):
            share = np.float32((between - before) / (frame - before))
            vertices[between] = vertices[before] + share * (vertices[frame] - vertices[before])
    return vertices


def not_ours() -> NotAMesh:
    """The error of a GLB that is another's."""
    return NotAMesh("The file is no animated_mesh.glb of an earlier result: it does not move as these do.")
