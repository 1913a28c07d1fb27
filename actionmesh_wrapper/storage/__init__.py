"""Where results go: one interface, three kinds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from actionmesh_wrapper.notice import Warn
from actionmesh_wrapper.progress import Part
from actionmesh_wrapper.result import Result, StorageKind
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage.inline import Inline
from actionmesh_wrapper.storage.local import Local
from actionmesh_wrapper.storage.stored import Stored, relinked

__all__ = ["Inline", "Local", "Storage", "Stored", "choose", "relinked"]


class Storage(Protocol):
    """Takes a job's files and gives links to them."""

    @property
    def kind(self) -> StorageKind:
        """What the result calls it."""

    @property
    def prefers_compact(self) -> bool:
        """Whether it has so little room that the smallest form of a file is wanted."""

    def check(self) -> None:
        """Tries to write where results will go.

        Raises:
            StartError: if it cannot, with the reason.
        """

    def find(self, key: str) -> Result | None:
        """The result that was sealed with this key, if all of its files are there, with new addresses."""

    def share(self, name: str, file: Path) -> str | None:
        """Stores one file of a job that is still running, so that the caller can see it at once.

        Args:
            name: as for `put`, which keeps the file.
            file: is copied.

        Returns:
            Its address; None where none can be had before the end, or storing it failed: that is logged, and
            is no reason to lose the job.
        """

    def put(self, name: str, files: Sequence[Path], *, step: Part, warn: Warn) -> Stored:
        """Stores the files, whose names differ, most important first.

        Args:
            name: the job's folder name, safe as a path and as a key.
            files: what to store; they may be moved away.
            step: is called with how many are stored, of how many.
            warn: takes what the caller should know, such as files left out.

        Raises:
            StorageFailed: and then no complete result lies under ``name``.
        """

    def seal(self, name: str, key: str, result: Result) -> None:
        """Stores ``result.json`` beside the files, last, so that no reader sees half a result.

        Args:
            name: as for `put`.
            key: what `find` may find it by.
            result: the result.

        Raises:
            StorageFailed: if it cannot.
        """


def choose(settings: Settings) -> Storage:
    """The storage that the settings name: a bucket; else inline on RunPod, a local folder elsewhere."""
    if settings.bucket_name is not None:
        from actionmesh_wrapper.storage.s3 import S3  # noqa: PLC0415 – boto3 takes long to import

        return S3.from_settings(settings)
    return Inline() if settings.hosted else Local(settings.output_dir)
