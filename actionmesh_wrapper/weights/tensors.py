"""What a safetensors file says of itself, read without torch.

The format: 8 bytes with the header's length N (little-endian), N bytes of JSON (a tensor's name to its dtype,
shape and place), then the tensors' bytes without a gap.
"""

import json
from pathlib import Path
from typing import Any

from actionmesh_wrapper.errors import StartError

LENGTH_BYTES = 8
MAX_HEADER_BYTES = 100_000_000  # the format's own limit
METADATA = "__metadata__"


def tensor_names(path: Path) -> frozenset[str]:
    """The names of the tensors in a safetensors file.

    A tensor that two names share is stored, and named, once.

    Raises:
        StartError: if the file is missing, cut short or no safetensors file, or is one of several shards.
    """
    if index := next(path.parent.glob("*.safetensors.index.json"), None):
        raise StartError(f"{path}: {index.name} beside it says that there is more than one file")
    header, size = _header(path)
    if size != path.stat().st_size:
        raise StartError(f"{path}: {path.stat().st_size:,} of {size:,} bytes")
    return frozenset(header)


def stated_size(path: Path) -> int:
    """The size in bytes that a safetensors file should have by its own header.

    Raises:
        StartError: if it has no such header.
    """
    return _header(path)[1]


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """Each tensor's name with what is said of it, and the bytes that the whole file should have."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(LENGTH_BYTES), "little")
            header: dict[str, Any] = json.loads(file.read(min(length, MAX_HEADER_BYTES)))
            header.pop(METADATA, None)
            data = max((entry["data_offsets"][1] for entry in header.values()), default=0)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise StartError(f"{path}: not a safetensors file ({error})") from error
    return header, LENGTH_BYTES + length + data
