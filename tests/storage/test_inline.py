from base64 import b64decode
from pathlib import Path

import pytest

from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.errors import StorageFailed
from actionmesh_wrapper.storage import Inline
from actionmesh_wrapper.storage.inline import REST_BYTES
from tests.storage.files import a_result, ignore, make_files


def test_files_are_data_urls(tmp_path: Path) -> None:
    files = make_files(tmp_path, {"animated_mesh.glb": b"glTF\x00", "preview.mp4": b"ftyp"})
    urls = Inline().put(files, step=ignore, warn=ignore).urls
    head, _, content = (urls["animated_mesh.glb"] or "").partition(",")
    assert head == "data:model/gltf-binary;base64"
    assert b64decode(content) == b"glTF\x00"
    assert (urls["preview.mp4"] or "").startswith("data:video/mp4;base64,")


def test_what_has_no_room_is_left_out_by_name_and_what_has_is_kept(tmp_path: Path) -> None:
    notices: list[Notice] = []
    files = make_files(
        tmp_path, {"animated_mesh.glb": b"x" * 600, "mesh_000.glb": b"x" * 600, "mesh_001.glb": b"x" * 60}
    )
    urls = Inline(REST_BYTES + 1000).put(files, step=ignore, warn=notices.append).urls
    assert [name for name, url in urls.items() if url] == ["animated_mesh.glb", "mesh_001.glb"]
    assert sum(len(url or "") for url in urls.values()) <= 1000
    assert [notice.code for notice in notices] == ["FILES_LEFT_OUT"]
    assert notices[0].message.endswith("left out: mesh_000.glb.")


def test_of_many_that_have_no_room_the_first_are_named(tmp_path: Path) -> None:
    notices: list[Notice] = []
    names = [f"mesh_{index:03d}.glb" for index in range(226)]
    for name in names:
        (tmp_path / name).write_bytes(b"glTF")
    files = [tmp_path / name for name in names]
    Inline(answer_bytes=0).put(files, step=lambda _done, _of: None, warn=notices.append)
    assert notices[0].message.endswith("mesh_038.glb, mesh_039.glb and 186 more.")


def test_the_room_is_counted_to_the_character(tmp_path: Path) -> None:
    files = make_files(tmp_path, {"mesh_000.glb": b"x" * 300})
    needed = len("data:model/gltf-binary;base64,") + 400
    assert Inline(REST_BYTES + needed).put(files, step=ignore, warn=ignore).urls["mesh_000.glb"]
    assert not Inline(REST_BYTES + needed - 1).put(files, step=ignore, warn=ignore).urls["mesh_000.glb"]


def test_files_of_so_many_bytes_together_have_room(tmp_path: Path) -> None:
    inline = Inline(REST_BYTES + 10_000)
    assert inline.room is not None
    sizes = {"animated_mesh.glb": inline.room - 200, "preview.mp4": 100, "poster.png": 100}
    files = make_files(tmp_path, {name: b"x" * size for name, size in sizes.items()})
    assert all(inline.put(files, step=ignore, warn=ignore).urls.values())
    assert inline.room > 0.9 * 10_000 * 3 / 4 - 500
    assert Inline().room is None


def test_a_delivery_takes_each_file_once_it_is_put(tmp_path: Path) -> None:
    files = make_files(tmp_path, {"preview.mp4": b"ftyp"})
    with Inline().deliver("job") as delivery:
        delivery.send(files)
        assert delivery.put(files, step=ignore, warn=ignore) == Inline().put(files, step=ignore, warn=ignore)


def test_shares_nothing_before_the_end(tmp_path: Path) -> None:
    assert Inline().share(make_files(tmp_path, {"anchor_mesh.glb": b"x"})[0]) is None


def test_keeps_nothing() -> None:
    Inline().seal("0" * 64, a_result(), step=ignore)
    assert Inline().find("0" * 64) is None


def test_a_file_that_is_gone_is_an_error_without_a_path(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed) as caught:
        Inline().put([tmp_path / "preview.mp4"], step=ignore, warn=ignore)
    assert str(tmp_path) not in str(caught.value)
