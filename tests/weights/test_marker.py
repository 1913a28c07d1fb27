from pathlib import Path

import pytest

from actionmesh_wrapper.weights.marker import MARKER, Known, Marker

WHOLE = Marker("acme/Shapes", "a" * 40, {"vae/model.safetensors": Known(12, "0" * 64)})


def test_what_was_written_is_read(tmp_path: Path) -> None:
    WHOLE.write(tmp_path)
    assert Marker.read(tmp_path) == WHOLE
    assert [path.name for path in tmp_path.iterdir()] == [MARKER]


def test_a_folder_may_have_none(tmp_path: Path) -> None:
    assert Marker.read(tmp_path) is None
    Marker.remove(tmp_path)


def test_one_that_is_removed_is_gone(tmp_path: Path) -> None:
    WHOLE.write(tmp_path)
    Marker.remove(tmp_path)
    assert Marker.read(tmp_path) is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"repository": "a/b"}', '{"files": {"a": 1}}', '{"files": 3}']
)
def test_half_a_marker_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / MARKER).write_text(text)
    with pytest.raises(ValueError, match=r"^\.actionmesh-weights\.json is damaged$"):
        Marker.read(tmp_path)


def test_a_failed_write_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    WHOLE.write(tmp_path)

    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        Marker("acme/Other", "b" * 40, {}).write(tmp_path)
    assert Marker.read(tmp_path) == WHOLE
