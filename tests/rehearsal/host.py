"""A machine with a simulated GPU: what Python asks PyTorch, and CUDA, while a `FakeGpu` is watching."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Self
from unittest import mock

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode
from torch.overrides import TorchFunctionMode

from tests.rehearsal.device_guard import ensure_guard
from tests.rehearsal.fake_gpu import SHARE, FakeGpu, guess_of, on_host, value_of

GPU = torch.device("cuda:0")
SET_DATA = torch.Tensor.data.__set__


class Generator(torch.Generator):  # type: ignore[misc]  # mypy has no PyTorch
    """In place of `torch.Generator`: a processor's, whatever device it says."""

    def __new__(cls, device: Any = "cpu") -> Self:
        made: Self = super().__new__(cls)
        made.claimed = torch.device(device)
        return made

    @property
    def device(self) -> torch.device:
        """That which was asked for."""
        return self.claimed


class Graph:
    """In place of a CUDA graph: it keeps the memory that its capture took, as the real one's pool does."""

    def __init__(self) -> None:
        self.kept: list[torch.Tensor] = []

    def replay(self) -> None:
        """Changes nothing."""


class AsOnAGpu(TorchFunctionMode):  # type: ignore[misc]  # mypy has no PyTorch
    """Answers calls that fakes cannot answer, as a GPU would."""

    def __torch_function__(
        self, func: Any, _types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = dict(kwargs or {})
        if (stand_in := STAND_INS.get(getattr(func, "__name__", ""))) is not None:
            return stand_in(func, *args, **kwargs)
        return func(*args, **kwargs)


def _attention(
    _func: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
    dropout_p: float = 0.0,
    *_: object,
    **__: object,
) -> torch.Tensor:
    """A fused kernel: it keeps no matrix of all pairs, and answers in flash attention's layout."""
    assert dropout_p == 0.0
    if torch.is_autocast_enabled("cuda") and query.is_cuda:
        dtype = torch.get_autocast_dtype("cuda")
        query, key, value = (each.to(dtype) for each in (query, key, value))
    alike = {(each.device, each.dtype) for each in (query, key, value)}
    if len(alike) > 1:
        raise RuntimeError(f"attention of {alike}")
    assert attn_mask is None or attn_mask.device == query.device
    *batch, tokens, _ = query.shape
    heads = batch.pop()
    return query.new_empty(*batch, tokens, heads, value.shape[-1]).transpose(-2, -3)


def _numpy(_func: Any, tensor: torch.Tensor, *_: object, **__: object) -> NDArray[Any]:
    if tensor.device.type != "cpu":
        raise TypeError(f"can't convert {tensor.device} device type tensor to numpy")
    with on_host():
        value = value_of(tensor)
        zeros = torch.zeros(tensor.shape, dtype=tensor.dtype) if value is None else value.detach()
        return np.asarray(zeros.numpy())


def _tolist(_func: Any, tensor: torch.Tensor) -> Any:
    value = value_of(tensor)
    if value is not None:
        with on_host():
            return value.tolist()
    assert tensor.dim() == 1, "a list of lists that are not known"
    if tensor.dtype is torch.bool:  # a guess: guidance has the half without context first
        return [index >= len(tensor) // 2 for index in range(len(tensor))]
    return [guess_of(tensor)] * len(tensor)


def _tensor(func: Any, data: Any, *, device: Any = None, **given: Any) -> torch.Tensor:
    """Made in host memory, then moved."""

    def plain(item: Any) -> Any:
        if isinstance(item, list | tuple):
            return [plain(part) for part in item]
        return item.item() if isinstance(item, torch.Tensor) else item

    made: torch.Tensor = func(plain(data), **given)
    return made if device is None else made.to(device)


def _random(func: Any, *size: Any, generator: Any = None, device: Any = None, **given: Any) -> torch.Tensor:
    if generator is not None and torch.device(device or "cpu").type != generator.device.type:
        raise TypeError(f"a generator of {generator.device} for {device}")
    made: torch.Tensor = func(*size, device=device, **given)
    return made


def _set(func: Any, tensor: torch.Tensor, value: Any) -> Any:
    answer = func(tensor, value)
    if func == SET_DATA and isinstance(tensor, FakeTensor):
        tensor.fake_device = value.device  # a fake keeps its own
        tensor.known = getattr(value, "known", None)
    return answer


STAND_INS: Mapping[str, Callable[..., Any]] = {
    "scaled_dot_product_attention": _attention,
    "numpy": _numpy,
    "__array__": _numpy,
    "tolist": _tolist,
    "tensor": _tensor,
    "randn": _random,
    "rand": _random,
    "__set__": _set,
    "pin_memory": lambda _func, tensor, *_: tensor.clone(),
}
"""By the name of the call."""


def _apply(module: nn.Module, fn: Callable[[torch.Tensor], torch.Tensor], recurse: bool = True) -> nn.Module:
    """`nn.Module._apply` as it works where tensors are no fakes: weights stay the same objects."""
    assert recurse
    for child in module.children():
        child._apply(fn)
    for weight in module._parameters.values():
        if weight is not None:
            weight.data = fn(weight.data)
    for name, buffer in module._buffers.items():
        module._buffers[name] = buffer if buffer is None else fn(buffer)
    return module


@contextmanager
def rehearsal(memory_gb: float = 80.0, share: float = SHARE) -> Iterator[FakeGpu]:
    """Has a GPU of that memory (10⁹ bytes) stand at ``cuda:0``; yields what watches it, a `FakeGpu`."""
    ensure_guard()
    properties = SimpleNamespace(total_memory=int(memory_gb * 1e9), major=8, minor=9, name="none")
    watch = FakeGpu(share)

    @contextmanager
    def capture(graph: Graph, **_: object) -> Iterator[None]:
        before, most = watch.now, watch.peak
        watch.peak = watch.now
        yield
        taken, watch.peak = watch.peak - before, max(most, watch.peak)
        graph.kept.append(torch.empty(max(0, before + taken - watch.now), dtype=torch.uint8, device=GPU))

    stream = SimpleNamespace(wait_stream=lambda _other: None)
    cuda: dict[str, Any] = {
        "is_available": lambda: True,
        "is_bf16_supported": lambda *_, **__: True,
        "get_device_properties": lambda *_: properties,
        "get_device_capability": lambda *_: (8, 9),
        "get_rng_state": lambda *_: torch.empty(16, dtype=torch.uint8),
        "set_rng_state": lambda *_: None,
        "empty_cache": lambda: None,
        "synchronize": lambda *_: None,
        "Stream": lambda *_: stream,
        "current_stream": lambda *_: stream,
        "stream": lambda _stream: contextlib.nullcontext(),
        "CUDAGraph": Graph,
        "graph": capture,
    }
    with contextlib.ExitStack() as stack:
        for name, stand_in in cuda.items():
            stack.enter_context(mock.patch.object(torch.cuda, name, stand_in))
        stack.enter_context(mock.patch.object(torch, "Generator", Generator))
        stack.enter_context(mock.patch.object(nn.Module, "_apply", _apply))
        stack.enter_context(mock.patch.object(FakeTensorMode, "avoid_device_init", new=True))
        stack.enter_context(FakeTensorMode(allow_non_fake_inputs=True))
        stack.enter_context(watch)
        stack.enter_context(AsOnAGpu())
        yield watch
