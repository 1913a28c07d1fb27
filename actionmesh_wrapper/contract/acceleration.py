"""What makes ActionMesh faster than its own code does: the changes by name, and which of them are on.

`actionmesh_wrapper.engines.actionmesh.accelerate` makes them; `tests/upstream/` compares each with
ActionMesh's own classes.
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
        "lean_attention": "queries, keys and values come out by heads: they are not joined and cut, nor "
        "brought to 32 bits and back, nor divided by one",
    }
)
"""Changes with the same output, bit for bit, as tested on a processor; in ``all`` and in ``exact``."""

CLOSE: Mapping[str, str] = MappingProxyType(
    {
        "fused_attention": "as lean_attention, and its norms and rotary embedding take one kernel each, "
        "which on a GPU may round the last of 32 bits otherwise",
    }
)
"""Changes whose difference is below the model's own noise; in ``all``.

The noise is what upstream's output moves by when its start noise moves by one unit in the last place
(``bench/floor.py``). Where no GPU has measured one, it is here only if a processor shows it exact.
"""

LOSSY: Mapping[str, str] = MappingProxyType(
    {
        "cudnn_attention": "attention by cuDNN, which rounds in another order, on GPUs of compute capability "
        "8.9 (Ada); on 9.0 and 10.0 (Hopper, Blackwell) PyTorch takes it by itself",
        "cuda_graph": "the steps of image-to-3D replayed as one CUDA graph, where all models stay on the GPU",
        "compile": "the blocks of Stages I and II compiled by PyTorch, which fuses and so rounds otherwise; "
        "needs a C compiler",
        "guidance_interval": "Stage I is guided only in the middle of its diffusion times (0.22 to 0.84 of "
        "1); outside, one pass of its model does",
        "cached_guidance": "what guidance adds in one step of Stage I is added in the next, too, which then "
        "takes one pass of its model",
    }
)
"""Changes that are not tested to keep the output, as that takes a GPU, or that change it.

Each is on only where it is named.
"""

GROUPS: Mapping[str, frozenset[str]] = MappingProxyType(
    {"all": frozenset({*EXACT, *CLOSE}), "exact": frozenset(EXACT), "none": frozenset()}
)
"""Names that stand for several changes."""


def choose(wish: str) -> frozenset[str]:
    """Which changes are on.

    Args:
        wish: names separated by commas, read from left to right: of changes, or of `GROUPS`. A name after
            ``-`` is taken out again.

    Raises:
        ValueError: naming what is no change's name, and those that are.
    """
    known = (*GROUPS, *EXACT, *CLOSE, *LOSSY)
    on = frozenset[str]()
    for item in wish.replace(" ", "").split(","):
        name = item.removeprefix("-")
        if name not in known:
            raise ValueError(f"{name!r} is no change: {', '.join(known)}; -name takes one out")
        named = GROUPS.get(name, frozenset({name}))
        on = on - named if item.startswith("-") else on | named
    return on
