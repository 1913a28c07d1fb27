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


@pytest.mark.parametrize(
    ("log", "cause"),
    [
        (
            "  File '/a/b.py', line 1\nModuleNotFoundError: No module named 'numpy'\n\nError: script failed",
            None,
        ),
        (
            "OSError: [Errno 28] No space left: '/tmp/my jobs/x.fbx'",
            "OSError: [Errno 28] No space left: 'x.fbx'",
        ),
        ("KeyError: 'first'\nRuntimeError: Error: /srv/a b/c.glb, not /srv/d.", "RuntimeError: Error: d"),
        ("a.b.OddError: /secret", "a.b.OddError: secret"),
        ("AssertionError", "AssertionError"),
    ],
)
def test_python_s_last_error_is_told_without_folders(tmp_path: Path, log: str, cause: str | None) -> None:
    (tmp_path / "log").write_text(log)
    cause = cause or "ModuleNotFoundError: No module named 'numpy'"
    for code, what in ((1, "It failed"), (0, "It did not write a.fbx")):
        with pytest.raises(ExportFailed) as caught:
            run_program("It", [str(fake(tmp_path, f"cat {tmp_path}/log; exit {code}"))], tmp_path, ["a.fbx"])
        assert caught.value.message == f"{what}: {cause}."
        assert caught.value.detail == log.strip()


@pytest.mark.parametrize(
    "log", ["Error: Python: Traceback (most recent call last):", "Writing: /tmp/crash.txt", ""]
)
def test_what_is_no_error_of_python_s_is_not_told(tmp_path: Path, log: str) -> None:
    with pytest.raises(ExportFailed) as caught:
        run_program("It", [str(fake(tmp_path, f"echo '{log}'; exit 1"))], tmp_path, [])
    assert caught.value.message == "It failed."


def test_a_program_that_cannot_be_started_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "none"))  # starts it within its limits
    with pytest.raises(ExportFailed) as caught:
        run_program("It", ["/bin/true"], tmp_path, [])
    assert str(caught.value) == "EXPORT_FAILED: It could not be started."
