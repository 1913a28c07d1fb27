"""What lies in a storage: the files' names, media types and addresses, and the manifest of a whole result."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import PurePath
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from actionmesh_wrapper.contract.result import File, Result
from actionmesh_wrapper.version import VERSION

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
RESULT = "result.json"  # lies beside the files and is written after them
MANIFEST = "manifest.json"  # in a bucket: is written last of all, so where it lies everything does
MADE = (
    *("mesh_???.glb", "animated_mesh.glb", "mask_???.png"),
    *("animated_mesh.usdz", "animated_mesh.blend", "animated_mesh_blender.glb"),
    *("preview.mp4", "preview.webp", "poster.png", "archive.zip"),
)
SHARED = ("anchor_mesh.glb",)  # shown while the job runs, and no part of its result


def media_type(name: str) -> str:
    """The media type of a file by its name's ending; ``application/octet-stream`` for any other."""
    return MEDIA_TYPES.get(PurePath(name).suffix, "application/octet-stream")


def is_ours(name: str) -> bool:
    """Whether a job may have written a file of this name."""
    return any(fnmatchcase(name, pattern) for pattern in (*MADE, *SHARED, RESULT, MANIFEST))


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


class Entry(BaseModel):
    """One file of the manifest."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="Its name, beside the manifest.")
    bytes: int = Field(ge=0, description="Its size.")
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of its content.")
    content_type: str = Field(description="Its media type.")


class Manifest(BaseModel):
    """``manifest.json``: written after all that it lists, so where it lies the result is whole.

    A rerun of the job removes it before anything else. It holds no links, for these may end. What lies
    beside it and is not listed is no part of the result, such as ``anchor_mesh.glb``.
    """

    model_config = ConfigDict(frozen=True)

    job_id: str = Field(description="The job.")
    engine: str = Field(description="The engine that made the mesh.")
    created: str = Field(description="When it was written, ISO 8601 in UTC.")
    worker: str = Field(description="The version of the worker.")
    files: tuple[Entry, ...] = Field(description="Every file of the result, result.json included.")

    @classmethod
    def of(cls, result: Result, content: bytes) -> Self:
        """The manifest of a result whose ``result.json`` has this content."""
        told = [(file.name, file.bytes, file.sha256) for file in result.files.all()]
        told.append((RESULT, len(content), sha256(content).hexdigest()))
        return cls(
            job_id=result.job_id,
            engine=result.engine,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            worker=VERSION,
            files=tuple(
                Entry(name=name, bytes=size, sha256=digest, content_type=media_type(name))
                for name, size, digest in told
            ),
        )

    def holds(self, result: Result) -> bool:
        """Whether every file of the result is listed, with the same content."""
        listed = {file.name: file.sha256 for file in self.files}
        return all(listed.get(file.name) == file.sha256 for file in result.files.all())


class Sealed(BaseModel):
    """What lies under the key that equal jobs share: a result, and the name that its files lie under."""

    name: str
    result: Result
