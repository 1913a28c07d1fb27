"""Kernels, compiling and 16-bit weights; `tests/upstream/test_accelerate.py` has the real models."""

import shutil
from typing import Any

import pytest

from actionmesh_wrapper.errors import StartError
from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)


def order() -> list[int]:
    """The kernels of attention, as they are asked."""
    return [int(kernel) for kernel in torch._C._get_sdp_priority_order()]


def test_cudnn_is_asked_first_inside_a_model_alone() -> None:
    from torch.nn.attention import SDPBackend

    from actionmesh_wrapper.engines.actionmesh.accelerate.kernels import prefer_cudnn

    class Model(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, given: Any, *, twice: bool) -> tuple[Any, bool, list[int]]:
            return given, twice, order()

    before, model = order(), Model()
    prefer_cudnn(model)
    given, twice, inside = model(3, twice=True)
    assert (given, twice) == (3, True)
    assert inside[0] == int(SDPBackend.CUDNN_ATTENTION)
    assert set(inside) >= {int(SDPBackend.FLASH_ATTENTION), int(SDPBackend.EFFICIENT_ATTENTION)}
    assert order() == before


@pytest.mark.parametrize("there", ["gcc", "cc", "clang"])
def test_any_c_compiler_will_do(monkeypatch: pytest.MonkeyPatch, there: str) -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate import in_effect

    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}" if name == there else None)
    assert in_effect({"compile"}, torch.device("cpu"), resident=True) == ("compile",)


def test_without_one_the_worker_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate import in_effect

    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert in_effect({"decode_once"}, torch.device("cpu"), resident=True) == ("decode_once",)
    with pytest.raises(StartError, match="ACCELERATE: compile needs a C compiler"):
        in_effect({"compile"}, torch.device("cpu"), resident=True)


def test_the_denoisers_linear_layers_alone() -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate.kernels import denoiser_in_sixteen_bits

    denoiser = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.LayerNorm(4), torch.nn.Linear(4, 2))
    denoiser_in_sixteen_bits(denoiser, torch.float16)
    assert [tensor.dtype for tensor in denoiser.parameters()] == [
        *[torch.float16] * 2,
        *[torch.float32] * 2,
        *[torch.float16] * 2,
    ]


def test_the_autoencoder_but_for_what_runs_in_32_bits() -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate.kernels import autoencoder_in_sixteen_bits

    class Autoencoder(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.post_quant, self.proj_query = torch.nn.Linear(4, 4), torch.nn.Linear(4, 4)
            self.blocks = torch.nn.ModuleList(torch.nn.Linear(4, 4) for _ in range(3))

    autoencoder = Autoencoder()
    autoencoder_in_sixteen_bits(autoencoder, torch.bfloat16)
    in_16 = {name for name, tensor in autoencoder.named_parameters() if tensor.dtype == torch.bfloat16}
    assert {name.rpartition(".")[0] for name in in_16} == {"post_quant", "blocks.0", "blocks.1"}
