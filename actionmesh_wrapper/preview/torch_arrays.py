"""PyTorch's form of the array operations that drawing takes; no other module of the preview imports it."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from actionmesh_wrapper.preview.arrays import LOWER_WORD, Array, DType

DTYPES: dict[DType, torch.dtype] = {
    "float32": torch.float32,
    "float64": torch.float64,
    "int32": torch.int32,
    "int64": torch.int64,
}


class TorchArrays:
    """PyTorch's arrays on a device, such as ``cuda``.

    Without a fault two runs give the same bits: the one scattered operation is a maximum of integers.
    """

    chunk = 1 << 21  # samples; about 0.2 GB of the GPU's memory
    faults: tuple[type[Exception], ...] = (RuntimeError,)  # out of memory and CUDA's own are of this kind

    def __init__(self, device: str) -> None:
        self.device = torch.device(device)

    def put(self, values: NDArray[Any]) -> Array:
        return torch.from_numpy(np.ascontiguousarray(values)).to(self.device)

    def host(self, values: Array) -> NDArray[Any]:
        array: NDArray[Any] = values.cpu().numpy()
        return array

    def full(self, size: int, value: int, dtype: DType) -> Array:
        return torch.full((size,), value, dtype=DTYPES[dtype], device=self.device)

    def arange(self, size: int) -> Array:
        return torch.arange(size, device=self.device)

    def owners(self, counts: Array) -> Array:
        return torch.repeat_interleave(counts)

    def take(self, values: Array, index: Array) -> Array:
        return values[..., index]

    def nonzero(self, mask: Array) -> Array:
        return torch.nonzero(mask.reshape(-1))[:, 0]

    def where(self, mask: Array, yes: Array, no: Array) -> Array:
        return torch.where(mask, yes, no)

    def cumsum(self, values: Array) -> Array:
        return torch.cumsum(values, dim=0)

    def least(self, values: Array, axis: int) -> Array:
        return torch.amin(values, dim=axis)

    def most(self, values: Array, axis: int) -> Array:
        return torch.amax(values, dim=axis)

    def minimum(self, one: Array, other: Array) -> Array:
        return torch.minimum(one, other)

    def maximum(self, one: Array, other: Array) -> Array:
        return torch.maximum(one, other)

    def clip(self, values: Array, low: float, high: float) -> Array:
        return torch.clamp(values, low, high)

    def at_least(self, values: Array, low: float) -> Array:
        return torch.clamp(values, min=low)

    def ceil(self, values: Array) -> Array:
        return torch.ceil(values)

    def floor(self, values: Array) -> Array:
        return torch.floor(values)

    def sqrt(self, values: Array) -> Array:
        return torch.sqrt(values)

    def log2(self, values: Array) -> Array:
        return torch.log2(values)

    def exp2(self, values: Array) -> Array:
        return torch.exp2(values)

    def cast(self, values: Array, dtype: DType) -> Array:
        return values.to(DTYPES[dtype])

    def bits(self, values: Array) -> Array:
        return values.view(torch.int32)

    def halves(self, values: Array) -> tuple[Array, Array]:
        words = values.view(torch.int32)
        return words[LOWER_WORD::2].contiguous(), words[1 - LOWER_WORD :: 2].contiguous().view(torch.float32)

    def stack(self, values: list[Array]) -> Array:
        return torch.stack(values)

    def concat(self, values: list[Array]) -> Array:
        return torch.cat(values)

    def raise_to(self, target: Array, index: Array, values: Array) -> None:
        target.scatter_reduce_(0, index, values, "amax")

    def texels(self, texture: Array, column: Array, row: Array) -> Array:
        height, width = texture.shape[:2]
        flat = texture.reshape(-1, 3)
        left, top = torch.floor(column), torch.floor(row)
        across, down = column - left, row - top
        left, top = left.long().clamp(0, width - 1), top.long().clamp(0, height - 1)
        right, below = (left + 1).clamp(max=width - 1), (top + 1).clamp(max=height - 1)
        mixed = [
            flat[line * width + left].T * (1 - across) + flat[line * width + right].T * across
            for line in (top, below)
        ]
        return mixed[0] * (1 - down) + mixed[1] * down


def has_gpu() -> bool:
    """Whether PyTorch finds one."""
    return bool(torch.cuda.is_available())
