"""A reader of GLB files that shares no code with the writer: struct, json and numpy."""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.export.meshopt_reader import decode

_DTYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_ONE = {5120: 127, 5122: 32767, 5123: 65535}


@dataclass(frozen=True)
class Document:
    json: dict[str, Any]
    binary: bytes

    @property
    def primitive(self) -> dict[str, Any]:
        (mesh,) = self.json["meshes"]
        primitive: dict[str, Any]
        (primitive,) = mesh["primitives"]
        return primitive

    def view(self, index: int) -> bytes:
        view = self.json["bufferViews"][index]
        packed = view.get("extensions", {}).get("EXT_meshopt_compression")
        place = view if packed is None else packed
        assert place["buffer"] == 0
        stored = self.binary[place["byteOffset"] : place["byteOffset"] + place["byteLength"]]
        if packed is None:
            return stored
        assert view["buffer"] == 1
        assert view["byteLength"] == packed["count"] * packed["byteStride"]
        return decode(stored, packed["mode"], packed["count"], packed["byteStride"]).tobytes()

    def raw(self, index: int) -> NDArray[Any]:
        """An accessor's stored values, (N, width)."""
        accessor = self.json["accessors"][index]
        dtype, width = np.dtype(_DTYPES[accessor["componentType"]]), _WIDTHS[accessor["type"]]
        stride = self.json["bufferViews"][accessor["bufferView"]].get("byteStride", dtype.itemsize * width)
        data = self.view(accessor["bufferView"])
        shape, strides = (accessor["count"], width), (stride, dtype.itemsize)
        return np.ndarray(shape, dtype, data, 0, strides)

    def values(self, index: int) -> NDArray[np.float64]:
        """An accessor's values as glTF means them."""
        accessor, stored = self.json["accessors"][index], self.raw(index).astype(np.float64)
        if not accessor.get("normalized", False):
            return stored
        return np.maximum(stored / _ONE[accessor["componentType"]], -1.0)

    def at_key(self, attribute: str, key: int) -> NDArray[np.float64]:
        """POSITION or NORMAL in the mesh's own space at one key: base + Σ weight × target."""
        total = self.values(self.primitive["attributes"][attribute]).copy()
        for weight, target in zip(self.weights()[key], self.primitive["targets"], strict=True):
            if weight != 0:
                total += weight * self.values(target[attribute])
        return total

    def weights(self) -> NDArray[np.float64]:
        """(T, T - 1) weights at the keys."""
        (sampler,) = self.json["animations"][0]["samplers"]
        flat = self.values(sampler["output"])
        return flat.reshape(len(self.values(sampler["input"])), -1)

    def frame(self, key: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """World positions and unit normals at one key, by the node's transform."""
        (node,) = self.json["nodes"]
        positions = self.at_key("POSITION", key) * node.get("scale", 1) + node.get("translation", 0)
        normals = self.at_key("NORMAL", key)
        return positions, normals / np.linalg.norm(normals, axis=1, keepdims=True)


def read(path: Path) -> Document:
    data = path.read_bytes()
    magic, version, length = struct.unpack_from("<4sII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data))
    text_length, text_kind = struct.unpack_from("<I4s", data, 12)
    binary_length, binary_kind = struct.unpack_from("<I4s", data, 20 + text_length)
    assert (text_kind, binary_kind) == (b"JSON", b"BIN\0")
    assert 28 + text_length + binary_length == length
    return Document(json.loads(data[20 : 20 + text_length]), data[28 + text_length :])


def volume(vertices: NDArray[Any], faces: NDArray[Any]) -> float:
    """Signed volume: positive where a closed surface's faces are counter-clockwise from outside."""
    a, b, c = (vertices[faces[:, i]].astype(np.float64) for i in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def angles(actual: NDArray[Any], expected: NDArray[Any]) -> NDArray[np.float64]:
    """(V,) degrees between unit vectors."""
    gap = np.linalg.norm(actual.astype(np.float64) - expected, axis=1)
    degrees: NDArray[np.float64] = np.rad2deg(2 * np.arcsin(np.clip(gap / 2, 0, 1)))
    return degrees
