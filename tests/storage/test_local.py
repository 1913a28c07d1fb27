from pathlib import Path

import pytest

from actionmesh_wrapper.errors import Cancelled, StorageFailed
from actionmesh_wrapper.storage import Local
from tests.storage.files import a_result, ignore, make_files

KEY = "0" * 64


def put(storage: Local, files: list[Path]) -> dict[str, str | None]:
    with storage.deliver("job") as delivery:
        return dict(delivery.put(files, step=ignore, warn=ignore).urls)


def test_keeps_the_files_beside_the_result(tmp_path: Path) -> None:
    files = make_files(tmp_path, {"mesh_000.glb": b"one", "preview.mp4": b"two"})
    with Local(tmp_path / "outputs").deliver("job") as delivery:
        delivery.send(files)
        stored = delivery.put(files, step=ignore, warn=ignore)
        assert not (tmp_path / "outputs/job/result.json").exists()
        delivery.seal(KEY, a_result(), step=ignore)
    folder = tmp_path / "outputs/job"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "mesh_000.glb": b"one",
        "preview.mp4": b"two",
        "result.json": a_result().model_dump_json(indent=2).encode(),
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
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "mesh_000.glb": b"new",
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
            delivery.seal(KEY, a_result(), step=ignore)
            for name in others:
                (tmp_path / "job" / name).write_bytes(b"theirs")
            raise failure
        assert [path.name for path in tmp_path.glob("job/*")] == others
        assert (tmp_path / "job").exists() == bool(others)


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
