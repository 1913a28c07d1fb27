import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from actionmesh_wrapper.storage.bucket import remove
from actionmesh_wrapper.storage.leftovers import leftovers
from actionmesh_wrapper.storage.s3 import S3
from tests.storage.files import a_result, ignore, make_files, run_of

HOUR = timedelta(hours=1)
RUN = "a" * 32
EARLY = {"anchor_mesh.glb": b"early", "so_far_016.glb": b"16 of 31 keys"}
DEAD = [*EARLY, "mesh_000.glb", "result.json"]


@pytest.fixture
def bucket(storage: S3, tmp_path: Path) -> S3:
    """The bucket below a prefix of the test's own."""
    return replace(storage, prefix=f"{tmp_path.name}/")


def a_job(bucket: S3, name: str, tmp_path: Path, key: str = "0" * 64) -> None:
    mesh, *early = make_files(tmp_path, {"mesh_000.glb": b"one"} | EARLY)
    with bucket.deliver(name) as delivery:
        for file in early:
            delivery.share(file)
        delivery.put([mesh], step=ignore, warn=ignore)
        delivery.seal(key, a_result([mesh]), step=ignore)


def leftovers_of(bucket: S3, before: datetime | None = None) -> list[str]:
    """Leftovers, as if an hour had passed."""
    keys = leftovers(bucket, before=before or datetime.now(UTC) + HOUR)
    return sorted(key.removeprefix(bucket.prefix) for key in keys)


def test_a_result_that_is_whole_stays_and_so_does_its_entry(bucket: S3, tmp_path: Path) -> None:
    a_job(bucket, "job-1", tmp_path)
    assert leftovers_of(bucket) == []


def test_a_job_without_its_manifest_goes_with_the_entry_that_leads_to_it(bucket: S3, tmp_path: Path) -> None:
    a_job(bucket, "whole", tmp_path)
    a_job(bucket, "dead", tmp_path, "1" * 64)
    folder = run_of(bucket, "dead")
    bucket.delete(bucket.key(folder, "manifest.json"))
    run = folder.rpartition("/")[2]
    gone = [f".cache/{'1' * 64}/{run}.json", *(f"{folder}/{name}" for name in sorted(DEAD))]
    assert leftovers_of(bucket) == gone
    assert remove(bucket, [f"{bucket.prefix}{key}" for key in gone], within_s=10) == []
    assert leftovers_of(bucket) == []
    assert bucket.find("0" * 64)


def test_of_two_runs_of_a_job_the_one_that_died_goes(bucket: S3, tmp_path: Path) -> None:
    bucket.write(bucket.key(f"job-1/{RUN}", "mesh_000.glb"), b"x")
    a_job(bucket, "job-1", tmp_path)
    assert leftovers_of(bucket) == [f"job-1/{RUN}/mesh_000.glb"]


def test_a_manifest_without_its_result_is_no_result(bucket: S3) -> None:
    bucket.write(bucket.key(f"late/{RUN}", "manifest.json"), b"{}")
    assert leftovers_of(bucket) == [f"late/{RUN}/manifest.json"]


def test_what_is_not_old_yet_stays(bucket: S3, tmp_path: Path) -> None:
    for name in (f"dead/{RUN}", f"running/{RUN}"):
        bucket.write(bucket.key(name, "mesh_000.glb"), b"x")
    bucket.write(bucket.key(".probe", "a" * 32), b"")
    time.sleep(2.1)  # the server tells whole seconds
    between = datetime.now(UTC) - timedelta(seconds=1)
    bucket.write(bucket.key(f"running/{RUN}", "mesh_001.glb"), b"x")
    bucket.write(bucket.key(".probe", "b" * 32), b"")
    assert leftovers_of(bucket, between) == [f".probe/{'a' * 32}", f"dead/{RUN}/mesh_000.glb"]
    assert leftovers_of(bucket, datetime.now(UTC) - HOUR) == []


@pytest.mark.parametrize(
    "key",
    [
        "preview.mp4",  # in no folder
        "photos/holiday.png",
        "photos/2024/preview.mp4",
        ".secret/preview.mp4",
        ".probe/notes.txt",
        ".cache/notes.json",
        f".cache/{'c' * 64}/{'c' * 32}.json",  # holds no entry
        f".cache/{'c' * 64}.json",
        f"a b/{'c' * 32}/preview.mp4",
        "job-1/preview.mp4",  # in no run's folder
        f"job-1/{'c' * 31}/preview.mp4",
    ],
)
def test_what_is_not_shaped_like_ours_stays(bucket: S3, key: str) -> None:
    bucket.write(f"{bucket.prefix}{key}", b"theirs")
    assert leftovers_of(bucket) == []


def test_a_folder_with_anything_else_in_it_stays(bucket: S3) -> None:
    for key in ("photos/R/preview.mp4", "photos/R/holiday.png", "films/R/preview.mp4", "films/R/a/b.txt"):
        bucket.write(f"{bucket.prefix}{key.replace('R', RUN)}", b"theirs")
    assert leftovers_of(bucket) == []


def test_what_no_worker_wrote_stays_whatever_its_name(bucket: S3, caplog: pytest.LogCaptureFixture) -> None:
    key = bucket.key(f"films/{RUN}", "preview.mp4")
    bucket.client.put_object(Bucket=bucket.bucket, Key=key, Body=b"theirs", ContentType="video/mp4")
    assert leftovers_of(bucket) == []
    assert caplog.messages == [f"{key} is named like a leftover, but no worker wrote it: it stays"]


def test_other_prefixes_are_not_looked_at(bucket: S3) -> None:
    deep = replace(bucket, prefix=f"{bucket.prefix}deep/")
    bucket.write(bucket.key(f"dead/{RUN}", "preview.mp4"), b"x")
    assert leftovers_of(deep) == []
    assert leftovers_of(bucket) == [f"dead/{RUN}/preview.mp4"]


def test_more_than_the_server_lists_at_once(bucket: S3, tmp_path: Path) -> None:
    a_job(bucket, "whole", tmp_path)
    names = [f"job-{job}/{RUN}/mask_{index:03d}.png" for job in range(42) for index in range(25)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(partial(bucket.write, content=b""), [f"{bucket.prefix}{name}" for name in names]))
    keys = leftovers(bucket, before=datetime.now(UTC) + HOUR)
    assert len(keys) == 1050
    assert remove(bucket, keys, within_s=60) == []
    listed = bucket.client.list_objects_v2(Bucket=bucket.bucket, Prefix=bucket.prefix)
    assert listed["KeyCount"] == 6
