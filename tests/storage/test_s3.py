import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.errors import StartError, StorageFailed
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage.manifest import Manifest, Stored
from actionmesh_wrapper.storage.s3 import S3
from tests.storage.conftest import ENVIRON
from tests.storage.files import a_result, ignore, keys_of, make_files, run_of
from tests.storage.moody import MoodyClient, refusal
from tests.storage.one_answer import OneAnswer
from tests.storage.s3_server import SECRET

SEALED = "0" * 64


def put(storage: S3, name: str, files: list[Path]) -> Stored:
    with storage.deliver(name) as delivery:
        return delivery.put(files, step=ignore, warn=ignore)


def test_links_give_the_files_with_their_type_and_name(storage: S3, tmp_path: Path) -> None:
    contents = {f"mesh_{index:03d}.glb": os.urandom(10_000) for index in range(20)}
    stored = put(storage, "links", make_files(tmp_path, contents))
    assert list(stored.urls) == list(contents)
    for name, content in contents.items():
        url = stored.urls[name] or ""
        assert f"/results/meshes/{run_of(storage, 'links')}/{name}?" in url
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
        assert [key.rpartition("/")[2] for key in keys_of(storage, "job-2")] == ["preview.mp4"]
        delivery.seal(SEALED, a_result(), step=ignore)
    key = storage.key(run_of(storage, "job-2"), "result.json")
    reply = storage.client.get_object(Bucket="results", Key=key)
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
    key = f"find {change}".encode().hex().ljust(64, "0")
    files = make_files(tmp_path, {"mesh_000.glb": b"one"})
    with storage.deliver(change) as delivery:
        delivery.put(files, step=ignore, warn=ignore)
        delivery.seal(key, a_result(files), step=ignore)
    assert storage.find(key)
    folder = run_of(storage, change)
    mesh, manifest = (storage.key(folder, name) for name in ("mesh_000.glb", "manifest.json"))
    if change == "gone":
        storage.delete(mesh)
    elif change == "cut":
        storage.write(mesh, b"on")
    elif change == "odd":
        [entry] = keys_of(storage, f".cache/{key}")
        storage.write(entry, b'{"name": "x"}')
    elif change == "unsealed":
        storage.delete(manifest)
    else:  # of the same size
        others = a_result(make_files(tmp_path, {"mesh_000.glb": b"two"}))
        storage.write(manifest, Manifest.of(others, b"{}").model_dump_json().encode())
    assert storage.find(key) is None


def test_finds_nothing_in_a_listing_that_says_nothing(storage: S3, tmp_path: Path) -> None:
    files = make_files(tmp_path, {"mesh_000.glb": b"one"})
    with storage.deliver("odd-listing") as delivery:
        delivery.put(files, step=ignore, warn=ignore)
        delivery.seal("5" * 64, a_result(files), step=ignore)
    for before in ([], [None]):  # the first listing is of entries, the second of the job's folder
        client = MoodyClient(storage.client, list_objects_v2=[*before, lambda: {"Contents": [{}]}])
        odd = replace(storage, client=client)  # type: ignore[arg-type]  # stands for one
        assert odd.find("5" * 64) is None
        assert odd.find("5" * 64) is not None


def test_an_entry_that_leads_nowhere_hides_no_result(storage: S3, tmp_path: Path) -> None:
    files = make_files(tmp_path, {"mesh_000.glb": b"one"})
    key = "9" * 64
    for name in ("job-9", "job-10"):
        with storage.deliver(name) as delivery:
            delivery.put(files, step=ignore, warn=ignore)
            delivery.seal(key, a_result(files), step=ignore)
    storage.write(storage.key(f".cache/{key}", f"{'f' * 32}.json"), b"odd")
    storage.delete(storage.key(run_of(storage, "job-10"), "manifest.json"))
    found = storage.find(key)
    assert found is not None
    assert "/meshes/job-9/" in (found.files.meshes[0].url or "")


def test_the_check_writes_and_leaves_nothing(storage: S3) -> None:
    before = storage.client.list_objects_v2(Bucket="results").get("KeyCount")
    storage.check()
    assert storage.client.list_objects_v2(Bucket="results").get("KeyCount") == before


