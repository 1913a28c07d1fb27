"""Changes of how ActionMesh's models compute: attention kernels, compiled blocks, 16-bit weights."""

import shutil
from importlib.util import find_spec
from typing import Any

import torch
from torch import nn
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
COMPILERS = ("gcc", "cc", "clang")
VARIANTS = 64
"""Most ways in which a block is compiled; beyond them PyTorch runs it as it is, and 8 is its own limit.

All blocks of Stages I and II share it, being of one class. The first, those with a skip connection and those
without are three; so are halves of guidance together, and each by itself.
"""
OPTIONS = {"emulate_precision_casts": True}
"""Roundings to 16 bits are kept where fused code could leave them out."""


def prefer_cudnn(model: Any) -> None:
    """Has a model's attention computed by cuDNN where that can.

    Args:
        model: a module; its ``forward`` is replaced.
    """
    compute = model.forward

    def forward(*args: Any, **kwargs: Any) -> Any:
        with sdpa_kernel(PREFERRED, set_priority=True):
            return compute(*args, **kwargs)

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


def check_compiler() -> None:
    """Checks that there is what PyTorch compiles with; else it would tell only in the first job.

    Raises:
        StartError: if there is none.
    """
    if not any(shutil.which(name) for name in COMPILERS):
        raise StartError("ACCELERATE: compile needs a C compiler, as in an image built with COMPILER=1.")


def compile_blocks(model: Any) -> None:
    """Compiles all blocks but the last, as ActionMesh's own switch does, but once the weights are loaded.

    The first job waits for it; ``TORCHINDUCTOR_CACHE_DIR`` on a volume spares the next worker's.

    Args:
        model: an ``ActionMeshDenoiser`` or ``ActionMeshAutoencoder``.
    """
    for block in model.blocks[:-1]:
        block.compile(dynamic=False, recompile_limit=VARIANTS, options=OPTIONS)


def denoiser_in_sixteen_bits(denoiser: Any, dtype: torch.dtype) -> None:
    """Keeps the linear layers' weights in 16 bits; norms stay as they are.

    Args:
        denoiser: an ``ActionMeshDenoiser``.
        dtype: of the mixed precision that it runs in.
    """
    _round(denoiser, dtype)


def autoencoder_in_sixteen_bits(autoencoder: Any, dtype: torch.dtype) -> None:
    """Keeps those weights in 16 bits that are used so.

    The last block and the layers around it run in 32 bits: ActionMesh turns mixed precision off for them.

    Args:
        autoencoder: an ``ActionMeshAutoencoder``.
        dtype: of the mixed precision that it runs in.
    """
    for module in (autoencoder.post_quant, *autoencoder.blocks[:-1]):
        _round(module, dtype)


def _round(module: nn.Module, dtype: torch.dtype) -> None:
    for layer in module.modules():
        if isinstance(layer, nn.Linear):
            layer.to(dtype)
