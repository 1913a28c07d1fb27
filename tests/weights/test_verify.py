import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.weights import Check, Repository, SearchPath, Weights, find, tensor_names, verify
from actionmesh_wrapper.weights.marker import MARKER, Known, Marker
from actionmesh_wrapper.weights.verify import digest, stated_size
from tests.weights.laid import CUTTER, FILES, SHAPES, TABLE, blob_sha1, in_cache, in_folder, safetensors

BIG = "vae/model.safetensors"


def test_the_names_are_those_that_the_library_wrote(tmp_path: Path) -> None:
    numpy = pytest.importorskip("safetensors.numpy", reason="the container's packages have safetensors")
    import numpy as np

    tensors = {
        "a.weight": np.zeros((2, 3), np.float32),
        "b": np.zeros(4, np.int64),
        "c": np.zeros((0,), np.int8),
    }
    numpy.save_file(tensors, tmp_path / "model.safetensors", {"format": "pt"})
    assert tensor_names(tmp_path / "model.safetensors") == set(tensors)
    assert stated_size(tmp_path / "model.safetensors") == (tmp_path / "model.safetensors").stat().st_size


def test_metadata_is_no_tensor(tmp_path: Path) -> None:
    (tmp_path / "m.safetensors").write_bytes(safetensors(("x", "y"), 32))
    assert tensor_names(tmp_path / "m.safetensors") == {"x", "y"}


def test_no_tensors_are_no_names(tmp_path: Path) -> None:
    (tmp_path / "m.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    assert tensor_names(tmp_path / "m.safetensors") == frozenset()


def test_a_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(safetensors(("x",), 64)[:-1])
    size = path.stat().st_size
    with pytest.raises(StartError, match=rf"m\.safetensors: {size} of {size + 1} bytes$"):
        tensor_names(path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 8,
        b"\xff" * 40,
        (4).to_bytes(8, "little") + b"[1]",
        (9).to_bytes(8, "little") + b'{"a": {}}',
    ],
)
def test_what_is_no_safetensors_file_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "m.safetensors").write_bytes(data)
    with pytest.raises(StartError, match=r"m\.safetensors: not a safetensors file \("):
        tensor_names(tmp_path / "m.safetensors")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"not a safetensors file .*No such file"):
        tensor_names(tmp_path / "m.safetensors")


def test_one_of_several_shards_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(safetensors(("x",), 64))
    (tmp_path / "model.safetensors.index.json").write_text("{}")
    with pytest.raises(
        StartError, match=r"model\.safetensors\.index\.json beside it says that there is more than one"
    ):
        tensor_names(tmp_path / "model.safetensors")


def laid(tmp_path: Path) -> Weights:
    """Shapes in a folder, Cutter in a cache, Tracker nowhere."""
    in_folder(tmp_path / "own", SHAPES)
    in_cache(tmp_path / "hub", CUTTER)
    weights = find(SearchPath((tmp_path / "own",), (tmp_path / "hub",)), TABLE)
    assert set(weights.paths) == {"Shapes", "Cutter"}
    return weights


def refused(weights: Weights, check: Check = "full") -> list[str]:
    """The lines that a check refuses weights with, each without its repository's folder."""
    with pytest.raises(StartError) as caught:
        verify(weights, check)
    first, *rest = str(caught.value).splitlines()
    assert first == "The weights cannot be used:"
    return [line.replace(f" in {weights.paths.get(line.split()[0])}", "") for line in rest]


