"""Mode 0 of EXT_meshopt_compression: what lies at each vertex, as differences from the vertex before."""

import numpy as np
from numpy.typing import NDArray

_HEADER = b"\xa0"
_BLOCK_BYTES = 8192  # a block of elements decodes into at most so much
_BLOCK_ELEMENTS = 256
_GROUP_ELEMENTS = 16  # elements that share a width
_TAIL_BYTES = 32  # the first element, padded
# A group's mode: bits of each difference; the largest number that they hold says that a byte follows.
_PACKED_BITS = {1: 2, 2: 4}
_RAW = 3  # the mode of a group of plain bytes
_MAX_GROUP_BYTES = 24  # 8 of 4-bit numbers and 16 that did not fit


def encode_attributes(rows: NDArray[np.uint8]) -> bytes:
    """Compresses rows of bytes without loss.

    Args:
        rows: (N, stride) uint8, N ≥ 1; the stride is a multiple of 4 and at most 256.

    Returns:
        The stream, which decodes to ``rows``.
    """
    count, stride = rows.shape
    size = min(_BLOCK_BYTES // stride // _GROUP_ELEMENTS * _GROUP_ELEMENTS, _BLOCK_ELEMENTS)
    steps = _zigzag(np.diff(rows, axis=0, prepend=rows[:1]))
    whole = count // size * size
    parts = [_blocks(steps[:whole].reshape(-1, size, stride))] if whole else []
    if whole < count:
        rest = steps[whole:]
        padding = np.zeros((-len(rest) % _GROUP_ELEMENTS, stride), np.uint8)
        parts.append(_blocks(np.concatenate([rest, padding])[None]))
    tail = rows[0].tobytes().rjust(_TAIL_BYTES, b"\0")
    return b"".join([_HEADER, *parts, tail])


def _zigzag(steps: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Bytes that stand for -128 to 127 as 0, -1, 1, -2, 2, …: small changes become small numbers."""
    signed = steps.view(np.int8)
    folded: NDArray[np.uint8] = ((signed << 1) ^ (signed >> 7)).view(np.uint8)
    return folded


def _blocks(steps: NDArray[np.uint8]) -> bytes:
    """Encodes blocks of one size.

    Args:
        steps: (blocks, elements, stride) folded differences; elements are a multiple of 16.
    """
    blocks, elements, stride = steps.shape
    groups = elements // _GROUP_ELEMENTS
    columns = steps.transpose(0, 2, 1).reshape(-1, _GROUP_ELEMENTS)  # a group a row, by block, byte and place
    modes = _best_modes(columns)
    data, used = _payload(columns, modes)

    header = np.zeros((blocks * stride, -(-groups // 4) * 4), np.uint8)
    header[:, :groups] = modes.reshape(-1, groups)
    quads = header.reshape(blocks * stride, -1, 4)
    header = np.bitwise_or.reduce(quads << np.array([0, 2, 4, 6], np.uint8), axis=2)

    stream = np.concatenate([header, data.reshape(len(header), -1)], axis=1)
    kept = np.concatenate([np.ones(header.shape, np.bool_), used.reshape(len(header), -1)], axis=1)
    encoded: bytes = stream[kept].tobytes()
    return encoded


def _best_modes(groups: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(G,) the mode that makes each group of (G, 16) the shortest."""
    sizes = np.empty((len(groups), 4), np.intp)
    sizes[:, 0] = np.where(groups.any(axis=1), _MAX_GROUP_BYTES + 1, 0)
    for mode, bits in _PACKED_BITS.items():
        sizes[:, mode] = _GROUP_ELEMENTS * bits // 8 + np.count_nonzero(groups >= (1 << bits) - 1, axis=1)
    sizes[:, _RAW] = _GROUP_ELEMENTS
    modes: NDArray[np.uint8] = sizes.argmin(axis=1).astype(np.uint8)
    return modes


def _payload(
    groups: NDArray[np.uint8], modes: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The bytes of (G, 16) groups in their modes, as (G, 24), and which of them are used."""
    data = np.zeros((len(groups), _MAX_GROUP_BYTES), np.uint8)
    used = np.zeros(data.shape, np.bool_)
    for mode, bits in _PACKED_BITS.items():
        chosen = modes == mode
        values, most = groups[chosen], (1 << bits) - 1
        width = _GROUP_ELEMENTS * bits // 8
        packed = np.minimum(values, most).reshape(len(values), width, 8 // bits)
        shifts = np.arange(8 - bits, -1, -bits, dtype=np.uint8)  # the first lies in the highest bits
        data[chosen, :width] = np.bitwise_or.reduce(packed << shifts, axis=2)
        data[chosen, width : width + _GROUP_ELEMENTS] = values
        used[chosen, :width] = True
        used[chosen, width : width + _GROUP_ELEMENTS] = values >= most
    raw = modes == _RAW
    data[raw, :_GROUP_ELEMENTS] = groups[raw]
    used[raw, :_GROUP_ELEMENTS] = True
    return data, used
