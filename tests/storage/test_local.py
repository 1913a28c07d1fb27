from pathlib import Path

import pytest

from actionmesh_wrapper.errors import StorageFailed
from actionmesh_wrapper.storage import Local
from tests.storage.files import a_result, ignore, make_files

KEY = "0" * 64


def test_keeps_the_files_beside_the_result(tmp_path: Path) -> None:
    storage = Local(tmp_path / "outputs")
    files = make_files(tmp_path, {"mesh_000.glb": b"one", "preview.mp4": b"two"})
    stored = storage.put("job", files, step=ignore, warn=ignore)
    assert not (tmp_path / "outputs/job/result.json").exists()
    storage.seal("job", KEY, a_result())
    folder = tmp_path / "outputs/job"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "mesh_000.glb": b"one",
        "preview.mp4": b"two",
        "result.json": a_result().model_dump_json(indent=2).encode(),
    }
    assert stored.expires_at is None
    assert all((folder / url).is_file() for url in stored.urls.values() if url)


def test_shares_nothing_before_the_end(tmp_path: Path) -> None:
    assert Local(tmp_path).share("job", make_files(tmp_path, {"anchor_mesh.glb": b"x"})[0]) is None
    assert not (tmp_path / "job").exists()


def test_addresses_tell_no_path(tmp_path: Path) -> None:
    stored = Local(tmp_path).put("job", make_files(tmp_path, {"preview.mp4": b"x"}), step=ignore, warn=ignore)
    assert dict(stored.urls) == {"preview.mp4": "preview.mp4"}


def test_a_new_result_replaces_the_old_and_leaves_what_is_not_ours(tmp_path: Path) -> None:
    folder = tmp_path / "job"
    folder.mkdir()
    for name in (
        "mesh_000.glb",
        "mesh_016.glb",
        "archive.zip",
        "preview.mp4",
        "preview.webp",
        "poster.png",
        "result.json",
        "preview.txt",
        "a.txt",
        "mesh_big.glb.bak",
    ):
        (folder / name).write_bytes(b"old")
    Local(tmp_path).put("job", make_files(tmp_path, {"mesh_000.glb": b"new"}), step=ignore, warn=ignore)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "mesh_000.glb": b"new",
        "a.txt": b"old",
        "preview.txt": b"old",
        "mesh_big.glb.bak": b"old",
    }


def test_can_have_one_folder_of_its_own(tmp_path: Path) -> None:
    storage = Local(tmp_path, "my meshes")
    storage.put("job", make_files(tmp_path, {"preview.mp4": b"x"}), step=ignore, warn=ignore)
    storage.seal("job", KEY, a_result())
    assert {path.name for path in (tmp_path / "my meshes").iterdir()} == {"preview.mp4", "result.json"}


def test_a_folder_that_cannot_be_written_is_an_error_without_a_path(tmp_path: Path) -> None:
    (tmp_path / "outputs").write_bytes(b"a file")
    storage = Local(tmp_path / "outputs")
    with pytest.raises(StorageFailed) as caught:
        storage.put("job", make_files(tmp_path, {"preview.mp4": b"x"}), step=ignore, warn=ignore)
    assert str(tmp_path) not in str(caught.value)
    with pytest.raises(StorageFailed) as caught:
        storage.seal("job", KEY, a_result())
    assert str(tmp_path) not in str(caught.value)


def test_reports_each_file(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    files = make_files(tmp_path, {"a.glb": b"", "b.glb": b""})
    Local(tmp_path).put("job", files, step=lambda index, of: seen.append((index, of)), warn=ignore)
    assert seen == [(1, 2), (2, 2)]


def test_finds_nothing_again(tmp_path: Path) -> None:
    storage = Local(tmp_path)
    storage.seal("", KEY, a_result())
    assert storage.find(KEY) is None
