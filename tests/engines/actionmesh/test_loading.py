"""Weights as they lie in a file, and none by chance."""

from pathlib import Path
from typing import Any

import pytest

from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)
safetensors = pytest.importorskip("safetensors.torch", reason=NO_TORCH)


def layers() -> list[Any]:
    return [
        torch.nn.Linear(3, 3),
        torch.nn.Conv2d(3, 3, 3),
        torch.nn.Embedding(3, 3),
        torch.nn.MultiheadAttention(4, 2),
        torch.nn.Bilinear(2, 2, 2),
    ]


def test_nothing_is_drawn_by_chance() -> None:
    from actionmesh_wrapper.engines.actionmesh.loading import swift_load

    state = torch.random.get_rng_state()
    with swift_load():
        layers()
        torch.nn.init.normal_(torch.empty(3))
        torch.nn.init.trunc_normal_(tensor=torch.empty(3))
        torch.empty(3).normal_()
    assert torch.equal(torch.random.get_rng_state(), state)
    layers()
    assert not torch.equal(torch.random.get_rng_state(), state), "outside all is as ever"


def test_what_is_not_by_chance_is_as_ever() -> None:
    from actionmesh_wrapper.engines.actionmesh.loading import swift_load

    with swift_load():
        norm = torch.nn.LayerNorm(4)
    assert torch.equal(norm.weight, torch.ones(4))
    assert torch.equal(norm.bias, torch.zeros(4))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_file_fills_a_model_in_the_models_format(tmp_path: Path, dtype: Any) -> None:
    from actionmesh_wrapper.engines.actionmesh.loading import swift_load

    there = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.BatchNorm1d(4)).to(dtype)
    file = tmp_path / "model.safetensors"
    safetensors.save_model(there, str(file))
    load = safetensors.load_model
    with swift_load():
        here = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.BatchNorm1d(4)).eval()
        assert safetensors.load_model(here, file) == ([], [])
    assert safetensors.load_model is load
    for name, tensor in here.state_dict().items():
        assert tensor.dtype == (torch.int64 if "num_batches" in name else torch.float32)
        assert torch.equal(tensor, there.state_dict()[name].to(tensor.dtype)), name
    assert all(parameter.requires_grad for parameter in here.parameters())
    before = file.read_bytes()
    with torch.no_grad():
        here[0].weight.zero_()
    assert file.read_bytes() == before


def test_what_is_missing_is_told_as_the_loader_does(tmp_path: Path) -> None:
    from actionmesh_wrapper.engines.actionmesh.loading import swift_load

    file = tmp_path / "model.safetensors"
    safetensors.save_file({"weight": torch.ones(2, 2), "odd": torch.ones(1)}, file)
    with swift_load():
        assert safetensors.load_model(torch.nn.Linear(2, 2), file, strict=False) == (["bias"], ["odd"])
        with pytest.raises(RuntimeError, match="bias"):
            safetensors.load_model(torch.nn.Linear(2, 2), file)
