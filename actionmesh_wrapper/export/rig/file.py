"""A rig as GLB: one skin, its joints' turns and shifts at the keys, and correctives as morph targets.

Source: Khronos, glTF 2.0 Specification, sections 3.7.3 (skins) and 3.11 (animations).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmView
from actionmesh_wrapper.export.film_camera import camera_node
from actionmesh_wrapper.export.glb import Glb
from actionmesh_wrapper.export.rig.model import Rig
from actionmesh_wrapper.export.surface import Surface
from actionmesh_wrapper.system.files import whole_file

_NAME = "rigged_mesh"


def write_rig(
    rig: Rig,
    animation: Animation,
    path: Path,
    *,
    extras: Mapping[str, object],
    film: FilmView | None = None,
) -> Path:
    """Writes one GLB with a skinned mesh, its skeleton and, of more than one key, an animation.

    Key i lies at i / fps seconds; between two keys joints turn evenly along the shortest way. As it stands
    the file shows the rest pose. All is float32 but joints (uint8) and weights (uint16), in the vertex and
    face order of ``animation``; no extension. Normals are those of the rest pose; the skin turns them.

    Args:
        rig: of the animation.
        animation: whose faces and texture it gets.
        path: the file, in an existing folder.
        extras: JSON values that go into the file as extras of its scene.
        film: the camera that filmed the subject, which becomes a node beside the skeleton; see `camera_node`.

    Returns:
        ``path``.

    Raises:
        ExportFailed: if the file could not be written.
    """
    glb = Glb()
    mesh = _add_mesh(glb, rig, animation)
    joints = _add_joints(glb, rig)
    skin = {
        "name": "skeleton",
        "joints": joints,
        "skeleton": joints[0],
        "inverseBindMatrices": _unbound(glb, rig),
    }
    body = glb.add("nodes", {"name": _NAME, "mesh": mesh, "skin": glb.add("skins", skin)})
    nodes = [joints[0], body]
    if film is not None:
        nodes.append(glb.add("nodes", camera_node(glb, film, animation.vertices)))
    scene: dict[str, Any] = {"nodes": nodes}
    glb.set("scene", glb.add("scenes", scene | ({"extras": dict(extras)} if extras else {})))
    if animation.num_frames > 1:
        _add_motion(glb, rig, joints, body, animation)
    with whole_file(path) as file:
        file.writelines(glb.chunks())
    return path


def _add_mesh(glb: Glb, rig: Rig, animation: Animation) -> int:
    """Appends the mesh, with its targets at the rest pose's amounts."""
    (normals,) = animation.normals([rig.rest])
    attributes = {
        "POSITION": glb.attribute(rig.base, bounded=True),
        "NORMAL": glb.attribute(normals),
        "JOINTS_0": glb.attribute(rig.skin.joints),
        "WEIGHTS_0": glb.attribute(rig.skin.weights, normalized=True),
    }
    surface = Surface.of(animation)
    primitive = surface.primitive(glb, attributes)
    if not len(rig.targets):
        return surface.mesh(glb, _NAME, primitive)
    primitive["targets"] = [{"POSITION": glb.attribute(target, bounded=True)} for target in rig.targets]
    names = [f"corrective_{index}" for index in range(1, len(rig.targets) + 1)]
    weights = rig.amounts[rig.rest].tolist()
    return surface.mesh(glb, _NAME, primitive, {"targetNames": names}, weights=weights)


def _add_joints(glb: Glb, rig: Rig) -> list[int]:
    """Appends a node a joint, the first nodes of the file, in the rest pose; returns their indices."""
    skeleton = rig.skeleton
    joints = []
    for joint, (name, offset) in enumerate(zip(skeleton.names, skeleton.offsets, strict=True)):
        node: dict[str, Any] = {"name": name, "translation": offset.tolist()}
        children = np.flatnonzero(skeleton.parents == joint).tolist()
        joints.append(glb.add("nodes", node | ({"children": children} if children else {})))
    return joints


def _unbound(glb: Glb, rig: Rig) -> int:
    """Appends the matrices that take the rest pose to each joint; returns their accessor's index."""
    matrices = np.tile(np.eye(4, dtype=np.float32), (len(rig.skeleton.names), 1, 1))
    matrices[:, 3, :3] = -rig.skeleton.places  # columns one after the other
    return glb.samples(matrices.reshape(-1, 16))


def _add_motion(glb: Glb, rig: Rig, joints: list[int], body: int, animation: Animation) -> None:
    """Appends the animation of all joints and of the targets' amounts."""
    skeleton = rig.skeleton
    times = glb.samples((np.arange(len(rig.amounts)) / animation.fps).astype(np.float32), bounded=True)
    samplers: list[dict[str, Any]] = []
    channels: list[dict[str, Any]] = []

    def move(node: int, path: str, values: Any) -> None:
        if animation.loops:  # solved poses are nearly the same there
            values = np.concatenate([values[:-1], values[:1]])
        output = glb.samples(np.ascontiguousarray(values.ravel() if path == "weights" else values))
        channels.append({"sampler": len(samplers), "target": {"node": node, "path": path}})
        samplers.append({"input": times, "output": output, "interpolation": "LINEAR"})

    for joint, node in enumerate(joints):
        move(node, "rotation", skeleton.rotations[:, joint])
        move(node, "translation", skeleton.translations[:, joint])
    if len(rig.targets):
        move(body, "weights", rig.amounts)
    glb.add("animations", {"name": "motion", "samplers": samplers, "channels": channels})