def change(path: Path) -> str:
    """Changes one byte in the middle, through a link if it is one; the new hash."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.resolve().write_bytes(bytes(data))
    return hashlib.sha256(bytes(data)).hexdigest()


@pytest.mark.parametrize("check", ["full", "sizes"])
def test_whole_weights_pass_and_what_may_be_missing_is_said(
    tmp_path: Path, check: Check, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        verify(laid(tmp_path), check)
    assert caplog.messages[0].startswith(
        "missing, but not required: Tracker (acme/Tracker@cccccccc): not found in "
    )
    assert caplog.messages[1].startswith(f"weights verified ({check}) in ")


def test_what_is_required_may_not_be_missing(tmp_path: Path) -> None:
    assert refused(find(SearchPath((tmp_path,), ()), (SHAPES,))) == [
        f"Shapes (acme/Shapes@aaaaaaaa): not found in {tmp_path}"
    ]


@pytest.mark.parametrize("check", ["full", "sizes"])
def test_every_repository_and_file_that_is_wrong_is_named(tmp_path: Path, check: Check) -> None:
    weights = laid(tmp_path)
    size = len(FILES["acme/Shapes"][BIG])
    (weights.paths["Shapes"] / BIG).write_bytes(FILES["acme/Shapes"][BIG][:-5])
    (weights.paths["Shapes"] / "config.json").unlink()
    code = b"import os\n"
    (weights.paths["Cutter"] / "cut.py").resolve().write_bytes(code)
    hashes = f"hash {blob_sha1(code)} instead of {blob_sha1(FILES['acme/Cutter']['cut.py'])}"
    assert refused(weights, check) == [
        "Shapes (acme/Shapes@aaaaaaaa): config.json: missing",
        f"Shapes (acme/Shapes@aaaaaaaa): {BIG}: {size - 5:,} of {size:,} bytes",
        f"Cutter (acme/Cutter@bbbbbbbb): cut.py: {hashes}",
    ]


def test_a_changed_byte_in_a_large_file_is_for_the_full_check(tmp_path: Path) -> None:
    weights = laid(tmp_path)
    actual = change(weights.paths["Shapes"] / BIG)
    verify(weights, "sizes")
    expected = hashlib.sha256(FILES["acme/Shapes"][BIG]).hexdigest()
    assert refused(weights) == [f"Shapes (acme/Shapes@aaaaaaaa): {BIG}: hash {actual} instead of {expected}"]


@pytest.mark.parametrize("name", ["cut.py", "config.json", "model.safetensors"])
@pytest.mark.parametrize("lay", [in_folder, in_cache])
@pytest.mark.parametrize("check", ["full", "sizes"])
def test_code_and_small_files_are_always_hashed(
    tmp_path: Path, check: Check, lay: Callable[[Path, Repository], Path], name: str
) -> None:
    weights = Weights({"Cutter": lay(tmp_path, CUTTER)}, repositories=(CUTTER,))
    change(weights.paths["Cutter"] / name)
    assert [line.split(": hash ")[0] for line in refused(weights, check)] == [
        f"Cutter (acme/Cutter@bbbbbbbb): {name}"
    ]


@pytest.mark.parametrize("check", ["full", "sizes"])
def test_a_marker_that_goes_with_a_changed_file_does_not_stand_above_the_table(
    tmp_path: Path, check: Check
) -> None:
    folder = in_folder(tmp_path, CUTTER)
    pinned = CUTTER.sha256["model.safetensors"]
    actual = change(folder / "model.safetensors")
    marker = Marker.read(folder)
    assert marker is not None
    size = len(FILES["acme/Cutter"]["model.safetensors"])
    forged = replace(marker, files={**marker.files, "model.safetensors": Known(size, actual)})
    forged.write(folder)
    assert refused(Weights({"Cutter": folder}, repositories=(CUTTER,)), check) == [
        f"Cutter (acme/Cutter@bbbbbbbb): model.safetensors: hash {actual} instead of {pinned}"
    ]


def test_a_large_file_in_a_cache_is_held_to_its_own_header(tmp_path: Path) -> None:
    snapshot = in_cache(tmp_path, SHAPES)
    weights = Weights({"Shapes": snapshot}, repositories=(SHAPES,))
    verify(weights, "sizes")
    size = len(FILES["acme/Shapes"][BIG])
    (snapshot / BIG).resolve().write_bytes(FILES["acme/Shapes"][BIG][:-5])
    assert refused(weights, "sizes") == [
        f"Shapes (acme/Shapes@aaaaaaaa): {BIG}: {size - 5:,} of {size:,} bytes"
    ]


def test_a_file_in_a_cache_that_is_no_link_to_a_blob_has_no_hash(tmp_path: Path) -> None:
    snapshot = in_cache(tmp_path, SHAPES)
    (snapshot / "config.json").unlink()
    (snapshot / "config.json").write_bytes(FILES["acme/Shapes"]["config.json"])
    assert refused(Weights({"Shapes": snapshot}, repositories=(SHAPES,)), "sizes") == [
        "Shapes (acme/Shapes@aaaaaaaa): config.json: there is no hash to hold it to"
    ]


def test_a_file_that_the_table_does_not_know_is_refused(tmp_path: Path) -> None:
    folder = in_folder(tmp_path, SHAPES)
    (folder / "vae/model.safetensors.index.json").write_text("{}")
    assert refused(Weights({"Shapes": folder}, repositories=(SHAPES,))) == [
        "Shapes (acme/Shapes@aaaaaaaa): vae/model.safetensors.index.json: not among the repository's files"
    ]


def test_another_revision_is_refused(tmp_path: Path) -> None:
    folder = in_folder(tmp_path, SHAPES)
    Marker("acme/Shapes", "f" * 40, {}).write(folder)
    bare = tmp_path / "bare"
    bare.mkdir()
    assert refused(Weights({"Shapes": folder, "Cutter": bare}, repositories=(SHAPES, CUTTER))) == [
        f"Shapes (acme/Shapes@aaaaaaaa): it has acme/Shapes@{'f' * 40}",
        f"Cutter (acme/Cutter@bbbbbbbb): it has neither a {MARKER} nor the revision as its name",
    ]


def test_hashes_are_those_of_git_and_of_sha256sum(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for data in (b"", b"hello\n", bytes(range(256)) * 40_000):  # the last is larger than a block
        path.write_bytes(data)
        assert digest(path, like="0" * 64) == hashlib.sha256(data).hexdigest()
        assert digest(path, like="0" * 40) == blob_sha1(data)
    path.write_bytes(b"hello\n")
    assert digest(path, like="0" * 40) == "ce013625030ba8dba906f756967f9e9ca394464a"  # git hash-object
