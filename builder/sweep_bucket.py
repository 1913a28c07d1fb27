"""Removes from the bucket what jobs that died left in it; results that are whole stay.

    BUCKET_NAME=… BUCKET_… python builder/sweep_bucket.py [--hours 24] [--dry-run]

The bucket is the worker's: the same variables name it. See `actionmesh_wrapper.storage.leftovers`.
"""

import argparse
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # a script finds only its own folder
from actionmesh_wrapper.errors import StartError, StorageFailed
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage.bucket import remove
from actionmesh_wrapper.storage.leftovers import leftovers
from actionmesh_wrapper.storage.s3 import S3

HOURS = 24  # longer than any job takes
WITHIN_S = 3600.0


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:  # noqa: TID251 – a door of its own
    """Runs the command line; 0 if all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument(
        "--hours", type=float, default=HOURS, help="how long ago it was written; more than a job takes"
    )
    parser.add_argument("--dry-run", action="store_true", help="list it; remove nothing")
    wishes = parser.parse_args(argv)
    if wishes.hours < 1:
        parser.error("--hours: at least 1, or files of jobs that still run would go")
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    try:
        return sweep(_bucket(environ), timedelta(hours=wishes.hours), dry=wishes.dry_run)
    except (StartError, StorageFailed) as error:
        print(error, file=sys.stderr)
        return 1


def sweep(bucket: S3, age: timedelta, *, dry: bool, now: datetime | None = None) -> int:
    """Removes what is older than that, or lists it; 0 if all of it went."""
    keys = leftovers(bucket, before=(now or datetime.now(UTC)) - age)
    left = keys if dry else remove(bucket, keys, within_s=WITHIN_S)
    for key in keys:
        print(f"{'stays' if key in left else 'removed'}: {key}")
    print(f"{len(keys)} leftovers, {len(keys) - len(left)} removed")
    return 0 if dry or not left else 1


def _bucket(environ: Mapping[str, str]) -> S3:
    settings = Settings.from_env(environ)
    if settings.bucket_name is None:
        raise StartError("BUCKET_NAME is missing")
    return S3.from_settings(settings)


if __name__ == "__main__":
    sys.exit(main())
