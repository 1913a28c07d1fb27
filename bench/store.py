"""The soak's bucket: a real S3 server on this machine with a proxy before it, and what must lie in it."""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from tests.storage.fault_proxy import FaultProxy, fault_proxy
from tests.storage.s3_server import KEY, SECRET, executable, s3_server

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET, PREFIX = "soak", "meshes/"
LAST = {"result.json", "manifest.json"}  # beside a complete job's files


@dataclass(frozen=True)
class Store:
    """The bucket.

    Attributes:
        client: reaches it past the proxy.
        proxy: what the worker reaches it through.
    """

    client: "S3Client"
    proxy: FaultProxy

    @property
    def environ(self) -> Mapping[str, str]:
        """The worker's settings."""
        return {
            "BUCKET_NAME": BUCKET,
            "BUCKET_ENDPOINT_URL": self.proxy.url,
            "BUCKET_ACCESS_KEY_ID": KEY,
            "BUCKET_SECRET_ACCESS_KEY": SECRET,
            "BUCKET_REGION": "us-east-1",
            "BUCKET_PREFIX": PREFIX,
        }

    def wrong(
        self,
        results: Mapping[str, Mapping[str, Any]],
        torn: Collection[str],
        cancelled: Collection[str] = (),
    ) -> list[str]:
        """What is not as it should be.

        Args:
            results: the good jobs' results by id.
            torn: jobs that failed while the bucket could not be reached, not even to remove what was there.
            cancelled: jobs that were cancelled; one whose result was sealed just before is whole.
        """
        lying: dict[str, dict[str, str]] = {}  # keys by job and by the file's name
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=PREFIX):
            for item in page.get("Contents", []):
                job_id, *_run, name = item["Key"].removeprefix(PREFIX).split("/")
                lying.setdefault(job_id, {})[name] = item["Key"]
        found = [f"{one} has no folder" for one in results.keys() - lying.keys()]
        for job_id, keys in lying.items():
            if job_id.startswith("."):
                continue
            if job_id in results:
                found += self._wrong_in(job_id, keys, results[job_id])
            elif job_id in cancelled and keys.keys() >= LAST:
                found += self._wrong_in(job_id, keys, json.loads(self._read(keys["result.json"])))
            elif job_id not in torn or keys.keys() & LAST:
                found.append(f"{job_id} has {', '.join(sorted(keys))}")
        return found

    def _wrong_in(self, job_id: str, keys: Mapping[str, str], result: Mapping[str, Any]) -> list[str]:
        names = keys.keys()
        sums = {file["name"]: file["sha256"] for file in _files(result["files"])}
        found = [f"{job_id} lacks {name}" for name in (sums.keys() | LAST) - names]
        found += [f"{job_id} has {name}, too" for name in names - sums.keys() - LAST - {"anchor_mesh.glb"}]
        for name in names & sums.keys():
            if sha256(self._read(keys[name])).hexdigest() != sums[name]:
                found.append(f"{job_id}/{name} has another sum")
        return found

    def _read(self, key: str) -> bytes:
        return self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def _files(tree: object) -> Iterator[Mapping[str, Any]]:
    """The files of a result, wherever they stand in it."""
    if isinstance(tree, Mapping) and "sha256" in tree:
        yield tree
    elif isinstance(tree, Mapping | list):
        for branch in tree.values() if isinstance(tree, Mapping) else tree:
            yield from _files(branch)


@contextmanager
def open_store(folder: Path) -> Iterator[Store | None]:
    """Runs the server with its data in a folder; None where it is not installed."""
    juicefs = executable()
    if juicefs is None:
        yield None
        return
    data = folder / "s3"
    data.mkdir()
    with s3_server(juicefs, data) as url, fault_proxy(url) as proxy:
        client = boto3.client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )
        client.create_bucket(Bucket=BUCKET)
        yield Store(client, proxy)
