"""Which kernel is asked first; `tests/upstream/test_accelerate.py` has the real models."""

from typing import Any

import pytest

from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)


def order() -> list[int]:
    """The kernels of attention, as they are asked."""
    return [int(kernel) for kernel in torch._C._get_sdp_priority_order()]


def test_cudnn_is_asked_first_inside_a_model_alone() -> None:
    from torch.nn.attention import SDPBackend

    from actionmesh_wrapper.engines.actionmesh.accelerate.attention import prefer_cudnn

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
