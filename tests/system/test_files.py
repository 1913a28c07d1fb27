from pathlib import Path

import pytest

from actionmesh_wrapper.errors import Cancelled, ExportFailed
from actionmesh_wrapper.system.files import whole_file


def test_the_name_appears_when_the_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "result"
    with whole_file(path) as file:
        file.write(b"half")
        assert not path.exists()
    assert path.read_bytes() == b"half"
    assert list(tmp_path.iterdir()) == [path]


def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "result"
    path.write_bytes(b"old and longer")
    with whole_file(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("reason", [Cancelled(), ValueError("bug")])
def test_what_is_raised_within_passes_and_leaves_the_old_file(tmp_path: Path, reason: BaseException) -> None:
    path = tmp_path / "result"
    path.write_bytes(b"old")

    def fail() -> None:
        with whole_file(path) as file:
            file.write(b"new")
            raise reason

    with pytest.raises(type(reason)):
        fail()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_an_export_failure(tmp_path: Path) -> None:
    path = tmp_path / "result"
    with pytest.raises(ExportFailed) as caught, whole_file(path):
        raise OSError(28, "No space left on device", str(path))
    assert str(caught.value) == "EXPORT_FAILED: The result file result could not be written."
    assert str(tmp_path) not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_an_export_failure(tmp_path: Path) -> None:
    (tmp_path / "folder").write_bytes(b"")
    with pytest.raises(ExportFailed), whole_file(tmp_path / "folder" / "result"):
        pass
