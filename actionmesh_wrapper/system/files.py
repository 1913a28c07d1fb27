"""Writing files: so that nobody ever sees half of one, and what stands in the way, in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from actionmesh_wrapper.errors import ExportFailed


def unwritable(folder: Path) -> str | None:
    """Makes a folder if it is not there, tries to write in it, and says what speaks against that, or None."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        return f"{folder} cannot be written: {error.strerror}."
    return None


def in_words(error: OSError) -> str:
    """What the system says, of which file, without its number."""
    reason = error.strerror or str(error)
    return reason if error.filename is None else f"{error.filename}: {reason}"


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
