"""Results in a folder of this machine: ``{root}/{job_id}/``."""

import fcntl
import logging
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import ClassVar, Literal
from uuid import uuid4

from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.progress import StageStep, Warn
from actionmesh_wrapper.errors import StartError, StorageFailed
from actionmesh_wrapper.storage.manifest import RESULT, RESULT_FILES, Stored

log = logging.getLogger(__name__)

INCOMING = ".incoming-"  # before a token, in names of folders
LEFT_S = 24 * 3600.0  # since such a folder was touched, after which it is one that a killed worker left


@dataclass(frozen=True)
class Local:
    """Keeps results in folders of ``root``; addresses are relative to ``result.json``, so no path is told.

    Attributes:
        root: holds a folder for each job.
        folder: the folder's name; None is the job's.
    """

    kind: ClassVar[Literal["local"]] = "local"
    room: ClassVar[None] = None
    root: Path
    folder: str | None = None

    def check(self) -> None:
        """Writes a file into the root folder, which is made for it if it is not there.

        Raises:
            StartError: if it cannot.
        """
        try:
            is_new = not self.root.exists()
            self.root.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self.root):
                pass
            if is_new:
                self.root.rmdir()
        except OSError as error:
            raise StartError(f"OUTPUT_DIR={str(self.root)!r}: cannot be written: {error.strerror}") from error

    def find(self, key: str) -> Result | None:  # noqa: ARG002
        """Never: who runs a job on their own machine wants to see it run."""
        return None

    @contextmanager
    def deliver(self, name: str) -> Iterator["LocalDelivery"]:
        """Opens a delivery into ``{root}/{folder or name}/``."""
        delivery = LocalDelivery(self.root / (self.folder or name))
        try:
            yield delivery
        finally:
            delivery.close()


@dataclass(frozen=True)
class LocalDelivery:
    """Moves files into a folder, once all are there; of two at a time the later one's are there in the end.

    Attributes:
        folder: is made if missing.
        token: is this delivery's alone.
    """

    folder: Path
    token: str = field(default_factory=lambda: uuid4().hex)

    @property
    def incoming(self) -> Path:
        """Where the files are until the result is sealed."""
        return self.folder / f"{INCOMING}{self.token}"

    def share(self, file: Path) -> str | None:  # noqa: ARG002
        """Never: a path of this machine is no address."""
        return None

    def send(self, files: Sequence[Path]) -> None:
        """Does nothing: moving them takes no time."""

    def put(self, files: Sequence[Path], *, step: StageStep, warn: Warn) -> Stored:  # noqa: ARG002
        """Moves the files beside an earlier result of the same name."""
        try:
            self.incoming.mkdir(parents=True, exist_ok=True)
            for done, file in enumerate(files, 1):
                shutil.move(file, self.incoming / file.name)
                step(done, len(files))
        except OSError as error:
            raise StorageFailed("The results could not be written to the output folder.") from error
        return Stored({file.name: file.name for file in files})

    def seal(self, key: str, result: Result, *, step: StageStep) -> None:  # noqa: ARG002
        """Writes ``result.json``, puts all in the earlier result's place, and tells the log where it is.

        Other files in the folder stay. ``result.json`` goes first and comes last: where it lies, all does.
        """
        try:
            self.incoming.mkdir(parents=True, exist_ok=True)
            (self.incoming / RESULT).write_text(result.model_dump_json(indent=2), "utf-8")
            with _alone_in(self.folder):
                for pattern in (RESULT, *RESULT_FILES):
                    for old in self.folder.glob(pattern):
                        old.unlink()
                for file in sorted(self.incoming.iterdir(), key=lambda file: file.name == RESULT):
                    file.rename(self.folder / file.name)
        except OSError as error:
            raise StorageFailed("The result could not be written to the output folder.") from error
        log.info("the results are in %s", self.folder.resolve())

    def close(self) -> None:
        """Removes what was put and not sealed, what killed workers left, and the folder if that is empty."""
        shutil.rmtree(self.incoming, ignore_errors=True)
        long_ago = time.time() - LEFT_S
        with suppress(OSError):
            for left in self.folder.glob(f"{INCOMING}*"):
                if left.stat().st_mtime < long_ago:
                    shutil.rmtree(left, ignore_errors=True)
            self.folder.rmdir()


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keeps other deliveries waiting, where the file system has locks."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