def test_the_check_notices_a_server_that_takes_all_and_stores_nothing(
    storage: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actionmesh_wrapper.storage.s3.BRIEF_S", 0.1)
    client = MoodyClient(storage.client, put_object=[dict] * 1000)
    with pytest.raises(StartError, match="the server has other bytes than it was sent"):
        replace(storage, client=client).check()  # type: ignore[arg-type]  # stands for one


def test_the_check_says_that_it_is_the_clock_and_not_the_key(storage: S3) -> None:
    client = MoodyClient(storage.client, put_object=[refusal(403, "RequestTimeTooSkewed")])
    with pytest.raises(StartError, match=r"cannot be written: The worker's clock and .* not the key"):
        replace(storage, client=client).check()  # type: ignore[arg-type]  # stands for one


def test_the_check_names_a_bucket_that_does_not_exist(s3_environ: dict[str, str]) -> None:
    environ = s3_environ | {"BUCKET_NAME": "nowhere"}
    with pytest.raises(StartError, match="BUCKET_NAME='nowhere'") as caught:
        S3.from_settings(Settings.from_env(environ)).check()
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("headers", [{}, {"x-amz-bucket-region": "eu-west-1"}], ids=["bare", "region"])
@pytest.mark.parametrize("status", [301, 307])
def test_the_check_ends_at_a_server_that_redirects_everything(status: int, headers: dict[str, str]) -> None:
    with OneAnswer() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        server.status, server.headers = status, headers | {"Location": "https://s3.example.com/"}
        environ = ENVIRON | {"BUCKET_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}"}
        try:
            with pytest.raises(StartError, match="cannot be written"):
                S3.from_settings(Settings.from_env(environ)).check()
        finally:
            server.shutdown()
            thread.join()
    assert len(server.asked) <= 2


def test_the_endpoint_may_name_the_bucket(s3_environ: dict[str, str]) -> None:
    environ = s3_environ | {"BUCKET_ENDPOINT_URL": f"{s3_environ['BUCKET_ENDPOINT_URL']}/results/"}
    storage = S3.from_settings(Settings.from_env(environ))
    storage.check()
    assert storage.link("job", "preview.mp4").startswith(
        f"{s3_environ['BUCKET_ENDPOINT_URL']}/results/meshes/job/preview.mp4?"
    )


def test_an_endpoint_that_is_none_stops_the_start(s3_environ: dict[str, str]) -> None:
    environ = s3_environ | {"BUCKET_ENDPOINT_URL": "http://host:99999"}
    with pytest.raises(StartError, match=r"^BUCKET_ENDPOINT_URL='http://host:99999': its host or port"):
        S3.from_settings(Settings.from_env(environ))


@pytest.mark.parametrize("rest", [f"/{SECRET}@host", "@host:99999", "@", "@[::1", "\u2100@host", "@host:x"])
def test_an_endpoint_that_is_none_is_told_without_its_password(s3_environ: dict[str, str], rest: str) -> None:
    environ = s3_environ | {"BUCKET_ENDPOINT_URL": f"http://user:{SECRET}{rest}"}
    with pytest.raises(StartError, match="BUCKET_ENDPOINT_URL=") as caught:
        S3.from_settings(Settings.from_env(environ))
    assert SECRET not in str(caught.value)


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


@pytest.mark.parametrize(
    ("left_s", "promised_s"), [(7200, 7200), (30 * 86_400, 604_800), (None, 3600)], ids=str
)
def test_links_of_a_session_are_promised_no_longer_than_it_lasts(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, left_s: int | None, promised_s: int
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-a-role")
    monkeypatch.delenv("AWS_CREDENTIAL_EXPIRATION", raising=False)
    start = datetime.now(UTC)
    if left_s is not None:
        monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", (start + timedelta(seconds=left_s)).isoformat())
    storage = S3.from_settings(Settings.from_env({"BUCKET_NAME": "results"}))
    stored = storage.stored("job", ["preview.mp4"])
    promised = datetime.fromisoformat(stored.expires_at or "") - start
    assert timedelta(seconds=promised_s - 5) < promised < timedelta(seconds=promised_s + 5)
    [seconds] = parse_qs(urlsplit(stored.urls["preview.mp4"] or "").query)["X-Amz-Expires"]
    assert promised_s - 5 < int(seconds) <= promised_s
    assert ("AWS_CREDENTIAL_EXPIRATION" in caplog.text) == (left_s is None)


def test_links_into_an_open_bucket_are_its_own(s3_environ: dict[str, str], tmp_path: Path) -> None:
    environ = s3_environ | {"BUCKET_PUBLIC_URL": "https://cdn.example.com/r/"}
    storage = S3.from_settings(Settings.from_env(environ))
    files = make_files(tmp_path, {"mesh_000.glb": b"one"})
    with storage.deliver("job-8") as delivery:
        shared = delivery.share(files[0])
        assert shared == f"https://cdn.example.com/r/meshes/{run_of(storage, 'job-8')}/mesh_000.glb"
        stored = delivery.put(files, step=ignore, warn=ignore)
        delivery.seal("8" * 64, a_result(files), step=ignore)
    assert (stored.urls, stored.expires_at) == ({"mesh_000.glb": delivery.share(files[0])}, None)
    found = storage.find("8" * 64)
    assert found is not None
    assert (found.files.meshes[0].url, found.expires_at) == (stored.urls["mesh_000.glb"], None)
