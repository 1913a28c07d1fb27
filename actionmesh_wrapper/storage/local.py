"""Results in a folder of this machine: ``{root}/{job_id}/``."""

import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import ClassVar, Literal

from actionmesh_wrapper.errors import StartError, StorageFailed
from actionmesh_wrapper.notice import Warn
from actionmesh_wrapper.progress import Part
from actionmesh_wrapper.result import Result
from actionmesh_wrapper.storage.stored import RESULT, Stored

log = logging.getLogger(__name__)

OURS = (
    *(RESULT, "mesh_???.glb", "animated_mesh.glb", "mask_???.png"),
    *("animated_mesh.usdz", "animated_mesh.blend", "animated_mesh_blender.glb"),
    *("preview.mp4", "preview.webp", "poster.png", "archive.zip"),
)


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

    def share(self, name: str, file: Path) -> str | None:  # noqa: ARG002
        """Never: a path of this machine is no address."""
        return None

    def put(self, name: str, files: Sequence[Path], *, step: Part, warn: Warn) -> Stored:  # noqa: ARG002
        """Moves the files in; an earlier result of the same name goes, other files in the folder stay."""
        folder = self.path(name)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for pattern in OURS:
                for old in folder.glob(pattern):
                    old.unlink()
            for done, file in enumerate(files, 1):
                shutil.move(file, folder / file.name)
                step(done, len(files))
        except OSError as error:
            raise StorageFailed("The results could not be written to the output folder.") from error
        return Stored({file.name: file.name for file in files})

    def seal(self, name: str, key: str, result: Result) -> None:  # noqa: ARG002
        """Writes ``result.json``, and tells the log where the results are."""
        folder = self.path(name)
        try:
            (folder / RESULT).write_text(result.model_dump_json(indent=2), "utf-8")
        except OSError as error:
            raise StorageFailed("The result could not be written to the output folder.") from error
        log.info("the results are in %s", folder.resolve())

    def path(self, name: str) -> Path:
        """The folder of a job."""
        return self.root / (self.folder or name)
