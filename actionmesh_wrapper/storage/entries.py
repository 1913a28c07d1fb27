"""What equal jobs find each other's results by: entries in a bucket, one for each run.

An entry is a hint and no promise. It names a run's folder, whose manifest and files are looked at before the
result is given out; an entry that leads nowhere is passed over.
"""

import logging
from typing import TYPE_CHECKING

from pydantic import ValidationError

from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.storage.bucket import CACHE, Bucket, reading_answers
from actionmesh_wrapper.storage.manifest import MANIFEST, Manifest, Sealed, relinked

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ObjectTypeDef

log = logging.getLogger(__name__)

TRIES = 8  # of the newest entries, until one leads to a whole result


def entry_key(bucket: Bucket, key: str, run: str) -> str:
    """The key of a run's entry.

    Args:
        bucket: where it lies.
        key: what equal jobs share, 64 hexadecimal digits.
        run: the run's token.
    """
    return bucket.key(f"{CACHE}/{key}", f"{run}.json")


def find_equal(bucket: Bucket, key: str) -> Result | None:
    """The newest whole result of jobs that share ``key``, with new addresses; what it raises is boto's."""
    entries = sorted(_listed(bucket, f"{CACHE}/{key}"), key=lambda item: item["LastModified"], reverse=True)
    for entry in entries[:TRIES]:
        try:
            result = _whole(bucket, entry["Key"])
        except ValidationError:
            log.warning("%s is no entry for equal jobs", entry["Key"], exc_info=True)
            continue
        if result is not None:
            return result
    return None


def _whole(bucket: Bucket, entry: str) -> Result | None:
    """The result of an entry, if its manifest is of the same files and these are there."""
    if (content := bucket.read(entry)) is None:
        return None
    sealed = Sealed.model_validate_json(content)
    folder, files = sealed.name, sealed.result.files.all()
    manifest = bucket.read(bucket.key(folder, MANIFEST))
    if manifest is None or not Manifest.model_validate_json(manifest).holds(sealed.result):
        return None
    sizes = {item["Key"]: item["Size"] for item in _listed(bucket, folder)}
    if any(sizes.get(bucket.key(folder, file.name)) != file.bytes for file in files):
        return None
    return relinked(sealed.result, bucket.stored(folder, [file.name for file in files]))


def _listed(bucket: Bucket, folder: str) -> list["ObjectTypeDef"]:
    """The objects of a folder that the server tells key, size and time of."""
    with reading_answers():
        listed = bucket.client.list_objects_v2(Bucket=bucket.bucket, Prefix=bucket.key(folder, ""))
    return [item for item in listed.get("Contents", []) if item.keys() >= {"Key", "Size", "LastModified"}]
