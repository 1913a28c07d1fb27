"""The whole animation as one GLB that plays by itself: a morph target per key, in one of three profiles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.contract.profiles import PROFILES
from actionmesh_wrapper.contract.result import AnimatedMeshInfo
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmView
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.data.writing import Profile, WriteJob, Written
from actionmesh_wrapper.export.film_camera import camera_node
from actionmesh_wrapper.export.glb import CompressedGlb, Glb
from actionmesh_wrapper.export.keyframes import needed_keys
from actionmesh_wrapper.export.meshopt import strip_order
from actionmesh_wrapper.export.quantize import quantize_normals, quantize_positions
from actionmesh_wrapper.export.surface import Surface, add_scene
from actionmesh_wrapper.system.files import whole_file

_QUANTIZATION = "KHR_mesh_quantization"
_NAME = "animated_mesh"
_MANY_KEYS = 48  # from so many on game engines stumble over morph targets


@dataclass(frozen=True)
class AnimatedMesh:
    """What was written.

    Attributes:
        path: the file.
        profile: how it is stored.
        max_error: the largest distance between any vertex of any frame and where it is stored, as a share of
            the longest side of the box around all frames.
        keys: how many it has.
    """

    path: Path
    profile: Profile
    max_error: float
    keys: int


@dataclass(frozen=True, eq=False)
class Morph:
    """Key 0 with what each of the T - 1 later keys adds to it.

    Attributes:
        base: (V, 3), frame 0's positions on the node's scale.
        deltas: T - 1 arrays (V, 3) to add to them.
        normals: (V, 3), frame 0's normals; integers stand for fractions of their type's largest value.
        normal_deltas: T - 1 arrays (V, 3) to add to them.
        placement: the node's transform, which takes positions to the animation's unit; may be empty.
        error: the largest distance between a vertex and where it is stored, in the animation's unit.
    """

    base: NDArray[np.generic]
    deltas: Sequence[NDArray[np.generic]]
    normals: NDArray[np.generic]
    normal_deltas: Sequence[NDArray[np.generic]]
    placement: Mapping[str, list[float]]
    error: float


def write(job: WriteJob) -> Written:
    """Writes the kind ``animated_mesh``; see `write_animated_mesh`.

    A file that is too large for the job gives way to the next profile, with a warning; the last is written at
    any size.
    """
    path = job.folder / f"{_NAME}.glb"
    keys = _Keys.of(job.animation, job.keyframe_error)
    profiles = list(PROFILES)
    for profile in profiles[profiles.index(job.profile) :]:
        made = _write(job.animation, keys, path, job.extras, profile, film=job.film)
        if job.mesh_bytes is None or path.stat().st_size <= job.mesh_bytes:
            break
    if made.profile != job.profile:
        why = "Without a bucket animated_mesh.glb has to fit into the answer"
        job.warn(Notice("SMALLER_PROFILE", f"{why}: its profile is {made.profile}, not {job.profile}."))
    if made.keys >= _MANY_KEYS:
        what = f"animated_mesh.glb has {made.keys} morph targets, more than some game engines take"
        job.warn(Notice("MANY_KEYS", f"{what}: the output rig moves the same mesh by bones."))
    info = AnimatedMeshInfo(profile=made.profile, max_error=float(f"{made.max_error:.3g}"), keys=made.keys)
    return Written((path,), {"animated_mesh_info": info})


def write_animated_mesh(
    animation: Animation,
    path: Path,
    *,
    extras: Mapping[str, object],
    profile: Profile = "standard",
    keyframe_error: float = 0.0,
    film: FilmView | None = None,
) -> AnimatedMesh:
    """Writes one GLB with frame 0 as the mesh and a morph target for each later key.

    The key of frame i lies at i / fps seconds; between two keys every vertex moves in a straight line. The
    first and the last frame always are keys. One frame gives a mesh that does not move. There are three
    profiles:

    - ``standard``: float32 in the order of ``animation``; no extension is needed.
    - ``quantized``: positions are int16, off by at most half of 1/32766 of the largest extent or movement on
      each axis; normals are int8, within 2° save for up to 1 % where the surface folds over. Vertex and face
      order are those of ``animation``. Needs KHR_mesh_quantization; nothing in it is compressed.
    - ``compact``: the same values in another order of vertices and faces, which compresses well, and uv in
      1/65535. Needs KHR_mesh_quantization and EXT_meshopt_compression.

    Args:
        animation: T frames.
        path: the file, in an existing folder.
        extras: JSON values that go into the file as extras of its scene.
        profile: how it is stored.
        keyframe_error: see `WriteJob`.
        film: the camera that filmed the subject, which becomes a node beside the mesh; see `camera_node`.

    Raises:
        ExportFailed: if the file could not be written.
    """
    return _write(animation, _Keys.of(animation, keyframe_error), path, extras, profile, film=film)


def write_some_keys(
    animation: Animation, keys: Sequence[int], path: Path, *, extras: Mapping[str, object]
) -> Path:
    """Writes those keys of a whole animation that are there, in the profile ``compact``.

    Args:
        animation: of them alone.
        keys: which of the whole they are, in order; the first lies at 0 s.
        path: the file, in an existing folder.
        extras: see `write_animated_mesh`.

    Returns:
        ``path``.

    Raises:
        ExportFailed: if the file could not be written.
    """
    there = _Keys([key - keys[0] for key in keys], 0.0, _longest_side(animation.vertices))
    return _write(animation, there, path, extras, "compact").path


@dataclass(frozen=True)
class _Keys:
    """Which frames of an animation are written.

    Attributes:
        frames: their indices, in order.
        error: how far the worst of the others is off, in the animation's unit.
        side: the longest side of the box around all frames.
    """

    frames: Sequence[int]
    error: float
    side: float

    @classmethod
    def of(cls, animation: Animation, keyframe_error: float) -> "_Keys":
        side = _longest_side(animation.vertices)
        return cls(*needed_keys(animation.vertices, keyframe_error * side), side)


def _write(
    animation: Animation,
    keys: _Keys,
    path: Path,
    extras: Mapping[str, object],
    profile: Profile,
    *,
    film: FilmView | None = None,
) -> AnimatedMesh:
    """See `write_animated_mesh`."""
    glb, arranged = Glb(), animation
    if len(keys.frames) < animation.num_frames:
        arranged = replace(animation, vertices=animation.vertices[keys.frames], anchor=0)
    if profile == "compact":
        glb, arranged = CompressedGlb(), _reordered(arranged)
    morph = _unquantized(arranged) if profile == "standard" else _quantized(arranged)
    if profile != "standard":
        for use in ("extensionsUsed", "extensionsRequired"):
            glb.add(use, _QUANTIZATION)
    mesh = _add_mesh(glb, Surface.of(arranged, small=profile == "compact"), morph, keys.frames)
    nodes = [{"name": _NAME, "mesh": mesh, **morph.placement}]
    if film is not None:
        nodes.append(camera_node(glb, film, animation.vertices))
    add_scene(glb, nodes, extras)
    if len(keys.frames) > 1:
        _add_motion(glb, keys.frames, animation.fps)
    with whole_file(path) as file:
        file.writelines(glb.chunks())
    error = morph.error + keys.error
    return AnimatedMesh(path, profile, error / keys.side if keys.side > 0 else 0.0, len(keys.frames))


def _reordered(animation: Animation) -> Animation:
    """The same surface with neighbours beside each other."""
    order = strip_order(animation.faces, animation.vertices.shape[1])
    return replace(
        animation,
        vertices=np.ascontiguousarray(animation.vertices[:, order.vertices]),
        faces=order.faces,
        uv=None if animation.uv is None else animation.uv[order.vertices],
        origin=None if animation.origin is None else animation.origin[order.vertices],
    )


def _quantized(animation: Animation) -> Morph:
    """Positions as int16 and normals as int8; see `quantize`."""
    positions = quantize_positions(animation.vertices)
    normals, normal_deltas = quantize_normals(animation.normals())
    placement = {"translation": positions.centre.tolist(), "scale": [positions.step] * 3}
    return Morph(positions.base, list(positions.deltas), normals, normal_deltas, placement, positions.error)


def _unquantized(animation: Animation) -> Morph:
    """All as float32, as it is; a later frame is off by what float32 loses when it adds."""
    first, *later = animation.vertices
    deltas = [frame - first for frame in later]
    gaps = [first + delta - frame for delta, frame in zip(deltas, later, strict=True)]
    error = max((float(np.linalg.norm(gap, axis=1).max()) for gap in gaps), default=0.0)
    normals, *later_normals = animation.normals()
    normal_deltas = [frame - normals for frame in later_normals]
    return Morph(first, deltas, normals, normal_deltas, {}, error)


def _longest_side(vertices: NDArray[Any]) -> float:
    """Of the box around all frames.

    Args:
        vertices: (T, V, 3).
    """
    by_axis = np.ascontiguousarray(vertices.reshape(-1, 3).T)
    return float((by_axis.max(axis=1).astype(np.float64) - by_axis.min(axis=1)).max())


def _add_mesh(glb: Glb, surface: Surface, morph: Morph, keys: Sequence[int]) -> int:
    """Appends frame 0 and, as morph targets, what the frames of the later keys add to it."""
    primitive = surface.primitive(glb, _attributes(glb, morph.base, morph.normals))
    if not morph.deltas:
        return surface.mesh(glb, _NAME, primitive)
    pairs = zip(morph.deltas, morph.normal_deltas, strict=True)
    primitive["targets"] = [_attributes(glb, positions, normals) for positions, normals in pairs]
    names = [f"frame_{frame:03d}" for frame in keys[1:]]
    return surface.mesh(glb, _NAME, primitive, {"targetNames": names}, weights=[0.0] * len(morph.deltas))


def _attributes(glb: Glb, positions: NDArray[np.generic], normals: NDArray[np.generic]) -> dict[str, int]:
    return {
        "POSITION": glb.attribute(positions, bounded=True),
        "NORMAL": glb.attribute(normals, normalized=normals.dtype == np.int8),
    }


def _add_motion(glb: Glb, keys: Sequence[int], fps: float) -> None:
    """Appends an animation of node 0's weights: all zero at key 0, the i-th target alone at key i."""
    times = (np.array(keys) / fps).astype(np.float32)
    weights = np.eye(len(keys), dtype=np.float32)[:, 1:].ravel()
    sampler = {
        "input": glb.samples(times, bounded=True),
        "output": glb.samples(weights),
        "interpolation": "LINEAR",
    }
    channel = {"sampler": 0, "target": {"node": 0, "path": "weights"}}
    glb.add("animations", {"name": "motion", "samplers": [sampler], "channels": [channel]})
