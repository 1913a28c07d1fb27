"""The array operations that drawing takes, and NumPy's form of them.

What draws is written once, over this interface: on a processor it runs on NumPy, on a GPU on PyTorch. Arrays
of both know the operators, slices and comparisons; what they name differently stands here.
"""

import sys
from typing import Any, Literal, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Array = Any  # NumPy's or PyTorch's
DType = Literal["float32", "float64", "int32", "int64"]

LOWER_WORD = int(sys.byteorder == "big")  # which of an int64's two words
MAP_WIDTH = 1024  # cv2.remap takes pictures, not lists, so samples are laid out in rows of this length


class Arrays(Protocol):
    """One library's arrays on one device.

    Attributes:
        chunk: how many samples are handled at once: what bounds the memory.
        faults: what the device may raise when it fails, or its memory runs out.
    """

    chunk: int
    faults: tuple[type[Exception], ...]

    def put(self, values: NDArray[Any]) -> Array:
        """A NumPy array brought to the device."""

    def host(self, values: Array) -> NDArray[Any]:
        """A device's array as NumPy's."""

    def full(self, size: int, value: int, dtype: DType) -> Array:
        """(size,) of one value."""

    def arange(self, size: int) -> Array:
        """The numbers from 0 on, (size,) int64."""

    def owners(self, counts: Array) -> Array:
        """Each index into (N,) int64 ``counts`` as many times as it counts, (sum,) int64."""

    def take(self, values: Array, index: Array) -> Array:
        """``values`` (…, N) at int64 ``index`` (of any shape) along the last axis."""

    def nonzero(self, mask: Array) -> Array:
        """Where a mask, taken flat, is true: int64."""

    def where(self, mask: Array, yes: Array, no: Array) -> Array:
        """``yes`` where the mask is true, ``no`` elsewhere: arrays or numbers."""

    def cumsum(self, values: Array) -> Array:
        """Running sums of (N,) values."""

    def least(self, values: Array, axis: int) -> Array:
        """The minimum along an axis."""

    def most(self, values: Array, axis: int) -> Array:
        """The maximum along an axis."""

    def minimum(self, one: Array, other: Array) -> Array:
        """The smaller of each two."""

    def maximum(self, one: Array, other: Array) -> Array:
        """The larger of each two."""

    def clip(self, values: Array, low: float, high: float) -> Array:
        """Values held between two bounds."""

    def at_least(self, values: Array, low: float) -> Array:
        """Values held above a bound."""

    def ceil(self, values: Array) -> Array:
        """Rounded up."""

    def floor(self, values: Array) -> Array:
        """Rounded down."""

    def sqrt(self, values: Array) -> Array:
        """Square roots."""

    def log2(self, values: Array) -> Array:
        """Logarithms."""

    def exp2(self, values: Array) -> Array:
        """Powers of two."""

    def cast(self, values: Array, dtype: DType) -> Array:
        """The same numbers in another type; fractions are cut off."""

    def bits(self, values: Array) -> Array:
        """The bits of float32 as int32."""

    def halves(self, values: Array) -> tuple[Array, Array]:
        """(N,) int64 cut in two: the lower half as int32, and the float32 that the upper half's bits are."""

    def stack(self, values: list[Array]) -> Array:
        """Arrays of one shape along a new first axis."""

    def concat(self, values: list[Array]) -> Array:
        """(N,) arrays one after the other."""

    def raise_to(self, target: Array, index: Array, values: Array) -> None:
        """Sets each ``target`` (N,) at an index to the largest of itself and the values given for it."""

    def texels(self, texture: Array, column: Array, row: Array) -> Array:
        """A texture (H, W, 3) uint8 between its texels (bilinear).

        Args:
            texture: from `put`.
            column: (N,) float32, 0 at the centre of the first texel; within the texture.
            row: as ``column``.

        Returns:
            (3, N) float32.
        """


class NumpyArrays:
    """NumPy's arrays, on the processor."""

    chunk = 1 << 16  # about 8 MB of temporary arrays
    faults: tuple[type[Exception], ...] = ()

    def put(self, values: NDArray[Any]) -> Array:
        return np.ascontiguousarray(values)

    def host(self, values: Array) -> NDArray[Any]:
        return np.asarray(values)

    def full(self, size: int, value: int, dtype: DType) -> Array:
        return np.full(size, value, dtype)

    def arange(self, size: int) -> Array:
        return np.arange(size)

    def owners(self, counts: Array) -> Array:
        return np.repeat(np.arange(len(counts)), counts)

    def take(self, values: Array, index: Array) -> Array:
        return values.take(index, axis=-1)

    def nonzero(self, mask: Array) -> Array:
        return np.flatnonzero(mask)

    def where(self, mask: Array, yes: Array, no: Array) -> Array:
        return np.where(mask, yes, no)

    def cumsum(self, values: Array) -> Array:
        return np.cumsum(values)

    def least(self, values: Array, axis: int) -> Array:
        return values.min(axis=axis)

    def most(self, values: Array, axis: int) -> Array:
        return values.max(axis=axis)

    def minimum(self, one: Array, other: Array) -> Array:
        return np.minimum(one, other)

    def maximum(self, one: Array, other: Array) -> Array:
        return np.maximum(one, other)

    def clip(self, values: Array, low: float, high: float) -> Array:
        return np.clip(values, low, high)

    def at_least(self, values: Array, low: float) -> Array:
        return np.maximum(values, low)

    def ceil(self, values: Array) -> Array:
        return np.ceil(values)

    def floor(self, values: Array) -> Array:
        return np.floor(values)

    def sqrt(self, values: Array) -> Array:
        return np.sqrt(values)

    def log2(self, values: Array) -> Array:
        return np.log2(values)

    def exp2(self, values: Array) -> Array:
        return np.exp2(values)

    def cast(self, values: Array, dtype: DType) -> Array:
        return values.astype(dtype, copy=False)

    def bits(self, values: Array) -> Array:
        return values.view(np.int32)

    def halves(self, values: Array) -> tuple[Array, Array]:
        words = values.view(np.int32)
        return words[LOWER_WORD::2].copy(), words[1 - LOWER_WORD :: 2].copy().view(np.float32)

    def stack(self, values: list[Array]) -> Array:
        return np.stack(values)

    def concat(self, values: list[Array]) -> Array:
        return np.concatenate(values)

    def raise_to(self, target: Array, index: Array, values: Array) -> None:
        np.maximum.at(target, index, values)

    def texels(self, texture: Array, column: Array, row: Array) -> Array:
        rows = -(-len(column) // MAP_WIDTH)
        columns_map, rows_map = np.zeros((2, rows, MAP_WIDTH), np.float32)
        columns_map.ravel()[: len(column)], rows_map.ravel()[: len(row)] = column, row
        colours = cv2.remap(texture, columns_map, rows_map, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.ascontiguousarray(colours.reshape(-1, 3)[: len(column)].T, np.float32)
