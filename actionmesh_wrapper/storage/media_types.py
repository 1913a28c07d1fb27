"""Media types of the files that a job makes."""

from pathlib import PurePath

MEDIA_TYPES = {
    ".blend": "application/x-blender",
    ".glb": "model/gltf-binary",
    ".json": "application/json",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".usdz": "model/vnd.usdz+zip",
    ".webp": "image/webp",
    ".zip": "application/zip",
}


def media_type(name: str) -> str:
    """The media type of a file by its name's ending; ``application/octet-stream`` for any other."""
    return MEDIA_TYPES.get(PurePath(name).suffix, "application/octet-stream")
