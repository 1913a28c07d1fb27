"""Which of PyTorch's kernels computes attention."""

from importlib.util import find_spec
from typing import Any

from torch.nn.attention import SDPBackend, activate_flash_attention_impl, sdpa_kernel

from actionmesh_wrapper.errors import StartError

FLASH_3 = "flash_attn_interface"  # the package's module, which PyTorch calls

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


def check_flash_3() -> None:
    """Checks that FlashAttention-3 is installed.

    Raises:
        StartError: if it is not.
    """
    if find_spec(FLASH_3) is None:
        raise StartError(
            "ACCELERATE: flash_attention_3 needs the package flash_attn_3, which is not installed."
        )


def use_flash_3(_model: Any) -> None:
    """Has FlashAttention-3 stand for PyTorch's own flash attention, in this whole process."""
    activate_flash_attention_impl("FA3")
