import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from actionmesh_wrapper.errors import Cancelled, StorageFailed, SubjectNotFound
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage import delivery as module
from actionmesh_wrapper.storage import retry
from actionmesh_wrapper.storage.manifest import Manifest
from actionmesh_wrapper.storage.s3 import S3
from tests.storage.files import a_result, ignore, keys_of, make_files, run_of
from tests.storage.moody import MoodyClient, refusal
from tests.storage.threads import at_work

KEY = "d" * 64
MESHES = {f"mesh_{index:03d}.glb": os.urandom(1000 + index) for index in range(35)}


@pytest.fixture(autouse=True)
def _leaves_no_thread() -> Iterator[None]:
    yield
    assert at_work() == set()


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_WAIT_S", 0.001)


@pytest.fixture
def name(tmp_path: Path) -> str:
    return tmp_path.name


@pytest.fixture
def away(s3_environ: dict[str, str]) -> S3:
    """A bucket whose server is not there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = s3_environ | {"BUCKET_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    return S3.from_settings(Settings.from_env(environ))


def moody(storage: S3, **plan: Any) -> tuple[S3, MoodyClient]:
    client = MoodyClient(storage.client, **plan)
    return replace(storage, client=client, patience_s=5), client  # type: ignore[arg-type]  # stands for one


def listed(storage: S3, name: str) -> dict[str, int]:
    """The files of a job, of all its runs, and their sizes."""
    page = storage.client.list_objects_v2(Bucket="results", Prefix=storage.key(name, ""))
    return {item["Key"].rpartition("/")[2]: item["Size"] for item in page.get("Contents", [])}


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_files_that_are_sent_go_up_while_the_job_goes_on(storage: S3, name: str, tmp_path: Path) -> None:
    files = make_files(tmp_path, MESHES)
    sizes = {file: len(content) for file, content in MESHES.items()}
    with storage.deliver(name) as delivery:
        delivery.send(files)
        until(lambda: listed(storage, name) == sizes)


def test_each_file_goes_up_once(storage: S3, name: str, tmp_path: Path) -> None:
    ours, client = moody(storage)
    files = make_files(tmp_path, MESHES)
    with ours.deliver(name) as delivery:
        delivery.send(files[:20])
        delivery.send(files[10:30])
        stored = delivery.put(files, step=ignore, warn=ignore)
    assert client.calls["put_object"] == client.calls["head_object"] == 35
    assert list(stored.urls) == list(MESHES)


def test_no_thread_is_started_for_a_job_that_stores_nothing(storage: S3, name: str) -> None:
    with storage.deliver(name):
        assert at_work() == set()


def test_tells_how_many_are_there(storage: S3, name: str, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    with storage.deliver(name) as delivery:
        delivery.put(
            make_files(tmp_path, MESHES), step=lambda index, of: steps.append((index, of)), warn=ignore
        )
    assert steps == sorted(steps)
    assert steps[-1] == (35, 35)


def test_the_manifest_is_written_after_all_that_it_lists(storage: S3, name: str, tmp_path: Path) -> None:
    ours, client = moody(storage)
    files = make_files(tmp_path, MESHES)
    with ours.deliver(name) as delivery:
        delivery.put(files, step=ignore, warn=ignore)
        delivery.seal(KEY, a_result(files), step=ignore)
    written = [key.rpartition("meshes/")[2] for method, key in client.keys if method == "put_object"]
    folder = run_of(storage, name)
    entry = f".cache/{KEY}/{folder.rpartition('/')[2]}.json"
    assert written[-3:] == [f"{folder}/result.json", f"{folder}/manifest.json", entry]
    manifest = Manifest.model_validate_json(storage.read(storage.key(folder, "manifest.json")) or b"")
    assert {file.name: file.bytes for file in manifest.files} == {
        file: size for file, size in listed(storage, name).items() if file != "manifest.json"
    }


@pytest.mark.parametrize("failure", [Cancelled(), SubjectNotFound("Nobody there.")])
def test_a_job_that_ends_early_takes_its_files_with_it(
    storage: S3, name: str, tmp_path: Path, failure: BaseException
) -> None:
    early = make_files(tmp_path, {"anchor_mesh.glb": b"early", "so_far_016.glb": b"16 of 31 keys"})
    files = make_files(tmp_path, MESHES)
    with pytest.raises(type(failure)), storage.deliver(name) as delivery:
        assert all(delivery.share(file) for file in early)
        delivery.send(files)
        assert at_work()
        raise failure
    assert listed(storage, name) == {}


def test_a_job_that_ends_well_keeps_what_it_has_shown(storage: S3, name: str, tmp_path: Path) -> None:
    with storage.deliver(name) as delivery:
        delivery.share(make_files(tmp_path, {"anchor_mesh.glb": b"early"})[0])
    assert listed(storage, name) == {"anchor_mesh.glb": 5}


def test_a_rerun_leaves_the_earlier_result_as_it_is(storage: S3, name: str, tmp_path: Path) -> None:
    files = make_files(tmp_path, {"mesh_000.glb": b"one"})
    with storage.deliver(name) as delivery:
        stored = delivery.put(files, step=ignore, warn=ignore)
        delivery.seal(KEY, a_result(files), step=ignore)
    before = keys_of(storage, name)
    files[0].write_bytes(b"another")
    with pytest.raises(Cancelled), storage.deliver(name) as delivery:
        delivery.put(files, step=ignore, warn=ignore)
        assert len(keys_of(storage, name)) == len(before) + 1
        raise Cancelled
    assert keys_of(storage, name) == before
    with urlopen(stored.urls["mesh_000.glb"] or "") as reply:
        assert reply.read() == b"one"


@pytest.mark.parametrize("end", ["cancelled", "unsealed", "sealed"])
def test_a_worker_taken_for_lost_and_the_one_after_it_do_each_other_no_harm(
    storage: S3, name: str, tmp_path: Path, end: str
) -> None:
    key = end.encode().hex().ljust(64, "0")
    late, good = (
        make_files(tmp_path / engine, {"mesh_000.glb": engine.encode()}) for engine in ("one", "two")
    )
    lost, _ = moody(storage, put_object=[None, refusal(403, "AccessDenied")] if end == "unsealed" else [])
    with suppress(Cancelled, StorageFailed), lost.deliver(name) as first:
        first.send(late)
        with storage.deliver(name) as second:
            stored = second.put(good, step=ignore, warn=ignore)
            second.seal(key, a_result(good), step=ignore)
        first.put(late, step=ignore, warn=ignore)
        if end == "cancelled":
            raise Cancelled
        first.seal(key, a_result(late), step=ignore)
    assert len(keys_of(storage, name)) == (6 if end == "sealed" else 3)
    found = storage.find(key)
    assert found is not None
    contents = [urlopen(url or "").read() for url in (stored.urls["mesh_000.glb"], found.files.meshes[0].url)]
    assert contents == [b"two", b"one" if end == "sealed" else b"two"]


@pytest.mark.parametrize("written", [0, 1])
def test_a_result_that_cannot_be_sealed_leaves_nothing(
    storage: S3, name: str, tmp_path: Path, written: int
) -> None:
    key = f"b{written}" * 32  # of no other test: they share a bucket
    files = make_files(tmp_path, {"mesh_000.glb": b"one"})
    ours, _ = moody(storage, put_object=[None, *[None] * written, refusal(403, "AccessDenied")])
    with pytest.raises(StorageFailed, match="refuses the key"), ours.deliver(name) as delivery:
        delivery.put(files, step=ignore, warn=ignore)
        delivery.seal(key, a_result(files), step=ignore)
    assert listed(storage, name) == {}
    assert storage.find(key) is None


def test_without_its_entry_for_equal_jobs_a_result_is_whole_all_the_same(
    storage: S3, name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    files = make_files(tmp_path, {"mesh_000.glb": b"one"})
    ours, _ = moody(storage, put_object=[None, None, None, refusal(403, "AccessDenied")])
    with ours.deliver(name) as delivery:
        delivery.put(files, step=ignore, warn=ignore)
        delivery.seal("bc" * 32, a_result(files), step=ignore)
    assert caplog.messages == ["equal jobs will not find this result"]
    assert listed(storage, name).keys() == {"mesh_000.glb", "result.json", "manifest.json"}
    assert storage.find("bc" * 32) is None


def test_a_cancel_that_comes_after_the_seal_takes_nothing_from_an_equal_job(
    storage: S3, name: str, tmp_path: Path
) -> None:
    files = make_files(tmp_path, {"mesh_000.glb": b"one"})
    with pytest.raises(Cancelled), storage.deliver(name) as delivery:
        delivery.put(files, step=ignore, warn=ignore)
        delivery.seal("e" * 64, a_result(files), step=ignore)
        equal = storage.find("e" * 64)
        raise Cancelled
    assert equal is not None
    with urlopen(equal.files.meshes[0].url or "") as reply:
        assert reply.read() == b"one"


def test_what_cannot_lose_its_manifest_keeps_all_that_this_lists(
    storage: S3, name: str, tmp_path: Path
) -> None:
    lost = refusal(403, "AccessDenied")  # of the manifest's write, which was done

    def done_and_refused() -> None:
        key = next(key for method, key in reversed(client.keys) if method == "put_object")
        storage.write(key, b"{}")
        raise lost

    files = make_files(tmp_path, {"mesh_000.glb": b"one"})
    ours, client = moody(storage, put_object=[None, None, done_and_refused], delete_object=[lost] * 9)
    with pytest.raises(StorageFailed), ours.deliver(name) as delivery:
        delivery.put(files, step=ignore, warn=ignore)
        delivery.seal(KEY, a_result(files), step=ignore)
    assert listed(storage, name).keys() == {"mesh_000.glb", "result.json", "manifest.json"}
    assert client.calls["delete_object"] == 1


@pytest.mark.usefixtures("_no_pauses")
def test_a_seal_that_fails_for_a_while_is_tried_again(storage: S3, name: str, tmp_path: Path) -> None:
    key = "a" * 64
    files = make_files(tmp_path, {"mesh_000.glb": b"one"})
    ours, _ = moody(storage, put_object=[None, None, refusal(503, "SlowDown"), refusal(500, "InternalError")])
    with ours.deliver(name) as delivery:
        delivery.put(files, step=ignore, warn=ignore)
        delivery.seal(key, a_result(files), step=ignore)
    assert storage.find(key)


def test_a_cancel_is_noticed_while_the_result_cannot_be_sealed(
    storage: S3, name: str, tmp_path: Path
) -> None:
    files = make_files(tmp_path, {"mesh_000.glb": b"one"})
    ours, _ = moody(storage, put_object=[None, *[refusal(503, "SlowDown")] * 1000])
    ours = replace(ours, patience_s=180)
    start = time.monotonic()

    def cancel(_index: int, _of: int) -> None:
        if time.monotonic() - start > 1:
            raise Cancelled

    with pytest.raises(Cancelled), ours.deliver(name) as delivery:
        delivery.put(files, step=ignore, warn=ignore)
        delivery.seal("b" * 64, a_result(files), step=cancel)
    assert time.monotonic() - start < ours.patience_s / 6
    assert listed(storage, name) == {}


@pytest.mark.usefixtures("_no_pauses")
def test_one_file_that_cannot_be_stored_ends_the_job_and_removes_the_others(
    storage: S3, name: str, tmp_path: Path
) -> None:
    ours, _ = moody(storage, put_object=[*[None] * 30, refusal(403, "AccessDenied")])
    with pytest.raises(StorageFailed), ours.deliver(name) as delivery:
        delivery.put(make_files(tmp_path, MESHES), step=ignore, warn=ignore)
    assert listed(storage, name) == {}


def test_a_missing_bucket_is_told_without_its_name(storage: S3, name: str, tmp_path: Path) -> None:
    lost = replace(storage, bucket="no-such-bucket")
    with pytest.raises(StorageFailed) as caught, lost.deliver(name) as delivery:
        delivery.put(make_files(tmp_path, MESHES), step=ignore, warn=ignore)
    assert caught.value.message == "The bucket does not exist."


def test_a_cancel_is_noticed_while_the_server_is_away(away: S3, name: str, tmp_path: Path) -> None:
    start = time.monotonic()
    asked = 0

    def cancel(_index: int, _of: int) -> None:
        nonlocal asked
        asked += 1
        if asked == 4:
            raise Cancelled

    with pytest.raises(Cancelled), away.deliver(name) as delivery:
        delivery.put(make_files(tmp_path, MESHES), step=cancel, warn=ignore)
    assert asked == 4
    assert time.monotonic() - start < away.patience_s / 6


def test_a_server_that_stays_away_ends_the_job_after_its_time(away: S3, name: str, tmp_path: Path) -> None:
    start = time.monotonic()
    with pytest.raises(StorageFailed) as caught, replace(away, patience_s=1).deliver(name) as delivery:
        delivery.put(make_files(tmp_path, MESHES), step=ignore, warn=ignore)
    assert caught.value.message == "The bucket's server could not be reached for 1 s."
    assert time.monotonic() - start < 20


def test_a_file_that_cannot_be_shown_soon_does_not_hold_the_job(
    away: S3, name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SHARE_S", 0.2)
    start = time.monotonic()
    with away.deliver(name) as delivery:
        assert delivery.share(make_files(tmp_path, {"anchor_mesh.glb": b"x"})[0]) is None
    assert time.monotonic() - start < away.patience_s / 6
    assert caplog.messages == ["anchor_mesh.glb could not be shared"]


@pytest.mark.usefixtures("_no_pauses")
def test_what_cannot_be_removed_is_told_to_the_log(
    storage: S3, name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    refused = refusal(403, "AccessDenied")
    ours, _ = moody(storage, delete_object=[refused])
    with caplog.at_level(logging.WARNING), pytest.raises(Cancelled), ours.deliver(name) as delivery:
        delivery.put(make_files(tmp_path, {"a.glb": b"1", "b.glb": b"2"}), step=ignore, warn=ignore)
        raise Cancelled
    assert caplog.messages == ["1 objects of a job that failed could not be removed from the bucket"]
    assert len(listed(storage, name)) == 1
