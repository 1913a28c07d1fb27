"""Weights kept in the 16 bits that mixed precision rounds them to before each use: half the memory."""

from typing import Any

import torch
from torch import nn


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
