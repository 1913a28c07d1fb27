"""What makes two jobs the same: the inputs' bytes, the wishes, the engine and the worker's version."""

import hashlib
import json
from pathlib import Path

from actionmesh_wrapper.contract.request import Recipe
from actionmesh_wrapper.source import Fetched
from actionmesh_wrapper.version import VERSION


def identity(fetched: Fetched, request: Recipe, engine: str, revision: str) -> str:
    """A key that is equal for equal jobs, wherever their inputs came from.

    Args:
        fetched: of its files the content counts, of those of a folder of frames the name too.
        request: of it, all that a `Recipe` has counts but ``cache``.
        engine: its name.
        revision: of its weights and code.

    Returns:
        64 hexadecimal digits.
    """
    wishes = request.model_dump(mode="json", include=set(Recipe.model_fields) - {"cache"})
    mesh = None if fetched.mesh is None else _hash(fetched.mesh).hex()
    digest = hashlib.sha256(json.dumps([VERSION, engine, revision, wishes, mesh], sort_keys=True).encode())
    video = fetched.video
    is_folder = video.is_dir()
    for path in sorted(path for path in video.iterdir() if path.is_file()) if is_folder else [video]:
        if is_folder:
            digest.update(path.name.encode() + b"\0")
        digest.update(_hash(path))
    return digest.hexdigest()


def _hash(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
