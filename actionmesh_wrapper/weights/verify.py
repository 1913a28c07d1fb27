"""Whether weights are what they should be: names, sizes and hashes.

A file is compared with, first, the table's own hash; else the marker's, which the fetch took from the hub;
else, in a cache of the hub's layout, the name of the blob that it links to. The first finds a wilful change,
too; the others find damage, and any change that stops short of the marker or the link.

The safetensors format: 8 bytes with the header's length N (little-endian), N bytes of JSON (a tensor's name
to its dtype, shape and place), then the tensors' bytes without a gap.
"""

import hashlib
import json
import logging
import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.weights.marker import MARKER, Known, Marker
from actionmesh_wrapper.weights.search import Weights
from actionmesh_wrapper.weights.table import Repository

log = logging.getLogger(__name__)
Check = Literal["full", "sizes"]

LENGTH_BYTES = 8  # of a safetensors header's length
MAX_HEADER_BYTES = 100_000_000  # the format's own limit
METADATA = "__metadata__"
BLOCK_BYTES = 8 << 20  # read at a time; hashing lets go of the interpreter's lock meanwhile
SMALL_BYTES = 1 << 20  # up to this size, and for code whatever its size, a hash costs nothing
GIT_DIGITS = 40  # of SHA-1


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


def verify(weights: Weights, check: Check = "full") -> None:
    """Checks every repository that was found, several files at a time.

    Args:
        weights: what `find` has found; a repository that is not required may be missing.
        check: ``full`` hashes every file; ``sizes`` only the small ones and the code.

    Raises:
        StartError: naming each repository, and each file that is missing, short or of another hash.
    """
    started = time.monotonic()
    present = [item for item in weights.repositories if item.folder in weights.paths]
    with ThreadPoolExecutor(max_workers=len(weights.repositories)) as threads:
        problems = list(threads.map(lambda item: inspect(weights.paths[item.folder], item, check), present))
    wrong = [
        f"{item} in {weights.paths[item.folder]}: {line}"
        for item, lines in zip(present, problems, strict=True)
        for line in lines
    ]
    for item in weights.missing:
        why = f"{item}: {weights.absent.get(item.folder, 'not found')}"
        if item.required:
            wrong.append(why)
        elif not item.by_name_only:
            log.warning("missing, but not required: %s", why)
    if wrong:
        raise StartError("\n".join(["The weights cannot be used:", *wrong]))
    log.info("weights verified (%s) in %.1f s", check, time.monotonic() - started)


def inspect(folder: Path, repository: Repository, check: Check) -> list[str]:
    """What is wrong with a repository's folder, a line a problem."""
    try:
        marker = Marker.read(folder)
    except (ValueError, OSError) as error:
        return [str(error)]
    if marker is None:
        if folder.name != repository.revision:
            return [f"it has neither a {MARKER} nor the revision as its name"]
        known = {name: _known_by_link(folder / name) for name in repository.files}
        return compare(folder, repository, known, check)
    if (marker.repository, marker.revision) != (repository.name, repository.revision):
        return [f"it has {marker.repository}@{marker.revision}"]
    return [*compare(folder, repository, marker.files, check), *unknown_files(folder, repository)]


def compare(folder: Path, repository: Repository, known: Mapping[str, Known], check: Check) -> list[str]:
    """Holds the repository's files in a folder to what is known of them; a line a problem."""
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as threads:
        tasks = {
            name: threads.submit(
                _problem,
                folder / name,
                known.get(name, Known(None, None)),
                repository.sha256.get(name),
                check,
            )
            for name in repository.files
        }
        return [f"{name}: {problem}" for name, task in tasks.items() if (problem := task.result())]


def digest(path: Path, *, like: str) -> str:
    """The file's hash of the kind that another one is: SHA-256, or with 40 digits git's SHA-1 of a blob."""
    if len(like) == GIT_DIGITS:
        state = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    else:
        state = hashlib.sha256()
    block = bytearray(BLOCK_BYTES)
    view = memoryview(block)
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(block):
            state.update(view[:count])
    return state.hexdigest()


def unknown_files(folder: Path, repository: Repository) -> Iterator[str]:
    """Files that the table does not know: a loader may prefer one of them."""
    allowed = {MARKER, *repository.files}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_dir() and name not in allowed:
            yield f"{name}: not among the repository's files"


def _problem(path: Path, known: Known, pinned: str | None, check: Check) -> str | None:
    """What is wrong with a file, or None."""
    try:
        expected = pinned or known.digest
        if expected is None:
            return "there is no hash to hold it to"
        size = path.stat().st_size
        thorough = check == "full" or size <= SMALL_BYTES or path.suffix == ".py"
        stated = known.size if known.size is not None or thorough else stated_size(path)
        if stated not in {None, size}:
            return f"{size:,} of {stated:,} bytes"
        actual = digest(path, like=expected) if thorough else known.digest or expected
    except FileNotFoundError:
        return "missing"
    except (OSError, StartError) as error:
        return f"unreadable ({error})"
    return None if actual == expected else f"hash {actual} instead of {expected}"


def _known_by_link(path: Path) -> Known:
    """What a file's link into a cache's blobs says of it: a blob's name is its hash."""
    target = path.resolve()
    is_hash = len(target.name) in {GIT_DIGITS, 64} and set(target.name) <= set("0123456789abcdef")
    return Known(None, target.name if target.parent.name == "blobs" and is_hash else None)
