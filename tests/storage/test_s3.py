import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from botocore.exceptions import ClientError

from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.errors import InvalidInput, StartError, StorageFailed, UrlNotAllowed
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage.manifest import Stored
from actionmesh_wrapper.storage.s3 import S3, open_bucket
from actionmesh_wrapper.system.addresses import public_addresses
from tests.storage.files import a_result, ignore, make_files
from tests.storage.s3_server import SECRET

OF_A_JOB = "hunter2hunter2"
CONFIG = {
    "accessId": "AKIDEXAMPLE",
    "accessSecret": OF_A_JOB,
    "bucketName": "meshes",
    "endpointUrl": "https://s3.example.com",
}
SEALED = "0" * 64


def leads_to(address: str) -> object:
    return lambda host, port: public_addresses(host, port, resolve=lambda _host, _port: [address])


def opened(config: object, address: str = "93.184.215.14") -> S3:
    return open_bucket(config, link_ttl_s=600, find=leads_to(address))  # type: ignore[arg-type]  # a resolver's


def test_opens_the_callers_bucket() -> None:
    storage = opened(CONFIG)
    assert (storage.bucket, storage.prefix, storage.link_ttl_s) == ("meshes", "", 600)
    assert storage.client.meta.endpoint_url == "https://s3.example.com"
    link = storage.link("job-1", "preview.mp4")
    assert link.startswith("https://s3.example.com/meshes/job-1/preview.mp4?")
    assert "AKIDEXAMPLE" in link
    assert OF_A_JOB not in link


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"accessId": ""}, "s3Config.accessId: Value should have at least 1 item after validation, not 0."),
        ({"bucket": "b"}, "s3Config.bucket: unknown field."),
        ({"accessId": "x" * 8193}, "s3Config: accessId: a text of more than 8,192 characters."),
        ({str(n): "" for n in range(97)}, "s3Config: 101 fields, of which at most 100 are looked at."),
        (
            {"endpointUrl": "s3.example.com"},
            "s3Config.endpointUrl: Input should be a valid URL, relative URL",
        ),
    ],
)
def test_names_what_is_wrong(change: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        opened(CONFIG | change)
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize("config", [{}, [], "x", {"accessSecret": [OF_A_JOB]}, CONFIG | {"more": OF_A_JOB}])
def test_repeats_no_value(config: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        opened(config)
    assert OF_A_JOB not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1"])
def test_an_endpoint_in_our_own_network_is_refused(address: str) -> None:
    with pytest.raises(UrlNotAllowed):
        opened(CONFIG, address)


def test_an_endpoint_without_tls_is_refused() -> None:
    with pytest.raises(UrlNotAllowed, match="https"):
        opened(CONFIG | {"endpointUrl": "http://s3.example.com"})


@pytest.mark.parametrize("url", ["https://meshes.s3.example.com", "https://s3.example.com/meshes/"])
def test_the_endpoint_of_a_jobs_own_bucket_may_name_it(url: str) -> None:
    storage = opened(CONFIG | {"endpointUrl": url})
    assert storage.client.meta.endpoint_url == "https://s3.example.com"


def test_the_host_that_is_connected_to_is_the_one_that_is_checked() -> None:
    asked: list[tuple[str, int]] = []

    def find(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["93.184.215.14"]

    for url in ("https://meshes.s3.example.com:8443", "https://[2606:4700::1111]", "https://s3.example.com"):
        open_bucket(CONFIG | {"endpointUrl": url}, link_ttl_s=600, find=find)
    assert asked == [("s3.example.com", 8443), ("2606:4700::1111", 443), ("s3.example.com", 443)]


def test_the_region_is_the_endpoints_own() -> None:
    storage = opened(CONFIG | {"endpointUrl": "https://meshes.0a1b2c.r2.cloudflarestorage.com"})
    assert storage.client.meta.region_name == "auto"


def put(storage: S3, name: str, files: list[Path]) -> Stored:
    with storage.deliver(name) as delivery:
        return delivery.put(files, step=ignore, warn=ignore)


def test_links_give_the_files_with_their_type_and_name(storage: S3, tmp_path: Path) -> None:
    contents = {f"mesh_{index:03d}.glb": os.urandom(10_000) for index in range(20)}
    stored = put(storage, "links", make_files(tmp_path, contents))
    assert list(stored.urls) == list(contents)
    for name, content in contents.items():
        url = stored.urls[name] or ""
        assert f"/results/meshes/links/{name}?" in url
        with urlopen(url) as reply:
            assert reply.read() == content
            assert reply.headers["Content-Type"] == "model/gltf-binary"
            assert reply.headers["Content-Disposition"] == f'inline; filename="{name}"'


def test_a_shared_file_can_be_read_at_once(storage: S3, tmp_path: Path) -> None:
    [file] = make_files(tmp_path, {"anchor_mesh.glb": b"early"})
    with storage.deliver("job-early") as delivery, urlopen(delivery.share(file) or "") as reply:
        assert reply.read() == b"early"
    assert file.exists()


def test_what_cannot_be_shared_is_no_reason_to_fail(
    storage: S3, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lost = replace(storage, bucket="no-such-bucket")
    with lost.deliver("job") as delivery:
        assert delivery.share(make_files(tmp_path, {"anchor_mesh.glb": b"x"})[0]) is None
    assert caplog.messages == ["anchor_mesh.glb could not be shared"]


def test_the_result_comes_last(storage: S3, tmp_path: Path) -> None:
    with storage.deliver("job-2") as delivery:
        delivery.put(make_files(tmp_path, {"preview.mp4": b"x"}), step=ignore, warn=ignore)
        with pytest.raises(ClientError, match="404"):
            storage.client.head_object(Bucket="results", Key="meshes/job-2/result.json")
        delivery.seal(SEALED, a_result(), step=ignore)
    reply = storage.client.get_object(Bucket="results", Key="meshes/job-2/result.json")
    assert Result.model_validate_json(reply["Body"].read()) == a_result()
    assert reply["ContentType"] == "application/json"


def test_links_end_when_the_result_says(storage: S3, tmp_path: Path) -> None:
    stored = put(storage, "job-3", make_files(tmp_path, {"preview.mp4": b"x"}))
    ends = datetime.fromisoformat(stored.expires_at or "")
    assert abs(ends - datetime.now(UTC) - timedelta(days=7)) < timedelta(minutes=1)
    assert "X-Amz-Expires=604800" in (stored.urls["preview.mp4"] or "")


def test_without_the_signature_there_is_no_file(storage: S3, tmp_path: Path) -> None:
    stored = put(storage, "job-4", make_files(tmp_path, {"preview.mp4": b"x"}))
    with pytest.raises(HTTPError, match="403"):
        urlopen((stored.urls["preview.mp4"] or "").partition("?")[0])


def test_a_wrong_key_is_an_error_that_tells_nothing(s3_environ: dict[str, str], tmp_path: Path) -> None:
    wrong = S3.from_settings(Settings.from_env(s3_environ | {"BUCKET_SECRET_ACCESS_KEY": "wrong"}))
    with pytest.raises(StorageFailed) as caught:
        put(wrong, "job-5", make_files(tmp_path, {"preview.mp4": b"x"}))
    assert (
        caught.value.message == "The bucket refuses the key: it has to allow reading, writing and deleting."
    )
    with pytest.raises(StorageFailed), wrong.deliver("job-5") as delivery:
        delivery.seal(SEALED, a_result(), step=ignore)
    assert wrong.find(SEALED) is None


def test_finds_a_sealed_result_again_with_links_that_work(storage: S3, tmp_path: Path) -> None:
    files = make_files(tmp_path, {"mesh_000.glb": b"one", "mesh_001.glb": b"two"})
    result = a_result(files)
    with storage.deliver("job-7") as delivery:
        delivery.put(files, step=ignore, warn=ignore)
        assert storage.find("7" * 64) is None
        delivery.seal("7" * 64, result, step=ignore)
    found = storage.find("7" * 64)
    assert found is not None
    assert [urlopen(file.url or "").read() for file in found.files.meshes] == [b"one", b"two"]
    assert datetime.fromisoformat(found.expires_at or "") > datetime.now(UTC)
    unlinked = [file.model_copy(update={"url": None}) for file in found.files.meshes]
    assert tuple(unlinked) == result.files.meshes


@pytest.mark.parametrize("change", ["gone", "cut", "odd", "unsealed", "another"])
def test_finds_no_result_that_is_not_whole(storage: S3, tmp_path: Path, change: str) -> None:
    key = change.encode().hex().ljust(64, "0")
    files = make_files(tmp_path, {"mesh_000.glb": b"one"})
    with storage.deliver(change) as delivery:
        delivery.put(files, step=ignore, warn=ignore)
        delivery.seal(key, a_result(files), step=ignore)
    assert storage.find(key)
    if change == "gone":
        storage.delete(f"meshes/{change}/mesh_000.glb")
    elif change == "cut":
        storage.write(f"meshes/{change}/mesh_000.glb", b"on")
    elif change == "odd":
        storage.write(f"meshes/.cache/{key}.json", b'{"name": "x"}')
    elif change == "unsealed":
        storage.delete(f"meshes/{change}/manifest.json")
    else:  # the same job ran again with another video, and its files have the same size
        others = make_files(tmp_path, {"mesh_000.glb": b"two"})
        with storage.deliver(change) as delivery:
            delivery.put(others, step=ignore, warn=ignore)
            delivery.seal("f" * 64, a_result(others), step=ignore)
    assert storage.find(key) is None


def test_the_check_writes_and_leaves_nothing(storage: S3) -> None:
    before = storage.client.list_objects_v2(Bucket="results").get("KeyCount")
    storage.check()
    assert storage.client.list_objects_v2(Bucket="results").get("KeyCount") == before


def test_the_check_names_a_bucket_that_does_not_exist(s3_environ: dict[str, str]) -> None:
    environ = s3_environ | {"BUCKET_NAME": "nowhere"}
    with pytest.raises(StartError, match="BUCKET_NAME='nowhere'") as caught:
        S3.from_settings(Settings.from_env(environ)).check()
    assert SECRET not in str(caught.value)


def test_the_endpoint_may_name_the_bucket(s3_environ: dict[str, str]) -> None:
    environ = s3_environ | {"BUCKET_ENDPOINT_URL": f"{s3_environ['BUCKET_ENDPOINT_URL']}/results/"}
    storage = S3.from_settings(Settings.from_env(environ))
    storage.check()
    assert storage.link("job", "preview.mp4").startswith(
        f"{s3_environ['BUCKET_ENDPOINT_URL']}/results/meshes/job/preview.mp4?"
    )


def test_an_endpoint_that_is_none_stops_the_start(s3_environ: dict[str, str]) -> None:
    environ = s3_environ | {"BUCKET_ENDPOINT_URL": "http://host:99999"}
    with pytest.raises(StartError, match=r"BUCKET_ENDPOINT_URL='http://host:99999': Port out of range"):
        S3.from_settings(Settings.from_env(environ))


@pytest.mark.parametrize(
    ("endpoint", "given", "variable", "region"),
    [
        ("https://results.s3.us-west-2.amazonaws.com", {}, "", "us-west-2"),
        ("https://0a1b2c.r2.cloudflarestorage.com", {}, "", "auto"),
        ("https://s3.us-west-2.amazonaws.com", {"BUCKET_REGION": "eu-west-1"}, "", "eu-west-1"),
        ("https://s3.us-west-2.amazonaws.com", {}, "eu-west-2", "eu-west-2"),
    ],
)
def test_the_region_is_the_settings_the_systems_or_the_hosts(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, given: dict[str, str], variable: str, region: str
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    if variable:
        monkeypatch.setenv("AWS_DEFAULT_REGION", variable)
    environ = {"BUCKET_NAME": "results", "BUCKET_ENDPOINT_URL": endpoint} | given
    assert S3.from_settings(Settings.from_env(environ)).client.meta.region_name == region


def test_links_into_an_open_bucket_are_its_own(s3_environ: dict[str, str], tmp_path: Path) -> None:
    environ = s3_environ | {"BUCKET_PUBLIC_URL": "https://cdn.example.com/r/"}
    storage = S3.from_settings(Settings.from_env(environ))
    files = make_files(tmp_path, {"mesh_000.glb": b"one"})
    with storage.deliver("job-8") as delivery:
        assert delivery.share(files[0]) == "https://cdn.example.com/r/meshes/job-8/mesh_000.glb"
        stored = delivery.put(files, step=ignore, warn=ignore)
        delivery.seal("8" * 64, a_result(files), step=ignore)
    assert (stored.urls, stored.expires_at) == ({"mesh_000.glb": delivery.share(files[0])}, None)
    found = storage.find("8" * 64)
    assert found is not None
    assert (found.files.meshes[0].url, found.expires_at) == (stored.urls["mesh_000.glb"], None)
