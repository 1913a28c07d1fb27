"""Our storage against SeaweedFS, which checks what JuiceFS does not: sums, CORS, lifecycles."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError

from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.errors import StartError, StorageFailed
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage import upload
from actionmesh_wrapper.storage.bucket import base64_md5
from actionmesh_wrapper.storage.manifest import Stored
from actionmesh_wrapper.storage.s3 import S3
from tests import pages
from tests.storage.conftest import ENVIRON
from tests.storage.files import a_result, ignore, make_files, run_of
from tests.storage.seaweed_server import needed_executable, seaweed_server

CORS = json.loads(pages.code("docs/deploy.md", "cors"))
LIFECYCLE = json.loads(pages.code("docs/deploy.md", "lifecycle"))
[PAGE] = CORS["CORSRules"][0]["AllowedOrigins"]
ELSEWHERE = "https://elsewhere.example"


@pytest.fixture(scope="module")
def weed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    with seaweed_server(needed_executable(), tmp_path_factory.mktemp("weed")) as url:
        storage = opened(url)
        storage.client.create_bucket(Bucket=storage.bucket)
        yield storage


def opened(url: str, **environ: str) -> S3:
    return S3.from_settings(Settings.from_env(ENVIRON | {"BUCKET_ENDPOINT_URL": url} | environ))


def put(storage: S3, name: str, files: list[Path]) -> Stored:
    with storage.deliver(name) as delivery:
        return delivery.put(files, step=ignore, warn=ignore)


def test_a_result_is_stored_and_found_again(weed: S3, tmp_path: Path) -> None:
    weed.check()
    contents = {f"mesh_{index:03d}.glb": os.urandom(50_000) for index in range(20)}
    files = make_files(tmp_path, contents)
    with weed.deliver("job-1") as delivery:
        delivery.put(files, step=ignore, warn=ignore)
        delivery.seal("1" * 64, a_result(files), step=ignore)
    result = weed.find("1" * 64)
    assert result is not None
    assert {file.name: urlopen(file.url or "").read() for file in result.files.meshes} == contents
    assert Result.model_validate_json(
        weed.read(weed.key(run_of(weed, "job-1"), "result.json")) or b""
    ) == a_result(files)


def test_links_tell_type_and_name(weed: S3, tmp_path: Path) -> None:
    url = put(weed, "job-2", make_files(tmp_path, {"preview.mp4": b"x"})).urls["preview.mp4"] or ""
    with urlopen(url) as reply:
        assert reply.headers["Content-Type"] == "video/mp4"
        assert reply.headers["Content-Disposition"] == 'inline; filename="preview.mp4"'
    with pytest.raises(HTTPError, match="403"):
        urlopen(url.partition("?")[0])


def test_what_was_changed_on_the_way_is_refused(weed: S3) -> None:
    with pytest.raises(ClientError, match="BadDigest"):
        weed.client.put_object(
            Bucket=weed.bucket, Key="meshes/changed.glb", Body=b"changed", ContentMD5=base64_md5(b"as sent")
        )
    assert weed.read("meshes/changed.glb") is None


def test_a_large_file_goes_in_parts(weed: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "WHOLE_BYTES", 1_000_000)
    content = os.urandom(2 * upload.PART_BYTES + 1)
    stored = put(weed, "job-3", make_files(tmp_path, {"archive.zip": content}))
    with urlopen(stored.urls["archive.zip"] or "") as reply:
        assert reply.read() == content
        assert reply.headers["Content-Type"] == "application/zip"


def test_nothing_is_left_of_a_job_that_fails(weed: S3, tmp_path: Path) -> None:
    with pytest.raises(StorageFailed), weed.deliver("job-4") as delivery:
        delivery.put(make_files(tmp_path, {"preview.mp4": b"x"}), step=ignore, warn=ignore)
        raise StorageFailed("on purpose")
    assert "Contents" not in weed.client.list_objects_v2(Bucket=weed.bucket, Prefix="meshes/job-4/")


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        (
            {"BUCKET_SECRET_ACCESS_KEY": "wrong"},
            "The bucket refuses the key: it has to allow reading, writing and deleting.",
        ),
        ({"BUCKET_NAME": "nowhere"}, "The bucket does not exist."),
    ],
)
def test_a_wrong_key_and_a_wrong_bucket_are_told(
    weed: S3, tmp_path: Path, environ: dict[str, str], message: str
) -> None:
    wrong = opened(weed.client.meta.endpoint_url, **environ)
    with pytest.raises(StorageFailed) as caught:
        put(wrong, "job-5", make_files(tmp_path, {"preview.mp4": b"x"}))
    assert caught.value.message == message
    with pytest.raises(StartError):
        wrong.check()


def test_a_page_may_load_a_link_and_another_may_not(weed: S3, tmp_path: Path) -> None:
    weed.client.put_bucket_cors(Bucket=weed.bucket, CORSConfiguration=CORS)
    url = put(weed, "job-6", make_files(tmp_path, {"mesh_000.glb": b"mesh"})).urls["mesh_000.glb"] or ""
    for method, headers in (
        ("OPTIONS", {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range"}),
        ("GET", {}),
    ):
        assert allowed(method, url, Origin=PAGE, **headers) == PAGE
        assert allowed(method, url, Origin=ELSEWHERE, **headers) is None


def allowed(method: str, url: str, **headers: str) -> str | None:
    """The origin whose pages may read the answer."""
    try:
        reply = urlopen(Request(url, method=method, headers=headers))
    except HTTPError as refusal:
        reply = refusal
    with reply:
        origin: str | None = reply.headers.get("Access-Control-Allow-Origin")
        return origin


def test_the_lifecycle_rule_of_the_deploy_page_is_taken(weed: S3) -> None:
    weed.client.put_bucket_lifecycle_configuration(Bucket=weed.bucket, LifecycleConfiguration=LIFECYCLE)
    [rule] = weed.client.get_bucket_lifecycle_configuration(Bucket=weed.bucket)["Rules"]
    assert rule["Expiration"]["Days"] == 8
    assert rule["Filter"]["Prefix"] == "meshes/"
