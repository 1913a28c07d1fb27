"""What jobs that died left in a bucket."""

import logging
import re
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from pydantic import ValidationError

from actionmesh_wrapper.storage.bucket import CACHE, PROBE, Bucket, headers
from actionmesh_wrapper.storage.manifest import MANIFEST, RESULT, Sealed, is_ours
from actionmesh_wrapper.storage.retry import keep_trying

log = logging.getLogger(__name__)

LOOKS = 16  # at a time
PATIENCE_S = 30.0

# What lies below the prefix, as this worker names it.
_RUN = re.compile(r"\w[\w.-]{0,99}/[0-9a-f]{32}", re.ASCII)  # a folder
_PROBE = re.compile(rf"{re.escape(PROBE)}/[0-9a-f]{{32}}")
_ENTRY = re.compile(rf"{re.escape(CACHE)}/[0-9a-f]{{64}}/[0-9a-f]{{32}}\.json")

_Folder = dict[str, datetime]
"""When each file of a folder was written; one of a folder below it has a name with a ``/``."""


def leftovers(bucket: Bucket, *, before: datetime) -> list[str]:
    """Keys of a bucket that nobody needs any more.

    They are those of runs' folders that hold no whole result, of the check's probes, and of entries for equal
    jobs whose result is gone. A folder with anything else in it is passed over, and so is an object without
    the Content-Disposition that the worker gives each of its own.

    Args:
        bucket: is listed, prefix and below.
        before: only what was written before it; must be longer ago than any job takes.

    Raises:
        StorageFailed: if the bucket cannot be read.
    """
    folders = keep_trying(partial(_folders, bucket), patience_s=PATIENCE_S)
    whole = {name for name, files in folders.items() if _is_whole(files)}
    entries = _old(bucket, folders, _ENTRY, before)
    keys = [
        *_of_dead_runs(bucket, folders, before),
        *_old(bucket, folders, _PROBE, before),
        *(key for key in entries if _is_dangling(bucket, key, whole)),
    ]
    with ThreadPoolExecutor(LOOKS) as pool:
        written = list(pool.map(partial(_is_written_by_worker, bucket), keys))
    return [key for key, ours in zip(keys, written, strict=True) if ours]


def _folders(bucket: Bucket) -> dict[str, _Folder]:
    """What lies below the prefix, by folder, and by the folders in these."""
    folders: dict[str, _Folder] = defaultdict(dict)
    pages = bucket.client.get_paginator("list_objects_v2").paginate(
        Bucket=bucket.bucket, Prefix=bucket.prefix
    )
    for page in pages:
        for item in page.get("Contents", []):
            *path, file = item["Key"].removeprefix(bucket.prefix).split("/", 2)
            folders["/".join(path)][file] = item["LastModified"]
    return folders


def _is_whole(files: _Folder) -> bool:
    """Whether a result is; a manifest alone is one that the server stored after it had been taken back."""
    return MANIFEST in files and RESULT in files


def _of_dead_runs(bucket: Bucket, folders: dict[str, _Folder], before: datetime) -> Iterator[str]:
    for name, files in folders.items():
        is_a_runs = _RUN.fullmatch(name) and all(is_ours(file) for file in files)
        if is_a_runs and not _is_whole(files) and max(files.values()) < before:
            yield from (bucket.key(name, file) for file in files)


def _old(
    bucket: Bucket, folders: dict[str, _Folder], ours: re.Pattern[str], before: datetime
) -> Iterator[str]:
    for folder, files in folders.items():
        for file, written in files.items():
            if ours.fullmatch(f"{folder}/{file}") and written < before:
                yield bucket.key(folder, file)


def _is_dangling(bucket: Bucket, key: str, whole: set[str]) -> bool:
    """Whether an entry for equal jobs is one, and of a run whose result is not there."""
    entry = keep_trying(partial(bucket.read, key), patience_s=PATIENCE_S)
    try:
        return entry is not None and Sealed.model_validate_json(entry).name not in whole
    except ValidationError:
        return False


def _is_written_by_worker(bucket: Bucket, key: str) -> bool:
    """Whether an object is stored as the worker stores its own."""
    head = keep_trying(
        lambda: bucket.client.head_object(Bucket=bucket.bucket, Key=key), patience_s=PATIENCE_S
    )
    if head.get("ContentDisposition") == headers(key)["ContentDisposition"]:
        return True
    log.warning("%s is named like a leftover, but no worker wrote it: it stays", key)
    return False
