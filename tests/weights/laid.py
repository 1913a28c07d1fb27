"""A tiny table of weights, and the ways in which its files may lie on a disk."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from actionmesh_wrapper.weights.marker import Known, Marker
from actionmesh_wrapper.weights.table import Repository

BIG = 2 << 20  # bytes: more than is hashed in a quick check


def safetensors(names: tuple[str, ...], size: int) -> bytes:
    """A safetensors file of float32 tensors of one dimension, about ``size`` bytes in all."""
    count = size // 4 // len(names)
    header = {
        name: {"dtype": "F32", "shape": [count], "data_offsets": [index * count * 4, (index + 1) * count * 4]}
        for index, name in enumerate(names)
    }
    text = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    return len(text).to_bytes(8, "little") + text + bytes(count * 4 * len(names))


FILES: Mapping[str, Mapping[str, bytes]] = {
    "acme/Shapes": {
        "config.json": b'{"width": 4}',
        "vae/model.safetensors": safetensors(("vae.weight", "vae.bias"), BIG),
    },
    "acme/Cutter": {
        "cut.py": b"def cut(): ...\n" + b"#" * BIG,  # code is hashed in a quick check, too
        "config.json": b"{}",
        "model.safetensors": safetensors(("w",), 64),
    },
    "acme/Tracker": {"model.safetensors": safetensors(("t",), 64)},
}
SHAPES = Repository("acme/Shapes", "a" * 40, "Shapes", tuple(FILES["acme/Shapes"]), "MIT")
CUTTER = Repository(
    "acme/Cutter",
    "b" * 40,
    "Cutter",
    tuple(FILES["acme/Cutter"]),
    "MIT",
    sha256={"model.safetensors": hashlib.sha256(FILES["acme/Cutter"]["model.safetensors"]).hexdigest()},
)
TRACKER = Repository("acme/Tracker", "c" * 40, "Tracker", tuple(FILES["acme/Tracker"]), "MIT", required=False)
TABLE = (SHAPES, CUTTER, TRACKER)


def blob_sha1(data: bytes) -> str:
    """What git calls a file of these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def is_lfs(name: str) -> bool:
    """Whether a file is kept by its SHA-256, as the hub keeps large ones."""
    return name.endswith(".safetensors")


def in_folder(root: Path, repository: Repository) -> Path:
    """Lays the repository out as the fetch does; its folder."""
    folder = root / repository.folder
    for name, data in FILES[repository.name].items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    known = {
        name: Known(len(data), hashlib.sha256(data).hexdigest())
        for name, data in FILES[repository.name].items()
    }
    Marker(repository.name, repository.revision, known).write(folder)
    return folder


def in_cache(cache: Path, repository: Repository, *, small: bool = False) -> Path:
    """Lays the repository out as the hub's cache does, links into blobs; its snapshot."""
    name = f"models--{repository.name.replace('/', '--')}"
    home = cache / (name.lower() if small else name)
    snapshot = home / "snapshots" / repository.revision
    (home / "blobs").mkdir(parents=True)
    for file, data in FILES[repository.name].items():
        blob = home / "blobs" / (hashlib.sha256(data).hexdigest() if is_lfs(file) else blob_sha1(data))
        blob.write_bytes(data)
        (snapshot / file).parent.mkdir(parents=True, exist_ok=True)
        (snapshot / file).symlink_to(os.path.relpath(blob, (snapshot / file).parent))
    return snapshot
