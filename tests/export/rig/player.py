"""A player of rigged GLBs that shares no code with the writer: glTF's own words in NumPy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.export.reader import Document

Doubles = NDArray[np.float64]


def shown(document: Document, time: float | None = None) -> Doubles:
    """(V, 3) where the one skinned mesh's vertices are at a time in seconds; None: as the file stands."""
    nodes = document.json["nodes"]
    local: list[dict[str, Any]] = [dict(node) for node in nodes]
    (mesh,) = document.json["meshes"]
    amounts = np.array(mesh.get("weights", []))
    if time is not None:
        (clip,) = document.json["animations"]
        for channel in clip["channels"]:
            sampler, path = clip["samplers"][channel["sampler"]], channel["target"]["path"]
            assert sampler["interpolation"] == "LINEAR"
            times = document.values(sampler["input"]).ravel()
            keys = document.values(sampler["output"]).reshape(len(times), -1)
            value = _between(times, keys, time, turns=path == "rotation")
            if path == "weights":
                amounts = value
            else:
                local[channel["target"]["node"]][path] = value
    world = _world(local, document.json["scenes"][0]["nodes"])
    (skin,) = document.json["skins"]
    unbound = document.values(skin["inverseBindMatrices"]).reshape(-1, 4, 4).swapaxes(1, 2)
    joints = np.stack([world[joint] for joint in skin["joints"]]) @ unbound
    attributes = document.primitive["attributes"]
    shape = document.values(attributes["POSITION"]).copy()
    for amount, target in zip(amounts, document.primitive.get("targets", []), strict=True):
        shape += amount * document.values(target["POSITION"])
    chosen = document.raw(attributes["JOINTS_0"]).astype(int)
    mixed = np.einsum("vk,vkij->vij", document.values(attributes["WEIGHTS_0"]), joints[chosen])
    places: Doubles = np.einsum("vij,vj->vi", mixed[:, :3, :3], shape) + mixed[:, :3, 3]
    return places


def _between(times: Doubles, keys: Doubles, time: float, *, turns: bool) -> Doubles:
    """LINEAR interpolation of glTF: of turns along the shortest way on the sphere."""
    after = int(np.clip(np.searchsorted(times, time, "right"), 1, len(times) - 1))
    share = float(np.clip((time - times[after - 1]) / (times[after] - times[after - 1]), 0, 1))
    one, other = keys[after - 1], keys[after]
    if not turns:
        return np.asarray((1 - share) * one + share * other)
    cosine = float(one @ other)
    angle = np.arccos(min(abs(cosine), 1.0))
    if angle < 1e-6:
        mixed = (1 - share) * one + share * np.copysign(1, cosine) * other
    else:
        mixed = np.sin((1 - share) * angle) * one + np.copysign(1, cosine) * np.sin(share * angle) * other
    return np.asarray(mixed / np.linalg.norm(mixed))


def _world(local: list[dict[str, Any]], roots: list[int]) -> dict[int, Doubles]:
    """Each node's transform to the world."""
    world: dict[int, Doubles] = {}
    waiting: list[tuple[int, Doubles]] = [(root, np.eye(4)) for root in roots]
    while waiting:
        node, above = waiting.pop()
        x, y, z, w = local[node].get("rotation", [0, 0, 0, 1])
        here = np.eye(4)
        here[:3, :3] = [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
        here[:3, 3] = local[node].get("translation", [0, 0, 0])
        world[node] = above @ here
        waiting += [(child, world[node]) for child in local[node].get("children", [])]
    return world
