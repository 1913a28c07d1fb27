"""Changes that make ActionMesh's models faster, made to the loaded objects: none of its code is copied.

What each is called, what it does, and whether the output stays the same: `contract.acceleration`.
"""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import torch

from actionmesh_wrapper.engines.actionmesh.accelerate.graph import graph_steps
from actionmesh_wrapper.engines.actionmesh.accelerate.kernels import (
    autoencoder_in_sixteen_bits,
    check_compiler,
    check_flash_3,
    compile_blocks,
    denoiser_in_sixteen_bits,
    prefer_cudnn,
    use_flash_3,
)
from actionmesh_wrapper.engines.actionmesh.accelerate.reuse import (
    constant_cross_attention,
    decode_once,
    shared_first_block,
)
from actionmesh_wrapper.engines.actionmesh.model_pool import AUTOENCODER, DENOISER, IMAGE_TO_3D

Change = Callable[[Any], None]

ON_A_GPU = frozenset({"sixteen_bit_weights", "cudnn_attention", "flash_attention_3", "cuda_graph"})
"""Changes that mean nothing on a processor: it computes in 32 bits, and has none of these kernels."""

WHERE_WEIGHTS_STAY = frozenset({"cuda_graph"})
"""Changes that take a model which is not moved between the GPU and the host."""

NEEDS: Mapping[str, Callable[[], None]] = MappingProxyType(
    {"compile": check_compiler, "flash_attention_3": check_flash_3}
)
"""Checks of what a change needs."""


def in_effect(on: Collection[str], device: torch.device, *, resident: bool) -> tuple[str, ...]:
    """Those of the changes that do anything on a device, in the order of their names.

    Args:
        on: names of changes.
        device: where the models run.
        resident: whether they stay there.

    Raises:
        StartError: if one of them lacks what it needs.
    """
    off = (frozenset() if device.type == "cuda" else ON_A_GPU) | (
        frozenset() if resident else WHERE_WEIGHTS_STAY
    )
    left = tuple(sorted(set(on) - off))
    for name in left:
        if name in NEEDS:
            NEEDS[name]()
    return left


def changes_of(part: str, dtype: torch.dtype) -> Mapping[str, Change]:
    """The changes that one of the pipeline's models has, in the order in which they are made.

    Args:
        part: the model.
        dtype: of the mixed precision that it runs in.
    """
    of_part: dict[str, dict[str, Change]] = {
        IMAGE_TO_3D: {"decode_once": decode_once, "cuda_graph": graph_steps},
        DENOISER: {
            "sixteen_bit_weights": partial(denoiser_in_sixteen_bits, dtype=dtype),
            "constant_cross_attention": constant_cross_attention,
            "shared_first_block": shared_first_block,
            "cudnn_attention": prefer_cudnn,
            "flash_attention_3": use_flash_3,
            "compile": compile_blocks,
        },
        AUTOENCODER: {
            "sixteen_bit_weights": partial(autoencoder_in_sixteen_bits, dtype=dtype),
            "cudnn_attention": prefer_cudnn,
            "compile": compile_blocks,
        },
    }
    return of_part.get(part, {})


def accelerate(part: str, model: Any, on: Collection[str], dtype: torch.dtype) -> None:
    """Makes those of a model's changes that are on, once it is loaded.

    Args:
        part: which of the pipeline's models it is.
        model: ActionMesh's own object.
        on: names of changes; those of other models are passed over.
        dtype: of the mixed precision that it runs in.
    """
    for name, change in changes_of(part, dtype).items():
        if name in on:
            change(model)
