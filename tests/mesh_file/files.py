"""GLB files that the tests make themselves, sound ones and others."""

import json
import struct
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.export.glb import Glb

CORNERS = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], np.float32)
FACES = np.array([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]], np.uint16)
UV = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32)
RED, GREEN, BLUE = (220, 30, 40), (20, 180, 60), (20, 60, 210)


def pack(document: object, binary: bytes = b"", *, length: int | None = None) -> bytes:
    """A GLB of a document, which may be JSON's text already, and its binary chunk."""
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    chunks = (
        struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary
    )
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks) if length is None else length) + chunks


def unpacked(data: bytes) -> tuple[Any, bytes]:
    """The document and the binary chunk of a sound GLB."""
    size = int.from_bytes(data[12:16], "little")
    return json.loads(data[20 : 20 + size]), data[28 + size :]


def picture(*columns: tuple[int, int, int], kind: str = "PNG", size: int = 16) -> bytes:
    """A picture of stripes from left to right, each ``size`` pixels wide and high."""
    stripes = [np.full((size, size, 3), colour, np.uint8) for colour in columns]
    file = BytesIO()
    Image.fromarray(np.concatenate(stripes, axis=1)).save(file, kind, lossless=True)
    return file.getvalue()


class Model(Glb):
    """A GLB of tetrahedra: add primitives, then nodes."""

    def primitive(self, **properties: Any) -> dict[str, Any]:
        """A tetrahedron; properties replace its own, ``attributes`` are added to its own."""
        own = {"POSITION": self.attribute(CORNERS), "TEXCOORD_0": self.attribute(UV)}
        own |= properties.pop("attributes", {})
        return {"attributes": own, "indices": self.indices(FACES.ravel())} | properties

    def painted(
        self, image: bytes | None, factor: tuple[float, float, float] = (1, 1, 1), **info: Any
    ) -> int:
        """A material, with a picture or without."""
        pbr: dict[str, Any] = {"baseColorFactor": [*factor, 1]}
        if image is not None:
            source = self.add("images", {"bufferView": self.view(image), "mimeType": "image/png"})
            pbr["baseColorTexture"] = {"index": self.add("textures", {"source": source})} | info
        return self.add("materials", {"pbrMetallicRoughness": pbr})

    def node(self, *primitives: dict[str, Any], **properties: Any) -> int:
        """A node with a mesh of these primitives."""
        mesh = {"mesh": self.add("meshes", {"primitives": list(primitives)})} if primitives else {}
        return self.add("nodes", mesh | properties)

    def data(self) -> bytes:
        """The file's bytes."""
        return b"".join(self.chunks())

    def save(self, folder: Path) -> Path:
        """Writes the file."""
        return saved(self.data(), folder)


def saved(data: bytes, folder: Path) -> Path:
    """Writes a file of any content."""
    path = folder / "mesh"
    path.write_bytes(data)
    return path


def shown(texture: NDArray[np.uint8], uv: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The colours (V, 3) of a texture at coordinates (V, 2), as glTF has them: v runs down; it repeats."""
    height, width = texture.shape[:2]
    u, v = (uv.astype(np.float64) % 1).T
    colours: NDArray[np.uint8] = texture[(v * height).astype(int), (u * width).astype(int)]
    return colours
