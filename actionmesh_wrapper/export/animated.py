"""The whole animation as one GLB that plays by itself: a morph target per frame."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from actionmesh_wrapper.animation import Animation, vertex_normals
from actionmesh_wrapper.export.files import whole_file
from actionmesh_wrapper.export.glb import Glb
from actionmesh_wrapper.export.quantize import Positions, quantize_normals, quantize_positions
from actionmesh_wrapper.export.surface import Surface, add_scene

_EXTENSION = "KHR_mesh_quantization"


def write_animated_mesh(animation: Animation, path: Path, *, extras: Mapping[str, object]) -> Path:
    """Writes one GLB with frame 0 as the mesh and a morph target for each later frame.

    Key i lies at i / fps seconds and shows frame i; between two keys every vertex moves in a straight line.
    Positions are int16, off by at most half of 1/32766 of the largest extent or movement on each axis;
    normals are within 2°, save for up to 1 % where the surface folds over. Vertex and face order are those of
    ``animation``. The file needs the extension KHR_mesh_quantization; nothing in it is compressed. One frame
    gives a mesh that does not move.

    Args:
        animation: T frames.
        path: the file, in an existing folder.
        extras: JSON values that go into the file as extras of its scene.

    Returns:
        ``path``.

    Raises:
        ExportFailed: if the file could not be written.
    """
    glb = Glb()
    for use in ("extensionsUsed", "extensionsRequired"):
        glb.add(use, _EXTENSION)
    positions = quantize_positions(animation.vertices)
    mesh = _add_mesh(glb, animation, positions)
    add_scene(glb, {"name": "actionmesh", "mesh": mesh, **_placement(positions)}, extras)
    if animation.num_frames > 1:
        _add_motion(glb, animation.num_frames, animation.fps)
    with whole_file(path) as file:
        file.writelines(glb.chunks())
    return path


def _add_mesh(glb: Glb, animation: Animation, positions: Positions) -> int:
    """Appends frame 0 and, as morph targets, what the later frames add to it."""
    base, deltas = quantize_normals([vertex_normals(frame, animation.faces) for frame in animation.vertices])
    primitive = Surface.of(animation).primitive(
        glb,
        {
            "POSITION": glb.attribute(positions.base, bounded=True),
            "NORMAL": glb.attribute(base, normalized=True),
        },
    )
    mesh: dict[str, Any] = {"name": "actionmesh", "primitives": [primitive]}
    if deltas:
        primitive["targets"] = [
            {
                "POSITION": glb.attribute(moved, bounded=True),
                "NORMAL": glb.attribute(turned, normalized=turned.dtype == np.int8),
            }
            for moved, turned in zip(positions.deltas, deltas, strict=True)
        ]
        mesh["weights"] = [0.0] * len(deltas)
        mesh["extras"] = {"targetNames": [f"frame_{index:03d}" for index in range(1, len(deltas) + 1)]}
    return glb.add("meshes", mesh)


def _placement(positions: Positions) -> dict[str, list[float]]:
    """The node's transform, which takes base and deltas from the grid to the animation's unit."""
    return {"translation": positions.centre.tolist(), "scale": [positions.step] * 3}


def _add_motion(glb: Glb, num_frames: int, fps: float) -> None:
    """Appends an animation of node 0's weights: all zero at key 0, the i-th target alone at key i."""
    times = (np.arange(num_frames) / fps).astype(np.float32)
    weights = np.eye(num_frames, dtype=np.float32)[:, 1:].ravel()
    sampler = {
        "input": glb.samples(times, bounded=True),
        "output": glb.samples(weights),
        "interpolation": "LINEAR",
    }
    channel = {"sampler": 0, "target": {"node": 0, "path": "weights"}}
    glb.add("animations", {"name": "motion", "samplers": [sampler], "channels": [channel]})
