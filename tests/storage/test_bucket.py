from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from actionmesh_wrapper.storage.bucket import base64_md5, headers
from actionmesh_wrapper.storage.s3 import S3


def test_links_into_a_bucket_that_is_open_to_all_have_no_signature_and_no_end(storage: S3) -> None:
    for base in ("https://cdn.example.com/a", "https://cdn.example.com/a/"):
        public = replace(storage, public_url=base, prefix="my meshes+/ü/")
        assert public.link("job-1", "preview.mp4") == (
            "https://cdn.example.com/a/my%20meshes%2B/%C3%BC/job-1/preview.mp4"
        )
        stored = public.stored("job-1", ["preview.mp4"])
        assert stored.urls == {"preview.mp4": public.link("job-1", "preview.mp4")}
        assert stored.expires_at is None


def test_other_links_end_when_they_say(storage: S3) -> None:
    stored = replace(storage, link_ttl_s=600).stored("job-1", ["preview.mp4"])
    assert "X-Amz-Expires=600&" in (stored.urls["preview.mp4"] or "")
    ends = datetime.fromisoformat(stored.expires_at or "")
    assert abs(ends - datetime.now(UTC) - timedelta(seconds=600)) < timedelta(seconds=5)


def test_objects_are_written_read_and_deleted(storage: S3) -> None:
    key = storage.key("bucket-1", "result.json")
    assert key == "meshes/bucket-1/result.json"
    storage.write(key, b"{}")
    assert storage.read(key) == b"{}"
    found = storage.client.head_object(Bucket=storage.bucket, Key=key)
    assert (found["ContentType"], found["ContentDisposition"]) == (
        "application/json",
        'inline; filename="result.json"',
    )
    storage.delete(key)
    storage.delete(key)
    assert storage.read(key) is None


def test_the_server_refuses_bytes_that_changed_on_the_way(storage: S3) -> None:
    with pytest.raises(ClientError, match="BadDigest"):
        storage.client.put_object(
            Bucket=storage.bucket,
            Key="meshes/bucket-2/preview.mp4",
            Body=b"changed",
            ContentMD5=base64_md5(b"as they were"),
            **headers("preview.mp4"),
        )
    assert storage.read("meshes/bucket-2/preview.mp4") is None
