"""A program that writes files into its folder: that folder, and what counts as a failure."""

from pathlib import Path

import pytest

from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export.program import run_program, workplace
from tests.export.blenders import fake


def test_its_folder_has_an_absolute_path_without_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path)
    with workplace(Path("link", "..", "link")) as place:
        assert place.parent == (tmp_path / "real").resolve()
    assert list((tmp_path / "real").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed, match="to the worker's disk"), workplace(tmp_path / "missing"):
        pass


def test_an_empty_file_counts_as_none(tmp_path: Path) -> None:
    command = [str(fake(tmp_path, 'echo 1 > "$1/full"; : > "$1/empty"')), str(tmp_path)]
    assert run_program("It", command, tmp_path, ["full"]) == [tmp_path / "full"]
    with pytest.raises(ExportFailed) as caught:
        run_program("It", command, tmp_path, ["full", "empty"])
    assert caught.value.message == "It did not write empty."


def test_a_program_that_cannot_be_started_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "none"))  # starts it within its limits
    with pytest.raises(ExportFailed) as caught:
        run_program("It", ["/bin/true"], tmp_path, [])
    assert str(caught.value) == "EXPORT_FAILED: It could not be started."
