"""What makes ActionMesh faster than its own code does: the changes by name, and which of them are on.

`actionmesh_wrapper.engines.actionmesh.accelerate` makes them; `tests/upstream/test_accelerate.py` holds each
against ActionMesh's own classes.
"""

from collections.abc import Mapping
from types import MappingProxyType

EXACT: Mapping[str, str] = MappingProxyType(
    {
        "swift_load": "weights are read without drawing random ones first, and mapped instead of copied",
        "sixteen_bit_weights": "weights that each step would round to 16 bits are kept so",
        "constant_cross_attention": "where the context is zero, as without guidance, cross-attention is the "
        "bias of its output",
        "shared_first_block": "the first block's self-attention, equal with and without guidance, is "
        "computed once",
        "decode_once": "the surface's decoder sees its latent once, not with every batch of points",
        "skip_known_meshes": "meshes that two windows share are decoded once",
        "mesh_beside": "the anchor's mesh is cleaned, written and shared while Stage I begins",
    }
)
"""Changes with the same output, bit for bit, as held on a processor; in ``all``."""

LOSSY: Mapping[str, str] = MappingProxyType(
    {
        "cudnn_attention": "attention by cuDNN, which rounds in another order",
        "flash_attention_3": "attention by FlashAttention-3, likewise; needs its package and a Hopper GPU",
        "cuda_graph": "the steps of image-to-3D replayed as one CUDA graph, where all models stay on the GPU",
        "compile": "the blocks of Stages I and II compiled by PyTorch, which fuses and so rounds otherwise; "
        "needs a C compiler",
    }
)
"""Changes that are not held to the same output, as that takes a GPU or they round otherwise.

Each is on only where it is named.
"""


def choose(wish: str) -> frozenset[str]:
    """Which changes are on.

    Args:
        wish: names separated by commas, read from left to right. ``all`` stands for those of `EXACT`,
            ``none`` for nothing, and a name after ``-`` is taken out again.

    Raises:
        ValueError: naming what is no change's name, and those that are.
    """
    on: set[str] = set()
    for item in wish.replace(" ", "").split(","):
        name = item.removeprefix("-")
        if name not in {"all", "none", *EXACT, *LOSSY}:
            known = ", ".join(("all", "none", *EXACT, *LOSSY))
            raise ValueError(f"{name!r} is no change: {known}; -name takes one out")
        named = {"all": set(EXACT), "none": set[str]()}.get(name, {name})
        on = on - named if item.startswith("-") else on | named
    return frozenset(on)
