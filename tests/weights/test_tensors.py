from pathlib import Path

import pytest

from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.weights import tensor_names
from actionmesh_wrapper.weights.tensors import stated_size
from tests.weights.laid import safetensors


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
