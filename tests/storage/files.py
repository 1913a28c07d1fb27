"""What the storages' tests share."""

from collections.abc import Mapping
from pathlib import Path


def ignore(*_: object) -> None:
    """A step, or a warning, that nobody listens to."""


def make_files(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Writes files into ``folder/made`` and returns their paths, in order."""
    made = folder / "made"
    made.mkdir(exist_ok=True)
    for name, content in contents.items():
        (made / name).write_bytes(content)
    return [made / name for name in contents]
