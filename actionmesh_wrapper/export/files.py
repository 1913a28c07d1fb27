"""Writing a file so that nobody ever sees half of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.partial import no_partial


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Opens a file for writing that appears under ``path`` once it is complete, and not at all otherwise.

    Args:
        path: in a folder that exists; an older file there is replaced.

    Raises:
        ExportFailed: if anything within the ``with`` raises an OSError.
    """
    partial = path.with_name(f"{path.name}.part")
    try:
        with no_partial(partial):
            with partial.open("wb") as file:
                yield file
            partial.replace(path)
    except OSError as error:
        raise ExportFailed(f"The result file {path.name} could not be written.") from error
