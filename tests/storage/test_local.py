import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from actionmesh_wrapper.errors import Cancelled, StorageFailed
from actionmesh_wrapper.storage import Local
from tests.storage.files import a_result, ignore, make_files

KEY = "0" * 64
SEALED = a_result().model_dump_json(indent=2).encode()


def put(storage: Local, files: list[Path]) -> dict[str, str | None]:
    with storage.deliver("job") as delivery:
        stored = delivery.put(files, step=ignore, warn=ignore)
        delivery.seal(KEY, a_result(), step=ignore)
        return dict(stored.urls)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_keeps_the_files_beside_the_result(tmp_path: Path) -> None:
    files = make_files(tmp_path, {"mesh_000.glb": b"one", "preview.mp4": b"two"})
    with Local(tmp_path / "outputs").deliver("job") as delivery:
        delivery.send(files)
        stored = delivery.put(files, step=ignore, warn=ignore)
        assert not (tmp_path / "outputs/job/result.json").exists()
        delivery.seal(KEY, a_result(), step=ignore)
    folder = tmp_path / "outputs/job"
    assert contents(folder) == {
        "mesh_000.glb": b"one",
        "preview.mp4": b"two",
        "result.json": SEALED,
    }
    assert stored.expires_at is None
    assert all((folder / url).is_file() for url in stored.urls.values() if url)


def test_shares_nothing_before_the_end(tmp_path: Path) -> None:
    with Local(tmp_path).deliver("job") as delivery:
        assert delivery.share(make_files(tmp_path, {"anchor_mesh.glb": b"x"})[0]) is None
    assert not (tmp_path / "job").exists()


def test_addresses_tell_no_path(tmp_path: Path) -> None:
    assert put(Local(tmp_path), make_files(tmp_path, {"preview.mp4": b"x"})) == {"preview.mp4": "preview.mp4"}


def test_a_new_result_replaces_the_old_and_leaves_what_is_not_ours(tmp_path: Path) -> None:
    folder = tmp_path / "job"
    folder.mkdir()
    ours = "mesh_000.glb mesh_016.glb archive.zip preview.mp4 preview.webp poster.png result.json"
    others = "preview.txt a.txt mesh_big.glb.bak"
    for name in f"{ours} {others}".split():
        (folder / name).write_bytes(b"old")
    put(Local(tmp_path), make_files(tmp_path, {"mesh_000.glb": b"new"}))
    assert contents(folder) == {
        "mesh_000.glb": b"new",
        "result.json": SEALED,
        "a.txt": b"old",
        "preview.txt": b"old",
        "mesh_big.glb.bak": b"old",
    }


@pytest.mark.parametrize("failure", [Cancelled(), StorageFailed("No.")])
def test_a_job_that_fails_takes_its_files_with_it_and_leaves_what_is_not_ours(
    tmp_path: Path, failure: BaseException
) -> None:
    for others in ([], ["a.txt"]):
        with pytest.raises(type(failure)), Local(tmp_path).deliver("job") as delivery:
            delivery.put(make_files(tmp_path, {"preview.mp4": b"x"}), step=ignore, warn=ignore)
            for name in others:
                (tmp_path / "job" / name).write_bytes(b"theirs")
            raise failure
        assert [path.name for path in tmp_path.glob("job/*")] == others
        assert (tmp_path / "job").exists() == bool(others)


@pytest.mark.parametrize("cancelled", [True, False])
def test_of_two_workers_with_one_job_none_leaves_half_a_result(tmp_path: Path, *, cancelled: bool) -> None:
    late = make_files(tmp_path / "a", {"mesh_000.glb": b"late", "mesh_001.glb": b"late"})
    good = make_files(tmp_path / "b", {"mesh_000.glb": b"good", "poster.png": b"good"})
    whole = {"mesh_000.glb": b"good", "poster.png": b"good", "result.json": SEALED}
    folder = tmp_path / "outputs" / "job"
    with suppress(Cancelled), Local(tmp_path / "outputs").deliver("job") as delivery:
        delivery.put(late[:1], step=ignore, warn=ignore)
        put(Local(tmp_path / "outputs"), good)
        delivery.put(late[1:], step=ignore, warn=ignore)
        assert (
            whole.items()
            <= {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}.items()
        )
        if cancelled:
            raise Cancelled
        delivery.seal(KEY, a_result(), step=ignore)
    last = {"mesh_000.glb": b"late", "mesh_001.glb": b"late", "result.json": SEALED}
    assert contents(folder) == (whole if cancelled else last)


def test_many_that_seal_at_a_time_leave_the_result_of_one(tmp_path: Path) -> None:
    def work(worker: int) -> None:
        names = [f"mesh_{index:03d}.glb" for index in range(worker, worker + 20)]
        put(
            Local(tmp_path / "outputs"),
            make_files(tmp_path / str(worker), dict.fromkeys(names, b"%d" % worker)),
        )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
    left = contents(tmp_path / "outputs" / "job")
    assert left.pop("result.json") == SEALED
    assert len(left) == 20
    assert len(set(left.values())) == 1


def test_what_a_killed_worker_left_is_removed_a_day_later(tmp_path: Path) -> None:
    young, old = (tmp_path / "job" / f".incoming-{token * 32}" for token in "ab")
    for folder in (young, old):
        folder.mkdir(parents=True)
        (folder / "mesh_000.glb").write_bytes(b"x")
    os.utime(old, (0, 0))
    put(Local(tmp_path), make_files(tmp_path, {"preview.mp4": b"x"}))
    assert {path.name for path in (tmp_path / "job").iterdir()} == {young.name, "preview.mp4", "result.json"}


def test_can_have_one_folder_of_its_own(tmp_path: Path) -> None:
    with Local(tmp_path, "my meshes").deliver("job") as delivery:
        delivery.put(make_files(tmp_path, {"preview.mp4": b"x"}), step=ignore, warn=ignore)
        delivery.seal(KEY, a_result(), step=ignore)
    assert {path.name for path in (tmp_path / "my meshes").iterdir()} == {"preview.mp4", "result.json"}


def test_a_folder_that_cannot_be_written_is_an_error_without_a_path(tmp_path: Path) -> None:
    (tmp_path / "outputs").write_bytes(b"a file")
    with pytest.raises(StorageFailed) as caught:
        put(Local(tmp_path / "outputs"), make_files(tmp_path, {"preview.mp4": b"x"}))
    assert str(tmp_path) not in str(caught.value)
    with pytest.raises(StorageFailed) as caught, Local(tmp_path / "outputs").deliver("job") as delivery:
        delivery.seal(KEY, a_result(), step=ignore)
    assert str(tmp_path) not in str(caught.value)


def test_reports_each_file(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    with Local(tmp_path).deliver("job") as delivery:
        files = make_files(tmp_path, {"a.glb": b"", "b.glb": b""})
        delivery.put(files, step=lambda index, of: seen.append((index, of)), warn=ignore)
    assert seen == [(1, 2), (2, 2)]


def test_finds_nothing_again(tmp_path: Path) -> None:
    storage = Local(tmp_path)
    put(storage, make_files(tmp_path, {"preview.mp4": b"x"}))
    assert storage.find(KEY) is None
