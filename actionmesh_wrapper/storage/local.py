"""Results in a folder of this machine: ``{root}/{job_id}/``."""

import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import ClassVar, Literal

from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.progress import StageStep, Warn
from actionmesh_wrapper.errors import StartError, StorageFailed
from actionmesh_wrapper.storage.manifest import RESULT, RESULT_FILES, Stored

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Local:
    """Keeps results in folders of ``root``; addresses are relative to ``result.json``, so no path is told.

    Attributes:
        root: holds a folder for each job.
        folder: the folder's name; None is the job's.
    """

    kind: ClassVar[Literal["local"]] = "local"
    prefers_compact: ClassVar[bool] = False
    root: Path
    folder: str | None = None

    def check(self) -> None:
        """Makes the root folder and writes a file in it.

        Raises:
            StartError: if it cannot.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self.root):
                pass
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
        except BaseException:
            delivery.undo()
            raise


@dataclass(frozen=True)
class LocalDelivery:
    """Moves files into a folder.

    Attributes:
        folder: is made if missing.
        stored: the files that were put there.
    """

    folder: Path
    stored: list[Path] = field(default_factory=list)

    def share(self, file: Path) -> str | None:  # noqa: ARG002
        """Never: a path of this machine is no address."""
        return None

    def send(self, files: Sequence[Path]) -> None:
        """Does nothing: moving them takes no time."""

    def put(self, files: Sequence[Path], *, step: StageStep, warn: Warn) -> Stored:  # noqa: ARG002
        """Moves the files in; an earlier result of the same name goes, other files in the folder stay."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for pattern in (RESULT, *RESULT_FILES):
                for old in self.folder.glob(pattern):
                    old.unlink()
            for done, file in enumerate(files, 1):
                self.stored.append(self.folder / file.name)
                shutil.move(file, self.stored[-1])
                step(done, len(files))
        except OSError as error:
            raise StorageFailed("The results could not be written to the output folder.") from error
        return Stored({file.name: file.name for file in files})

    def seal(self, key: str, result: Result, *, step: StageStep) -> None:  # noqa: ARG002
        """Writes ``result.json``, and tells the log where the results are."""
        self.stored.append(self.folder / RESULT)
        try:
            self.stored[-1].write_text(result.model_dump_json(indent=2), "utf-8")
        except OSError as error:
            raise StorageFailed("The result could not be written to the output folder.") from error
        log.info("the results are in %s", self.folder.resolve())

    def undo(self) -> None:
        """Removes what was put, and the folder if that leaves it empty."""
        with suppress(OSError):
            for path in reversed(self.stored):
                path.unlink(missing_ok=True)
            self.folder.rmdir()
