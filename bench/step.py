"""Memory, traffic and operations of a step of Stage I at its real size, counted without a GPU.

    python -m bench.step

Runs upstream's real denoiser in mixed precision on tensors that have a shape and no content (PyTorch's fake
ones), and adds up their storages as they come and go. ACTIONMESH_SRC and TRIPOSG_SRC name checkouts of
upstream's code. Not counted, as it hangs on the card: CUDA's own, what its allocator cannot use, and the
scratch memory of kernels. Attention is counted as a processor's: it, too, keeps no matrix of all pairs.
"""

import os
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from actionmesh_wrapper.engines.actionmesh.accelerate import accelerate
from actionmesh_wrapper.engines.actionmesh.model_pool import DENOISER
from bench.flops import ON_A_PROCESSOR
from bench.traffic import Traffic
from tests.upstream.home import find_sources, missing_sources

FRAMES, CONTEXT = 16, 257  # of a window; tokens that the image encoder sees in a frame

KEPT = ("sixteen_bit_weights",)
OURS = (*KEPT, "fused_attention")  # of the changes that are on by default those that bear on memory
CASES: list[tuple[str, int, tuple[str, ...]]] = [
    ("ActionMesh, halves together (default, fast)", 2, ()),
    ("ours", 2, OURS),
    ("ActionMesh, halves in turn (low_ram, fast_low_ram)", 1, ()),
    ("ours", 1, OURS),
]
"""What it is called, the halves of guidance in a batch, and the changes that are made."""
MOVED: list[tuple[str, ...]] = [(), KEPT, (*KEPT, "lean_attention"), OURS]
"""Changes whose traffic is counted."""


@dataclass(frozen=True)
class Memory:
    """In bytes: of the weights, and with all else at the moment that takes most."""

    weights: int
    peak: int


class Count(TorchDispatchMode):  # type: ignore[misc]  # mypy has no PyTorch
    """Adds up the storages of all tensors that are alive.

    Attributes:
        now: bytes of those alive.
        peak: the most so far.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = self.peak = 0
        self._known: dict[int, int] = {}

    def take(self, tensor: torch.Tensor) -> None:
        """Counts a tensor's storage, once, until it is gone."""
        storage = tensor.untyped_storage()
        key = storage._cdata  # noqa: SLF001 – what PyTorch itself tells storages apart by
        if key in self._known:
            return
        self._known[key] = storage.nbytes()
        self.now += self._known[key]
        self.peak = max(self.peak, self.now)
        weakref.finalize(storage, self._drop, key)

    def _drop(self, key: int) -> None:
        self.now -= self._known.pop(key)

    def __torch_dispatch__(
        self, func: Callable[..., Any], _types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        answer = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(answer):
            if isinstance(leaf, torch.Tensor):
                self.take(leaf)
        return answer


def memory_of(make: Callable[[], Any], halves: int, changes: tuple[str, ...]) -> Memory:
    """Counts the memory of a step of Stage I.

    Args:
        make: an ``ActionMeshDenoiser`` of some size.
        halves: of guidance in the batch, 1 or 2.
        changes: that it is made faster by.
    """
    denoiser = _without_memory(make)
    accelerate(DENOISER, denoiser, changes, torch.bfloat16)
    with FakeTensorMode(), Count() as count:
        for weight in _fake_weights(denoiser):
            count.take(weight)
        weights = count.now
        _run(denoiser, halves)
        return Memory(weights, count.peak)


def traffic_of(make: Callable[[], Any], changes: tuple[str, ...]) -> int:
    """Counts the bytes that the kernels of a step of Stage I read and write, halves together.

    Args:
        make: an ``ActionMeshDenoiser`` of some size.
        changes: that it is made faster by.
    """
    denoiser = _without_memory(make)
    accelerate(DENOISER, denoiser, changes, torch.bfloat16)
    with FakeTensorMode(), Traffic() as traffic:
        _fake_weights(denoiser)
        _run(denoiser, halves=2)
    return int(traffic.moved)


def shares_of(make: Callable[[], Any]) -> dict[str, float]:
    """The share of a step's operations, matrix products and attention, that each change leaves out.

    One leaves out half of all cross-attention, the other half of the first block's self-attention.
    """
    denoiser = _without_memory(make)
    with FakeTensorMode():
        _fake_weights(denoiser)
        with FlopCounterMode(denoiser, display=False, custom_mapping=ON_A_PROCESSOR) as counter:
            _run(denoiser, halves=2)
    counts = {name: sum(kinds.values()) for name, kinds in counter.get_flop_counts().items()}
    cross = sum(count for name, count in counts.items() if name.endswith(".x_attn"))
    [first] = [count for name, count in counts.items() if name.endswith("blocks.0.s_attn")]
    total = counter.get_total_flops()
    return {"constant_cross_attention": cross / 2 / total, "shared_first_block": first / 2 / total}


def _without_memory(make: Callable[[], Any]) -> Any:
    with torch.device("meta"):
        return make().eval()


def _fake_weights(model: nn.Module) -> list[nn.Parameter]:
    """Gives a model without memory weights that have none either, but count as if, and returns them."""
    fakes = []
    for module in model.modules():
        for name, weight in list(module.named_parameters(recurse=False)):
            fakes.append(nn.Parameter(torch.empty(weight.shape, dtype=weight.dtype)))
            setattr(module, name, fakes[-1])
    return fakes


def _run(denoiser: Any, halves: int) -> None:
    """A step in mixed precision."""
    tokens = (halves, FRAMES, denoiser.num_tokens_nominal, denoiser.in_channels)
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        denoiser(
            hidden_states=torch.empty(tokens),
            context=torch.empty(halves, FRAMES, CONTEXT, denoiser.cross_attention_dim),
            framestep=torch.empty(halves, FRAMES),
            mask=torch.empty(halves, FRAMES),
            diffusion_time=torch.empty(halves),
        )


def table(found: list[tuple[str, Memory]]) -> str:
    """A Markdown table."""
    rows = [
        f"| {name} | {memory.weights / 1e9:.2f} | {(memory.peak - memory.weights) / 1e9:.2f} | "
        f"{memory.peak / 1e9:.2f} |"
        for name, memory in found
    ]
    return "\n".join(
        ["| A step of Stage I | Weights, GB | Besides, GB | Peak, GB |", "|---|---|---|---|", *rows]
    )


def main() -> None:
    """Prints the table."""
    if why := missing_sources():
        print(f"bench.step was not run: {why}")
        return
    find_sources(os.environ)
    from actionmesh.model.temporal_denoiser import ActionMeshDenoiser  # noqa: PLC0415 – from ACTIONMESH_SRC

    found = [(name, memory_of(ActionMeshDenoiser, halves, changes)) for name, halves, changes in CASES]
    print(table(found))
    print("\nIts kernels move, in GB, halves together:")
    for changes in MOVED:
        print(f"{', '.join(changes) or 'ActionMesh'}: {traffic_of(ActionMeshDenoiser, changes) / 1e9:.0f}")
    print("\nOf its operations are left out by:")
    print("\n".join(f"{name}: {share:.1%}" for name, share in shares_of(ActionMeshDenoiser).items()))


if __name__ == "__main__":
    main()
