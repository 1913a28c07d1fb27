"""Bytes that kernels read and write: what a GPU's memory has to move, however fast it computes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

STILL = (torch.ops.aten.empty.memory_format, torch.ops.aten.dropout.default)
"""Operations that move nothing: nothing is dropped outside training."""


class Traffic(TorchDispatchMode):  # type: ignore[misc]  # mypy has no PyTorch
    """Adds up the bytes of what each operation takes and gives; views move nothing.

    An operation of PyTorch's is taken for one kernel that reads and writes all of it once. So attention keeps
    no matrix of all pairs, and a norm by root mean square is one kernel, as on a GPU.

    Attributes:
        moved: so far, in bytes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.moved = 0

    def __torch_dispatch__(
        self, func: Callable[..., Any], _types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        answer = func(*args, **(kwargs or {}))
        if func in STILL:
            return answer
        taken, given = list(_tensors((args, kwargs))), list(_tensors(answer))
        places = {_place(tensor) for tensor in taken}
        mutates = getattr(func, "_schema").is_mutable  # noqa: B009 – PyTorch's only name for it
        if mutates or any(_place(tensor) not in places for tensor in given):
            self.moved += sum(_size(tensor) for tensor in (*taken, *given))
        return answer


def _tensors(tree: Any) -> Iterator[torch.Tensor]:
    return (leaf for leaf in tree_leaves(tree) if isinstance(leaf, torch.Tensor))


def _place(tensor: torch.Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)  # noqa: SLF001 – what PyTorch itself tells storages apart by


def _size(tensor: torch.Tensor) -> int:
    """What is read of a tensor once; one that is expanded is no longer than its storage."""
    return int(min(tensor.numel() * tensor.itemsize, tensor.untyped_storage().nbytes()))
