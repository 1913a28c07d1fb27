"""Results in the answer itself, for a serverless worker without a bucket."""

import base64
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, Self

from actionmesh_wrapper.contract.outputs import media_type
from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.progress import Notice, StageStep, Warn
from actionmesh_wrapper.errors import StorageFailed
from actionmesh_wrapper.host import Host
from actionmesh_wrapper.storage.manifest import Stored

REST_BYTES = 500_000  # of an answer, for all but the files
NAMED = 40  # files in a warning
HEADS = 500  # bytes for what stands before the content of a few files


@dataclass(frozen=True)
class Inline:
    """Gives each file as a ``data:`` URL while the answer has room, in the order given.

    It is its own delivery: nothing is stored, so nothing is to be removed.

    Attributes:
        answer_bytes: the longest answer, in bytes; None: any.
    """

    kind: ClassVar[Literal["inline"]] = "inline"
    answer_bytes: int | None = None

    @classmethod
    def of(cls, host: Host) -> Self:
        """Files in the answers of a host."""
        return cls(host.answer_bytes)

    @property
    def room(self) -> int | None:
        """How many bytes a few files may have: in base64 three of them have four characters."""
        return None if self.answer_bytes is None else (self.answer_bytes - REST_BYTES) // 4 * 3 - HEADS

    def check(self) -> None:
        """Does nothing: there is always an answer."""

    def find(self, key: str) -> Result | None:  # noqa: ARG002
        """Never: answers are not kept."""
        return None

    def deliver(self, name: str) -> AbstractContextManager[Self]:  # noqa: ARG002
        """Opens a delivery that has all of the answer's room."""
        return nullcontext(self)

    def share(self, file: Path) -> str | None:  # noqa: ARG002
        """Never: progress, which is told twice a second, is no place for a file."""
        return None

    def send(self, files: Sequence[Path]) -> None:
        """Does nothing: which files have room is known once all are there."""

    def put(self, files: Sequence[Path], *, step: StageStep, warn: Warn) -> Stored:
        """Encodes the files; those that no longer fit get no address, and a warning names them."""
        urls: dict[str, str | None] = {}
        left = float("inf") if self.answer_bytes is None else self.answer_bytes - REST_BYTES
        for done, file in enumerate(files, 1):
            urls[file.name] = _data_url(file, left)
            left -= len(urls[file.name] or "")
            step(done, len(files))
        missing = [name for name, url in urls.items() if url is None]
        if missing:
            more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
            warn(
                Notice(
                    "FILES_LEFT_OUT",
                    f"Without a bucket the answer has room for {(self.answer_bytes or 0) / 1e6:g} MB; "
                    f"left out: {', '.join(missing[:NAMED])}{more}.",
                )
            )
        return Stored(urls)

    def seal(self, key: str, result: Result, *, step: StageStep) -> None:
        """Does nothing: the answer is the result."""


def _data_url(file: Path, room: float) -> str | None:
    """The file as a ``data:`` URL, or None if that has more than ``room`` characters."""
    head = f"data:{media_type(file.name)};base64,"
    try:
        if len(head) + -(-file.stat().st_size // 3) * 4 > room:
            return None
        return head + base64.b64encode(file.read_bytes()).decode()
    except OSError as error:
        raise StorageFailed("A result file could not be read.") from error
