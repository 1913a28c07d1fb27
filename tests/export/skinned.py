"""A rigged GLB of the tests' own, whose answer is known: an egg of two joints that wanders and bends."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.gltf import pack
from tests.export.samples import ball

WAIST = np.array([0.0, 0.2, 0.1])  # where the upper joint is at rest


def bent(num_frames: int, fps: float) -> Animation:
    """By linear blend skinning: the root wanders along X, the waist bends about X, the middle swells."""
    rest = ball(1)
    share = _share(rest.vertices[0])[:, None]
    frames = []
    for time in np.linspace(0, 1, num_frames):
        cos, sin = np.cos(time), np.sin(time)
        turn = np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
        corrected = rest.vertices[0] + time * _swelling(rest.vertices[0])
        upper = (corrected - WAIST) @ turn.T + WAIST
        frames.append((1 - share) * corrected + share * upper + [0.5 * time, 0, 0])
    return Animation(np.stack(frames).astype(np.float32), rest.faces, fps)


def write_rig(animation: Animation, path: Path) -> Path:
    """Writes what `bent` gave as a GLB with a skin of two joints and a key of theirs per frame."""
    rest, keys = ball(1).vertices[0], np.linspace(0, 1, animation.num_frames)
    share = _share(rest)
    empty = np.zeros((len(rest), 2))
    moves = np.stack([0.5 * keys, 0 * keys, 0 * keys], axis=1)
    turns = np.stack([np.sin(keys / 2), 0 * keys, 0 * keys, np.cos(keys / 2)], axis=1)
    inverse = np.stack([np.eye(4), np.eye(4)])
    inverse[1, 3, :3] = -WAIST  # matrices lie column by column
    arrays: list[tuple[NDArray[np.generic], str]] = [
        (animation.faces.ravel().astype("<u4"), "SCALAR"),
        (rest.astype("<f4"), "VEC3"),
        ((np.array([0, 1, 0, 0]) * (share > 0)[:, None]).astype("<u1"), "VEC4"),
        (np.concatenate([np.stack([1 - share, share], 1), empty], axis=1).astype("<f4"), "VEC4"),
        (inverse.reshape(2, 16).astype("<f4"), "MAT4"),
        ((np.arange(animation.num_frames) / animation.fps).astype("<f4"), "SCALAR"),
        (moves.astype("<f4"), "VEC3"),
        (turns.astype("<f4"), "VEC4"),
        (_swelling(rest).astype("<f4"), "VEC3"),
        (keys.astype("<f4"), "SCALAR"),
    ]
    views: list[Any] = []
    accessors: list[Any] = []
    binary = b""
    for values, kind in arrays:
        views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": values.nbytes})
        component = {"<u4": 5125, "<f4": 5126, "|u1": 5121}[values.dtype.str]
        accessor = {"bufferView": len(accessors), "componentType": component, "count": len(values)}
        flat = values.reshape(len(values), -1)
        bounds = {"min": flat.min(axis=0).tolist(), "max": flat.max(axis=0).tolist()}
        accessors.append(accessor | {"type": kind} | bounds)
        binary += values.tobytes() + bytes(-values.nbytes % 4)
    attributes = {"POSITION": 1, "JOINTS_0": 2, "WEIGHTS_0": 3}
    primitive = {"attributes": attributes, "indices": 0, "targets": [{"POSITION": 8}]}
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0, 1]}],
        "nodes": [
            {"name": "animated_mesh", "mesh": 0, "skin": 0},
            {"name": "root", "children": [2]},
            {"name": "waist", "translation": WAIST.tolist()},
        ],
        "meshes": [{"name": "animated_mesh", "primitives": [primitive], "weights": [0.0]}],
        "skins": [{"joints": [1, 2], "skeleton": 1, "inverseBindMatrices": 4}],
        "animations": [
            {
                "samplers": [{"input": 5, "output": output} for output in (6, 7, 9)],
                "channels": [
                    {"sampler": 0, "target": {"node": 1, "path": "translation"}},
                    {"sampler": 1, "target": {"node": 2, "path": "rotation"}},
                    {"sampler": 2, "target": {"node": 0, "path": "weights"}},
                ],
            }
        ],
        "buffers": [{"byteLength": len(binary)}],
        "bufferViews": views,
        "accessors": accessors,
    }
    path.write_bytes(b"".join(pack(document, [binary], len(binary))))
    return path


def _share(vertices: NDArray[np.float32]) -> NDArray[np.float64]:
    """How much of each vertex hangs on the waist."""
    return np.clip(vertices[:, 1].astype(np.float64) + 0.3, 0, 1)


def _swelling(vertices: NDArray[np.float32]) -> NDArray[np.float64]:
    """What the corrective adds to each vertex at weight 1."""
    x, y, z = vertices.astype(np.float64).T
    wide = 0.2 * (1 - np.abs(y))
    return np.stack([x * wide, 0 * y, z * wide], axis=1)
