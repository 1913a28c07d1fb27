"""What a storage answers once files are in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from actionmesh_wrapper.result import File, Result


@dataclass(frozen=True)
class Stored:
    """Where the files went.

    Attributes:
        urls: each file's name with its address; None for a file that was left out.
        expires_at: when the addresses end, ISO 8601 in UTC; None if they do not.
    """

    urls: Mapping[str, str | None]
    expires_at: str | None = None


def relinked(result: Result, stored: Stored) -> Result:
    """The same result with its files at these addresses."""

    def moved(file: File | None) -> File | None:
        return file and file.model_copy(update={"url": stored.urls[file.name]})

    files = result.files
    return result.model_copy(
        update={
            "expires_at": stored.expires_at,
            "files": files.model_copy(
                update={
                    "meshes": tuple(moved(file) for file in files.meshes),
                    "masks": tuple(moved(file) for file in files.masks),
                    "animated_mesh": moved(files.animated_mesh),
                    "preview": moved(files.preview),
                    "preview_webp": moved(files.preview_webp),
                    "poster": moved(files.poster),
                    "usdz": moved(files.usdz),
                    "blender": tuple(moved(file) for file in files.blender),
                    "archive": moved(files.archive),
                }
            ),
        }
    )
