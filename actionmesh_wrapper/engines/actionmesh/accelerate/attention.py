"""Which of PyTorch's kernels computes attention."""

from typing import Any

from torch.nn.attention import SDPBackend, sdpa_kernel

PREFERRED = [
    SDPBackend.CUDNN_ATTENTION,
    SDPBackend.FLASH_ATTENTION,
    SDPBackend.EFFICIENT_ATTENTION,
    SDPBackend.MATH,
]
"""The first that can compute a call does."""


def prefer_cudnn(model: Any) -> None:
    """Has a model's attention computed by cuDNN where that can.

    Args:
        model: a module; its ``forward`` is replaced.
    """
    compute = model.forward

    def forward(*args: Any, **given: Any) -> Any:
        with sdpa_kernel(PREFERRED, set_priority=True):
            return compute(*args, **given)

    model.forward = forward
