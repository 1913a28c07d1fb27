import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from actionmesh_wrapper.storage import retry
from actionmesh_wrapper.storage.bucket import QUIET_S, base64_md5, headers, reading_answers, remove
from actionmesh_wrapper.storage.retry import Lost
from actionmesh_wrapper.storage.s3 import S3
from tests.storage.moody import MoodyClient, refusal


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
    head = storage.client.head_object(Bucket=storage.bucket, Key=key)
    assert (head["ContentType"], head["ContentDisposition"]) == (
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


def test_what_is_taken_and_not_stored_is_noticed(storage: S3) -> None:
    key = storage.key("bucket-3", "result.json")
    with pytest.raises(Lost):
        moody(storage, put_object=[dict]).write(key, b"{}")
    assert storage.read(key) is None
    storage.write(key, b"{1}")
    with pytest.raises(Lost):
        moody(storage, put_object=[dict]).write(key, b"{2}")  # what was there before is as long
    storage.write(key, b"{2}")
    assert (storage.read(key), storage.size(key)) == (b"{2}", 3)
    storage.delete(key)
    assert storage.size(key) is None


@pytest.mark.parametrize("error", [ValueError, OverflowError])
def test_what_botocores_parser_stumbles_over_is_an_answer_without_sense(error: type[Exception]) -> None:
    with pytest.raises(ResponseParserError), reading_answers():
        raise error


def moody(storage: S3, **plan: Any) -> S3:
    return replace(storage, client=MoodyClient(storage.client, **plan))  # type: ignore[arg-type]  # stands for one


def test_goes_on_through_failures_that_pass(storage: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_WAIT_S", 0.01)
    keys = [f"meshes/removal/mesh_{index:03d}.glb" for index in range(40)]
    for key in keys:
        storage.write(key, b"x")
    busy = moody(storage, delete_object=[refusal(503, "SlowDown")] * 30)
    assert remove(busy, [*keys, "meshes/removal/never.glb"], within_s=10) == []
    assert all(storage.read(key) is None for key in keys)


def test_tells_what_stays(storage: S3) -> None:
    storage.write("meshes/removal/stays.glb", b"x")
    ours = moody(storage, delete_object=[refusal(403, "AccessDenied")])
    assert remove(ours, ["meshes/removal/stays.glb"], within_s=10) == ["meshes/removal/stays.glb"]
    assert remove(storage, ["meshes/removal/stays.glb"], within_s=10) == []
    assert remove(storage, [], within_s=10) == []


def test_gives_up_on_a_server_that_does_nothing(storage: S3) -> None:
    start = time.monotonic()
    gone = moody(storage, delete_object=[refusal(503, "SlowDown")] * 1000)
    keys = [f"meshes/removal/{index}.glb" for index in range(40)]
    assert remove(gone, keys, within_s=60) == keys
    assert QUIET_S <= time.monotonic() - start < 30
