"""What lies in a bucket beside a job's files: the manifest, and the entry that an equal job finds it by."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from actionmesh_wrapper.result import Result
from actionmesh_wrapper.storage.media_types import media_type
from actionmesh_wrapper.storage.names import RESULT
from actionmesh_wrapper.version import VERSION


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
