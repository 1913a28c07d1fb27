"""The marker: what lies in a folder of weights, written last, so that a folder without one is not whole."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

MARKER = ".actionmesh-weights.json"


@dataclass(frozen=True)
class Known:
    """What is known of a file beforehand.

    Attributes:
        size: in bytes; None if unknown.
        digest: 64 hexadecimal digits for SHA-256, 40 for the SHA-1 of a git blob; None if unknown.
    """

    size: int | None
    digest: str | None


@dataclass(frozen=True)
class Marker:
    """A folder's repository, revision and files."""

    repository: str
    revision: str
    files: Mapping[str, Known]

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The folder's marker, or None if it has none.

        Raises:
            ValueError: if the marker is not one.
            OSError: if it cannot be read.
        """
        try:
            text = (folder / MARKER).read_text("utf-8")
        except FileNotFoundError:
            return None
        try:
            data = json.loads(text)
            files = {
                str(name): Known(int(known["size"]), str(known["digest"]))
                for name, known in data["files"].items()
            }
            return cls(str(data["repository"]), str(data["revision"]), files)
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"{MARKER} is damaged") from error

    def write(self, folder: Path) -> None:
        """Writes it into the folder in one step: it is there whole, or not at all, and outlasts a crash."""
        partial = folder / f"{MARKER}.part"
        with partial.open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=2, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(folder / MARKER)

    @staticmethod
    def remove(folder: Path) -> None:
        """Removes the folder's marker, if it has one: from here on the folder is not whole."""
        (folder / MARKER).unlink(missing_ok=True)
