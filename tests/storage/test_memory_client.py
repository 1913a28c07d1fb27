import io
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from actionmesh_wrapper.storage.s3 import S3
from tests.storage.files import keys_of
from tests.storage.memory_client import MemoryClient


def answers(bucket: S3, folder: str) -> list[Any]:
    """What a bucket answers to one thing of each kind."""
    one, two = (bucket.key(folder, name) for name in ("a.glb", "b.glb"))
    answered: list[Any] = [keys_of(bucket, folder)]
    bucket.write(one, b"one")
    bucket.client.put_object(Bucket=bucket.bucket, Key=two, Body=io.BytesIO(b"first"))
    bucket.write(two, b"second")
    listed = bucket.client.list_objects_v2(Bucket=bucket.bucket, Prefix=bucket.key(folder, ""))["Contents"]
    answered += [(item["Key"], item["Size"], item["LastModified"].tzinfo is not None) for item in listed]
    answered += [bucket.read(one), bucket.read(two)]
    answered.append(bucket.client.head_object(Bucket=bucket.bucket, Key=two)["ContentLength"])
    bucket.delete(two)
    bucket.delete(two)
    answered.append(bucket.read(two))
    with pytest.raises(ClientError) as caught:
        bucket.client.head_object(Bucket=bucket.bucket, Key=two)
    return [*answered, caught.value.response["ResponseMetadata"]["HTTPStatusCode"]]


def test_answers_as_a_real_server_does(storage: S3) -> None:
    memory = replace(storage, client=MemoryClient({}))  # type: ignore[arg-type]  # stands for boto's
    assert answers(memory, "memory-1") == answers(storage, "memory-1")


@pytest.mark.parametrize("lands", [False, True])
def test_refuses_one_write_which_may_be_done_all_the_same(*, lands: bool) -> None:
    objects: dict[str, bytes] = {}
    bucket = S3(MemoryClient(objects, refused=1, lands=lands), "results", "", 600)  # type: ignore[arg-type]  # as above
    bucket.write("job/a", b"1")
    with pytest.raises(ClientError, match="AccessDenied"):
        bucket.write("job/b", b"2")
    bucket.write("job/c", b"3")
    assert sorted(objects) == ["job/a", *(["job/b"] if lands else []), "job/c"]
