"""Two workers, or three, with one job's id: what lies in the bucket after each step, in all their orders.

A worker's requests do not hang on what others wrote. So each is run alone, by the real delivery on a bucket
in memory, and its changes are kept; then all orders of the workers' changes are gone through. That a worker
is killed is among them: the rest of its changes then come after all else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest

from actionmesh_wrapper.errors import Cancelled, StorageFailed
from actionmesh_wrapper.storage import bucket as bucket_module
from actionmesh_wrapper.storage import delivery as module
from actionmesh_wrapper.storage.manifest import MANIFEST, Manifest
from actionmesh_wrapper.storage.s3 import S3
from tests.storage.files import a_result, ignore, make_files
from tests.storage.memory_client import Change, MemoryClient, Objects, apply

NAME, KEY = "job-1", "a" * 64
SCHEME = "memory://results/"
WRITES = 6  # of a job that ends well: three files, result, manifest, entry for equal jobs


@dataclass(frozen=True)
class Run:
    """What a worker did to the bucket.

    Attributes:
        changes: in order.
        files: the keys and contents that its answer leads to; none if the job failed.
    """

    changes: Sequence[Change]
    files: dict[str, bytes]

    @property
    def has_entry(self) -> bool:
        """Whether equal jobs are led to it."""
        return any("/.cache/" in key for key, _content in self.changes)


def opened(client: MemoryClient) -> S3:
    return S3(client, "results", "meshes/", 600)  # type: ignore[arg-type]  # stands for boto's


def work(folder: Path, engine: str, *, refused: int | None = None, lands: bool = False) -> Run:
    """Runs one job alone; `refused` is the write that fails, `WRITES` a cancel after the last."""
    folder.mkdir()
    contents = {
        name: f"{name} by {engine}".encode() for name in ("anchor_mesh.glb", "mesh_000.glb", "preview.mp4")
    }
    anchor, *files = make_files(folder, contents)
    client = MemoryClient({}, refused=refused, lands=lands)
    try:
        with opened(client).deliver(NAME) as delivery:
            if delivery.share(anchor) is None:
                raise StorageFailed("It was not shared.")
            stored = delivery.put(files, step=ignore, warn=ignore)
            delivery.seal(KEY, a_result(files), step=ignore)
            if refused == WRITES:
                raise Cancelled
    except (StorageFailed, Cancelled):
        return Run(client.changes, {})
    keys = {name: key_of(url) for name, url in stored.urls.items()}
    return Run(client.changes, {key: contents[name] for name, key in keys.items()})


@pytest.fixture(autouse=True)
def _one_request_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UPLOADS", 1)
    monkeypatch.setattr(bucket_module, "REMOVALS", 1)


def states(before: Objects, runs: Sequence[Run]) -> Iterator[tuple[tuple[int, ...], Objects]]:
    """How far each worker is and what lies in the bucket, for all that any order of their steps leads to."""
    start = (tuple(0 for _ in runs), frozenset(before.items()))
    seen, left = {start}, [start]
    while left:
        places, objects = left.pop()
        yield places, dict(objects)
        for index, run in enumerate(runs):
            if places[index] == len(run.changes):
                continue
            after = dict(objects)
            apply(after, [run.changes[places[index]]])
            state = (
                tuple(place + (index == other) for other, place in enumerate(places)),
                frozenset(after.items()),
            )
            if state not in seen:
                seen.add(state)
                left.append(state)


def assert_manifests_are_true(objects: Objects) -> None:
    for key, content in objects.items():
        if key.endswith(MANIFEST):
            folder = key.removesuffix(MANIFEST)
            for entry in Manifest.model_validate_json(content).files:
                file = objects.get(f"{folder}{entry.name}")
                assert file is not None, f"{key} lists {entry.name}, which is not there"
                assert sha256(file).hexdigest() == entry.sha256, f"{entry.name} is another's"


def assert_what_is_found_stays_whole(objects: Objects, coming: Sequence[Change]) -> None:
    result = opened(MemoryClient(objects)).find(KEY)
    keys = {file.sha256: key_of(file.url) for file in result.files.all()} if result else {}
    for digest, key in keys.items():
        assert sha256(objects[key]).hexdigest() == digest
    assert not set(keys.values()) & {key for key, _content in coming}, "a file that was given out is to go"


def key_of(url: str | None) -> str:
    return (url or "").removeprefix(SCHEME).partition("?")[0]


def assert_any_order_is_right(before: Objects, *runs: Run) -> int:
    """Goes through all orders; returns how many states there are."""
    count = 0
    for places, objects in states(before, runs):
        count += 1
        assert_manifests_are_true(objects)
        coming = [change for run, place in zip(runs, places, strict=True) for change in run.changes[place:]]
        assert_what_is_found_stays_whole(objects, coming)
        done = [
            run for run, place in zip(runs, places, strict=True) if run.files and place == len(run.changes)
        ]
        for run in done:
            assert objects.items() >= run.files.items(), "a result that was given out has lost files"
        if any(run.has_entry for run in done):
            assert opened(MemoryClient(objects)).find(KEY), "a result that is whole is not found"
    return count


ENDS = [(None, False), (WRITES, False), *product(range(WRITES), (False, True))]


@pytest.mark.parametrize(("refused", "lands"), ENDS)
def test_a_worker_that_fails_or_is_cancelled_harms_no_other(
    tmp_path: Path, refused: int | None, *, lands: bool
) -> None:
    lost = work(tmp_path / "a", "one engine", refused=refused, lands=lands)
    other = work(tmp_path / "b", "another engine")
    assert other.files
    assert assert_any_order_is_right({}, lost, other) > len(other.changes)


def test_two_that_fail_leave_nothing(tmp_path: Path) -> None:
    runs = [work(tmp_path / str(refused), "one", refused=refused) for refused in (1, 4)]
    assert_any_order_is_right({}, *runs)
    ends = [
        objects for places, objects in states({}, runs) if places == tuple(len(run.changes) for run in runs)
    ]
    assert ends == [{}]


def test_the_same_bytes_of_one_engine_are_no_exception(tmp_path: Path) -> None:
    runs = [work(tmp_path / "a", "one", refused=4, lands=True), work(tmp_path / "b", "one")]
    assert_any_order_is_right({}, *runs)


def test_nor_is_a_rerun_of_a_job_that_was_done(tmp_path: Path) -> None:
    done = work(tmp_path / "done", "one engine")
    before: Objects = {}
    apply(before, done.changes)
    again = work(tmp_path / "again", "another engine", refused=3)
    for _places, objects in states(before, [again]):
        assert_manifests_are_true(objects)
        assert objects.items() >= done.files.items()
        assert opened(MemoryClient(objects)).find(KEY) is not None


def test_nor_are_three(tmp_path: Path) -> None:
    runs = [
        work(tmp_path / "a", "one engine", refused=4, lands=True),
        work(tmp_path / "b", "another engine"),
        work(tmp_path / "c", "one engine", refused=2),
    ]
    assert assert_any_order_is_right({}, *runs) > 100


def test_no_two_runs_write_one_key(tmp_path: Path) -> None:
    one, other = ({key for key, _content in work(tmp_path / name, "one").changes} for name in ("a", "b"))
    assert len(one) == len(other) == WRITES
    assert not one & other
