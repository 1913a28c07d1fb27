"""Where results go: one interface, three kinds."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from actionmesh_wrapper.contract.result import Result, StorageKind
from actionmesh_wrapper.data.progress import StageStep, Warn
from actionmesh_wrapper.host import LAPTOP, Host
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage.inline import Inline
from actionmesh_wrapper.storage.local import Local
from actionmesh_wrapper.storage.manifest import Stored, relinked

__all__ = ["Delivery", "Inline", "Local", "Storage", "Stored", "choose", "relinked"]


class Delivery(Protocol):
    """One job's files on their way into a storage."""

    def share(self, file: Path) -> str | None:
        """Stores one file of the running job, so that the caller can see it at once.

        Args:
            file: is copied.

        Returns:
            Its address; None where none can be had before the end, or storing it failed: that is logged, and
            is no reason to lose the job.
        """

    def send(self, files: Sequence[Path]) -> None:
        """Takes files that are final, and may begin to store them; returns at once.

        Args:
            files: stay as they are until `put`; those that were sent before are passed over.
        """

    def put(self, files: Sequence[Path], *, step: StageStep, warn: Warn) -> Stored:
        """Stores all files of the result, also those that were not sent before.

        Args:
            files: what to store, most important first; their names differ. They may be moved away.
            step: is called with how many are stored, of how many, several times a second while that takes
                longer; what it raises passes through.
            warn: takes what the caller should know, such as files left out.

        Raises:
            StorageFailed: if they are not all there.
        """

    def seal(self, key: str, result: Result, *, step: StageStep) -> None:
        """Stores ``result.json`` beside the files, last, so that no reader sees half a result.

        Args:
            key: what `Storage.find` may find it by.
            result: the result.
            step: is called several times a second while it takes longer; what it raises passes through.

        Raises:
            StorageFailed: if it cannot.
        """


class Storage(Protocol):
    """Takes jobs' files and gives links to them."""

    @property
    def kind(self) -> StorageKind:
        """What the result calls it."""

    @property
    def room(self) -> int | None:
        """How many bytes a job's files may have together, the most important first; None: any."""

    def check(self) -> None:
        """Tries to write where results will go.

        Raises:
            StartError: if it cannot, with the reason.
        """

    def find(self, key: str) -> Result | None:
        """The result that was sealed with this key, if all of its files are there, with new addresses."""

    def deliver(self, name: str) -> AbstractContextManager[Delivery]:
        """Opens a job's delivery.

        Left by an exception, `Cancelled` too, it stops, and removes what it stored itself as well as it can,
        but no result that an equal job may have been answered with. Two deliveries of one name at a time,
        of two workers, do each other no harm.

        Args:
            name: the job's folder name, safe as a path and as a key.
        """


def choose(settings: Settings, host: Host = LAPTOP) -> Storage:
    """The storage that the settings name: a bucket; else inline on a serverless host, a folder elsewhere."""
    if settings.bucket_name is not None:
        from actionmesh_wrapper.storage.s3 import S3  # noqa: PLC0415 – boto3 takes long to import

        return S3.from_settings(settings)
    return Inline.of(host) if host.is_serverless else Local(settings.output_dir)
