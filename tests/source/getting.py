"""A download as the tests want it: from loopback, small, and read back."""

from pathlib import Path
from typing import Any

from actionmesh_wrapper.source.transfer import download
from actionmesh_wrapper.system.addresses import any_addresses

LIMIT = 1_000_000


def ignore(index: int, of: int) -> None:
    """A step that does nothing."""


def get(url: str, path: Path, **options: Any) -> bytes:
    defaults: dict[str, Any] = {"max_bytes": LIMIT, "step": ignore, "find": any_addresses}
    download(url, path, **defaults | options)
    return path.read_bytes()
