"""Reading a model's weights without what upstream's loaders do besides."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import nn
from torch.overrides import TorchFunctionMode

DRAWS = frozenset(
    {
        "uniform_",
        "normal_",
        "trunc_normal_",
        "xavier_uniform_",
        "xavier_normal_",
        "kaiming_uniform_",
        "kaiming_normal_",
    }
)
"""What fills a new layer's weights by chance, in `torch.nn.init` and of tensors."""


@contextmanager
def swift_load() -> Iterator[None]:
    """Has models that are made inside draw no weights by chance, and take those of a file as they lie there.

    Only for models whose files have every weight: another one stays as its memory happened to be. Files are
    mapped into memory: they must not change while a model is there. Not for several threads at a time.
    """
    load_model = safetensors.torch.load_model
    safetensors.torch.load_model = _take
    try:
        with _NoChance():
            yield
    finally:
        safetensors.torch.load_model = load_model


class _NoChance(TorchFunctionMode):  # type: ignore[misc]  # mypy has no PyTorch
    """Leaves a tensor as it is where it would be filled by chance."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        named = kwargs or {}
        if getattr(func, "__name__", "") in DRAWS:
            return args[0] if args else named["tensor"]
        return func(*args, **named)


def _take(
    model: nn.Module,
    filename: str | Path,
    strict: bool = True,  # noqa: FBT001, FBT002 – the other's signature
    device: str = "cpu",
) -> tuple[list[str], list[str]]:
    """Stands for ``safetensors.torch.load_model``; the model's format holds, whatever the file's."""
    own = model.state_dict()
    tensors = {
        name: tensor.to(own[name].dtype) if name in own else tensor
        for name, tensor in safetensors.torch.load_file(filename, device).items()
    }
    missing, unexpected = model.load_state_dict(tensors, strict=strict, assign=True)
    return missing, unexpected
