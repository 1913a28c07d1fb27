"""Tensors without content that claim to be on a GPU: what runs on them is checked, and its memory counted.

PyTorch's `FakeTensorMode` knows shapes, dtypes and devices, and refuses operations on two devices. `FakeGpu`
stands in front of it and adds what a whole engine needs besides: true values of small tensors, guesses where
the way hangs on large ones, an error where a product mixes dtypes, and the bytes that are alive on the GPU.
"""

import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensor
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes
from torch.utils._pytree import tree_leaves, tree_map

aten = torch.ops.aten

SMALL = 5000  # numbers of a tensor whose values are known
SHARE = 0.02  # of a grid's points that are near a surface: a ball's in a grid of 512³, as TripoSG widens it
CELLS = 216  # groups that TripoSG sorts a grid's points into

ALIKE: Mapping[Any, tuple[int, ...]] = {
    aten.mm.default: (0, 1),
    aten.addmm.default: (0, 1, 2),
    aten.bmm.default: (0, 1),
    aten.baddbmm.default: (0, 1, 2),
    aten.convolution.default: (0, 1, 2),
    aten.native_layer_norm.default: (0, 2, 3),
    aten.native_group_norm.default: (0, 1, 2),
}
"""Arguments that a GPU wants in one dtype; fakes do not look at it."""

MASKED = (aten.index.Tensor, aten.index_put_.default, aten._index_put_impl_.default)
CHANCE = ("rand", "normal_", "empty", "uniform_")


class FakeGpu(TorchDispatchMode):  # type: ignore[misc]  # mypy has no PyTorch
    """Runs inside a `FakeTensorMode`.

    Args:
        share: of a grid's points that are guessed to be near a surface.

    Attributes:
        now: bytes of all storages on the GPU that are alive.
        peak: the most so far; may be set anew.
        calls: of operations.
    """

    def __init__(self, share: float = SHARE) -> None:
        super().__init__()
        self._share = share
        self.now = self.peak = self.calls = 0
        self._sizes: dict[int, int] = {}
        self._composite: dict[Any, bool] = {}

    def __torch_dispatch__(
        self, func: Any, _types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if self._is_composite(func):  # in inference mode, operations made of others come as such
            with self:
                return func.decompose(*args, **kwargs)
        self.calls += 1
        if (answer := _ask(func, args, self._share)) is not None:
            return answer
        _refuse_mixed(func, args)
        if func in MASKED:
            with self:
                args = (args[0], _numbered(args[1]), *args[2:])
        answer = func(*args, **kwargs)
        _follow(func, args, kwargs, answer)
        for leaf in tree_leaves(answer):
            if isinstance(leaf, FakeTensor) and leaf.device.type == "cuda":
                self._count(leaf.untyped_storage())
        return answer

    def _is_composite(self, func: Any) -> bool:
        if func not in self._composite:
            self._composite[func] = func is not torch.ops.prim.device.default and bool(func._can_decompose())
        return self._composite[func]

    def _count(self, storage: Any) -> None:
        key = storage._cdata
        if key not in self._sizes:
            self._sizes[key] = storage.nbytes()
            self.now += self._sizes[key]
            self.peak = max(self.peak, self.now)
            weakref.finalize(storage, self._drop, key)

    def _drop(self, key: int) -> None:
        self.now -= self._sizes.pop(key, 0)


@contextmanager
def on_host() -> Iterator[None]:
    """Real tensors, as if there were no modes."""
    with _disable_current_modes():
        yield


def value_of(tensor: torch.Tensor) -> torch.Tensor | None:
    """A tensor's values, or None if they are not known."""
    known = getattr(tensor, "known", None) if isinstance(tensor, FakeTensor) else tensor
    return None if known is None or getattr(known.untyped_storage(), "is_stale", False) else known


def give_value(tensor: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """The tensor, whose values are known from now on."""
    tensor.known = value
    return tensor


def guess_of(tensor: torch.Tensor) -> bool | float | int:
    """A number in the place of one that is not known."""
    if tensor.dtype is torch.bool:
        return False
    return 0.5 if tensor.dtype.is_floating_point else 1


def _ask(func: Any, args: tuple[Any, ...], share: float) -> Any:
    """The answer of what hangs on values: the true one, or a guess. None: the operation is no such."""
    if func is aten._local_scalar_dense.default:
        with on_host():
            value = value_of(args[0])
            return guess_of(args[0]) if value is None else value.item()
    if func is aten.equal.default:  # a guess: halves of a batch are equal
        assert args[0].device == args[1].device, f"torch.equal: {args[0].device} and {args[1].device}"
        return args[0].shape == args[1].shape
    if func in (aten.nonzero.default, aten.repeat_interleave.Tensor):
        known = value_of(args[0])
        if known is None:
            assert func is aten.nonzero.default, "repeat_interleave by numbers that are not known"
            found = max(2, int(args[0].numel() * share))
            return args[0].new_empty((found, args[0].dim()), dtype=torch.int64)
        with on_host():
            value = func(known)
        return give_value(args[0].new_empty(value.shape, dtype=value.dtype), value)
    if func is aten._unique2.default:
        with on_host():
            whole, rest = divmod(args[0].numel(), CELLS)
            values = (torch.arange(CELLS), torch.tensor([], dtype=torch.int64), torch.full((CELLS,), whole))
            values[2][-1] += rest
        return tuple(give_value(args[0].new_empty(value.shape), value) for value in values)
    return None


def _refuse_mixed(func: Any, args: tuple[Any, ...]) -> None:
    given = [args[index] for index in ALIKE.get(func, ()) if index < len(args) and args[index] is not None]
    dtypes = {tensor.dtype for tensor in given}
    if len(dtypes) > 1:
        raise RuntimeError(f"{func}: of {' and '.join(sorted(map(str, dtypes)))}")


def _numbered(indices: list[Any]) -> list[Any]:
    """Indices, with each mask as the numbers of what it lets through."""
    parts: list[Any] = []
    for index in indices:
        is_mask = index is not None and index.dtype is torch.bool
        parts += index.nonzero().unbind(1) if is_mask else [index]
    return parts


def _follow(func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], answer: Any) -> None:
    """Keeps the values of small tensors true."""
    made = [leaf for leaf in tree_leaves(answer) if isinstance(leaf, torch.Tensor)]
    given = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
    by_chance = any(word in func.name() for word in CHANCE)
    small = all(tensor.numel() <= SMALL for tensor in made)
    if not by_chance and small and all(value_of(tensor) is not None for tensor in given):
        with on_host():
            values = _compute(func, args, kwargs)
        if values is not None:
            for tensor, value in zip(made, values, strict=True):
                if isinstance(tensor, FakeTensor):
                    give_value(tensor, value)
            return
    for argument, tensor in zip(func._schema.arguments, args, strict=False):
        if argument.alias_info is not None and argument.alias_info.is_write:
            for written in tree_leaves(tensor):
                if (known := value_of(written)) is not None:
                    known.untyped_storage().is_stale = True  # and all that looks at it


def _compute(func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[torch.Tensor] | None:
    def real(item: Any) -> Any:
        if isinstance(item, torch.Tensor):
            return value_of(item)
        return torch.device("cpu") if isinstance(item, torch.device) else item

    try:
        answer = func(*tree_map(real, args), **tree_map(real, dict(kwargs)))
    except (NotImplementedError, RuntimeError):  # a processor has no such kernel
        return None
    return [leaf for leaf in tree_leaves(answer) if isinstance(leaf, torch.Tensor)]
