"""What makes two jobs the same: the video's bytes, what is asked for, the engine and the worker's version."""

import hashlib
import json
from pathlib import Path

from actionmesh_wrapper.request import Recipe
from actionmesh_wrapper.version import VERSION


def identity(video: Path, request: Recipe, engine: str, revision: str) -> str:
    """A key that is equal for equal jobs, wherever their video came from.

    Args:
        video: a file, or a folder whose files count by name and content.
        request: of it, all that a `Recipe` has counts but ``cache``.
        engine: its name.
        revision: of its weights and code.

    Returns:
        64 hexadecimal digits.
    """
    wishes = request.model_dump(mode="json", include=set(Recipe.model_fields) - {"cache"})
    digest = hashlib.sha256(json.dumps([VERSION, engine, revision, wishes], sort_keys=True).encode())
    is_folder = video.is_dir()
    for path in sorted(path for path in video.iterdir() if path.is_file()) if is_folder else [video]:
        if is_folder:
            digest.update(path.name.encode() + b"\0")
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
