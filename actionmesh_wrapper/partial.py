"""Files that are whole or not there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def no_partial(path: Path) -> Iterator[None]:
    """Removes a file if what is done meanwhile fails, or is cancelled."""
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise
