import os
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from actionmesh_wrapper.errors import Cancelled, StorageFailed
from actionmesh_wrapper.storage import retry, upload
from actionmesh_wrapper.storage.s3 import S3
from tests.storage.moody import MoodyClient, refusal

TWO_PARTS = 12_000_000


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_WAIT_S", 0.001)


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "WHOLE_BYTES", 1_000_000)


def moody(storage: S3, **plan: Any) -> tuple[S3, MoodyClient]:
    client = MoodyClient(storage.client, **plan)
    return replace(storage, client=client, patience_s=5), client  # type: ignore[arg-type]  # stands for one


def send(storage: S3, tmp_path: Path, size: int, *, stop: Event | None = None) -> bytes:
    content = os.urandom(size)
    (tmp_path / "archive.zip").write_bytes(content)
    key = storage.key(tmp_path.name, "archive.zip")
    upload.upload(storage, key, tmp_path / "archive.zip", stop=stop or Event())
    return content


def stored(storage: S3, tmp_path: Path) -> bytes | None:
    return storage.read(storage.key(tmp_path.name, "archive.zip"))


def parts_left(storage: S3, tmp_path: Path) -> list[str]:
    key = storage.key(tmp_path.name, "archive.zip")
    listed = storage.client.list_multipart_uploads(Bucket=storage.bucket, Prefix=key)
    return [begun["Key"] for begun in listed.get("Uploads", [])]


@pytest.mark.parametrize("size", [0, 1, 3_000_000])
def test_a_file_goes_up_whole(storage: S3, tmp_path: Path, size: int) -> None:
    ours, client = moody(storage)
    assert send(ours, tmp_path, size) == stored(storage, tmp_path)
    assert client.calls == {"put_object": 1, "head_object": 1}


@pytest.mark.usefixtures("in_parts")
def test_a_large_file_goes_up_in_parts_with_its_type(storage: S3, tmp_path: Path) -> None:
    ours, client = moody(storage)
    assert send(ours, tmp_path, TWO_PARTS) == stored(storage, tmp_path)
    assert client.calls["upload_part"] == 2
    head = storage.client.head_object(Bucket="results", Key=storage.key(tmp_path.name, "archive.zip"))
    assert head["ContentType"] == "application/zip"
    assert head["ContentDisposition"] == 'inline; filename="archive.zip"'


@pytest.mark.usefixtures("in_parts")
def test_a_part_that_fails_is_all_that_is_sent_again(storage: S3, tmp_path: Path) -> None:
    ours, client = moody(storage, upload_part=[None, refusal(503, "SlowDown"), refusal(400, "BadDigest")])
    assert send(ours, tmp_path, TWO_PARTS) == stored(storage, tmp_path)
    assert (client.calls["upload_part"], client.calls["create_multipart_upload"]) == (4, 1)


@pytest.mark.usefixtures("in_parts")
def test_an_upload_that_the_server_dropped_begins_anew(storage: S3, tmp_path: Path) -> None:
    def completed_but_not_told() -> None:
        raise storage.client.exceptions.NoSuchUpload(
            refusal(404, "NoSuchUpload").response, "CompleteMultipartUpload"
        )

    ours, client = moody(storage, complete_multipart_upload=[completed_but_not_told])
    assert send(ours, tmp_path, TWO_PARTS) == stored(storage, tmp_path)
    assert client.calls["create_multipart_upload"] == 2


@pytest.mark.usefixtures("in_parts")
def test_parts_of_a_file_that_cannot_be_stored_are_dropped(storage: S3, tmp_path: Path) -> None:
    ours, client = moody(storage, complete_multipart_upload=[refusal(403, "AccessDenied")])
    with pytest.raises(StorageFailed, match="refuses the key"):
        send(ours, tmp_path, TWO_PARTS)
    assert client.calls["abort_multipart_upload"] == 1
    assert parts_left(storage, tmp_path) == []


@pytest.mark.usefixtures("in_parts")
def test_a_cancel_between_parts_drops_them(storage: S3, tmp_path: Path) -> None:
    stop = Event()

    def cancelled() -> dict[str, str]:
        stop.set()
        return {"ETag": "x"}

    ours, client = moody(storage, upload_part=[cancelled])
    with pytest.raises(Cancelled):
        send(ours, tmp_path, TWO_PARTS, stop=stop)
    assert (client.calls["upload_part"], client.calls["abort_multipart_upload"]) == (1, 1)
    assert stored(storage, tmp_path) is None
    assert parts_left(storage, tmp_path) == []


def test_a_file_that_is_not_there_as_it_was_sent_is_sent_again(storage: S3, tmp_path: Path) -> None:
    cut: dict[str, int] = {}
    moods = [lambda: {"ContentLength": 3}, refusal(404, "404"), lambda: cut]
    ours, client = moody(storage, head_object=moods)
    assert send(ours, tmp_path, 4) == stored(storage, tmp_path)
    assert (client.calls["put_object"], client.calls["head_object"]) == (4, 4)


def test_a_look_that_fails_is_repeated_alone(storage: S3, tmp_path: Path) -> None:
    ours, client = moody(storage, head_object=[refusal(503, "503"), refusal(500, "500")])
    assert send(ours, tmp_path, 4) == stored(storage, tmp_path)
    assert (client.calls["put_object"], client.calls["head_object"]) == (1, 3)


@pytest.mark.usefixtures("in_parts")
def test_an_answer_that_was_cut_is_asked_for_again(storage: S3, tmp_path: Path) -> None:
    cut: dict[str, str] = {}
    ours, client = moody(storage, create_multipart_upload=[lambda: cut], upload_part=[lambda: cut])
    assert send(ours, tmp_path, TWO_PARTS) == stored(storage, tmp_path)
    assert (client.calls["upload_part"], client.calls["create_multipart_upload"]) == (3, 2)


def test_a_cancel_ends_a_body_that_is_being_sent(storage: S3, tmp_path: Path) -> None:
    stop = Event()
    (tmp_path / "archive.zip").write_bytes(bytes(1000))
    with upload._Body(tmp_path / "archive.zip", stop) as body:
        assert len(body.read(600)) == 600
        assert len(body.read()) == 400
        stop.set()
        body.seek(0)
        with pytest.raises(Cancelled):
            storage.client.put_object(Bucket="results", Key="meshes/cancelled/archive.zip", Body=body)
    assert storage.read("meshes/cancelled/archive.zip") is None


def test_a_file_that_is_gone_is_an_error_without_a_path(storage: S3, tmp_path: Path) -> None:
    with pytest.raises(StorageFailed) as caught:
        upload.upload(storage, "meshes/gone/archive.zip", tmp_path / "archive.zip", stop=Event())
    assert caught.value.message == "A result file could not be read."
