"""What lies in a storage: the files' names and addresses, and the manifest of a whole result."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from actionmesh_wrapper.contract.outputs import FILES, media_type
from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.version import VERSION

RESULT = "result.json"  # lies beside the files and is written after them
MANIFEST = "manifest.json"  # in a bucket: is written last of all, so where it lies everything does
ANCHOR_MESH = "anchor_mesh.glb"  # is shared while the job runs, and is no part of its result
SO_FAR = "so_far_*.glb"  # the same, with the number of keys that were there

RESULT_FILES = tuple(file.pattern for file in FILES)
"""Patterns of the names of all files that a result may have."""


def is_ours(name: str) -> bool:
    """Whether a job may have written a file of this name."""
    return any(
        fnmatchcase(name, pattern) for pattern in (*RESULT_FILES, ANCHOR_MESH, SO_FAR, RESULT, MANIFEST)
    )


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
    files = result.files.changed(lambda file: file.model_copy(update={"url": stored.urls[file.name]}))
    return result.model_copy(update={"expires_at": stored.expires_at, "files": files})


class Entry(BaseModel):
    """One file of the manifest."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="Its name, beside the manifest.")
    bytes: int = Field(ge=0, description="Its size.")
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of its content.")
    content_type: str = Field(description="Its media type.")


class Manifest(BaseModel):
    """``manifest.json``: written after all that it lists, so where it lies the result is whole.

    Each run of a job has a folder and a manifest of its own, which no other run writes or removes. It holds
    no links, for these may end. What lies beside it and is not listed is no part of the result, such as
    ``anchor_mesh.glb``.
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
        files = [(file.name, file.bytes, file.sha256) for file in result.files.all()]
        files.append((RESULT, len(content), sha256(content).hexdigest()))
        return cls(
            job_id=result.job_id,
            engine=result.engine,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            worker=VERSION,
            files=tuple(
                Entry(name=name, bytes=size, sha256=digest, content_type=media_type(name))
                for name, size, digest in files
            ),
        )

    def holds(self, result: Result) -> bool:
        """Whether every file of the result is listed, with the same content."""
        listed = {file.name: file.sha256 for file in self.files}
        return all(listed.get(file.name) == file.sha256 for file in result.files.all())


class Sealed(BaseModel):
    """The entry that equal jobs find a result by: the result, and the folder that its files lie in."""

    name: str
    result: Result
