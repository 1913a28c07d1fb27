"""Changes that make ActionMesh's models faster, made to the loaded objects: none of its code is copied.

What each is called, what it does, and whether the output stays the same: `contract.acceleration`.
"""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import torch

from actionmesh_wrapper.engines.actionmesh.accelerate.attention import fused_attention, lean_attention
from actionmesh_wrapper.engines.actionmesh.accelerate.graph import graph_steps
from actionmesh_wrapper.engines.actionmesh.accelerate.guidance import cached_guidance, guidance_interval
from actionmesh_wrapper.engines.actionmesh.accelerate.kernels import (
    autoencoder_in_sixteen_bits,
    check_compiler,
    compile_blocks,
    denoiser_in_sixteen_bits,
    prefer_cudnn,
)
from actionmesh_wrapper.engines.actionmesh.accelerate.reuse import (
    constant_cross_attention,
    decode_once,
    shared_first_block,
)
from actionmesh_wrapper.engines.actionmesh.model_pool import AUTOENCODER, DENOISER, IMAGE_TO_3D

Change = Callable[[Any], None]

SCHEDULER = "scheduler"
"""Of Stage I's steps, no model: it has no weights."""

ON_A_GPU = frozenset({"sixteen_bit_weights", "cudnn_attention", "cuda_graph"})
"""Changes that mean nothing on a processor: it computes in 32 bits, and has none of these kernels."""

WHERE_WEIGHTS_STAY = frozenset({"cuda_graph"})
"""Changes that take a model which is not moved between the GPU and the host."""

ADA = (8, 9)
ON_CAPABILITIES: Mapping[str, frozenset[tuple[int, int]]] = MappingProxyType(
    {"cudnn_attention": frozenset({ADA})}
)
"""Changes that help GPUs of some compute capabilities alone.

By itself PyTorch (2.14) asks cuDNN first on 9.0 and 10.0.
"""

NEEDS: Mapping[str, Callable[[], None]] = MappingProxyType({"compile": check_compiler})
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
    left = tuple(name for name in sorted(set(on) - off) if _helps(name, device))
    for name in left:
        if name in NEEDS:
            NEEDS[name]()
    return left


def _helps(name: str, device: torch.device) -> bool:
    """Whether a change is of use to a device by its compute capability."""
    return name not in ON_CAPABILITIES or torch.cuda.get_device_capability(device) in ON_CAPABILITIES[name]


def changes_of(part: str, dtype: torch.dtype) -> Mapping[str, Change]:
    """The changes that one of the pipeline's parts has, in the order in which they are made.

    Args:
        part: a model, or `SCHEDULER`.
        dtype: of the mixed precision that it runs in.
    """
    of_part: dict[str, dict[str, Change]] = {
        IMAGE_TO_3D: {"decode_once": decode_once, "cuda_graph": graph_steps},
        DENOISER: {
            "sixteen_bit_weights": partial(denoiser_in_sixteen_bits, dtype=dtype),
            "constant_cross_attention": constant_cross_attention,
            "shared_first_block": shared_first_block,
            "lean_attention": lean_attention,
            "fused_attention": fused_attention,
            "cudnn_attention": prefer_cudnn,
            "compile": compile_blocks,
        },
        AUTOENCODER: {
            "sixteen_bit_weights": partial(autoencoder_in_sixteen_bits, dtype=dtype),
            "lean_attention": lean_attention,
            "fused_attention": fused_attention,
            "cudnn_attention": prefer_cudnn,
            "compile": compile_blocks,
        },
        SCHEDULER: {"cached_guidance": cached_guidance, "guidance_interval": guidance_interval},
    }
    return of_part.get(part, {})


def accelerate(part: str, model: Any, on: Collection[str], dtype: torch.dtype) -> None:
    """Makes those of a part's changes that are on, once it is loaded.

    Args:
        part: which of the pipeline's it is.
        model: ActionMesh's own object.
        on: names of changes; those of other parts are passed over.
        dtype: of the mixed precision that it runs in.
    """
    for name, change in changes_of(part, dtype).items():
        if name in on:
            change(model)
