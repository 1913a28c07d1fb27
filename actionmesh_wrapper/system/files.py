"""Writing a file so that nobody ever sees half of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from actionmesh_wrapper.errors import ExportFailed


@contextmanager
def no_partial(path: Path) -> Iterator[None]:
    """Removes a file if what is done meanwhile fails, or is cancelled."""
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


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
