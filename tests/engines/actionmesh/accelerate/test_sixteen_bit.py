"""Weights in 16 bits; that it changes nothing is held in `tests/upstream/test_accelerate.py`."""

import pytest

from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)


def test_the_denoisers_linear_layers_alone() -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate.sixteen_bit import denoiser_in_sixteen_bits

    denoiser = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.LayerNorm(4), torch.nn.Linear(4, 2))
    denoiser_in_sixteen_bits(denoiser, torch.float16)
    assert [tensor.dtype for tensor in denoiser.parameters()] == [
        *[torch.float16] * 2,
        *[torch.float32] * 2,
        *[torch.float16] * 2,
    ]


def test_the_autoencoder_but_for_what_runs_in_32_bits() -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate.sixteen_bit import autoencoder_in_sixteen_bits

    class Autoencoder(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.post_quant, self.proj_query = torch.nn.Linear(4, 4), torch.nn.Linear(4, 4)
            self.blocks = torch.nn.ModuleList(torch.nn.Linear(4, 4) for _ in range(3))

    autoencoder = Autoencoder()
    autoencoder_in_sixteen_bits(autoencoder, torch.bfloat16)
    in_16 = {name for name, tensor in autoencoder.named_parameters() if tensor.dtype == torch.bfloat16}
    assert {name.rpartition(".")[0] for name in in_16} == {"post_quant", "blocks.0", "blocks.1"}
