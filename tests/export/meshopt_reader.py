"""EXT_meshopt_compression, decoded by meshoptimizer's own code through the package meshopt."""

from typing import Any

import pytest
from numpy.typing import NDArray


def decode(data: bytes, mode: str, count: int, stride: int) -> NDArray[Any]:
    """A buffer view.

    Args:
        data: the compressed stream.
        mode: ``ATTRIBUTES`` or ``TRIANGLES``.
        count: elements, or indices.
        stride: bytes of one of them.

    Returns:
        (count, stride) uint8, or (count,) uint16 or uint32.

    Raises:
        ValueError: if the stream is damaged, cut short, or longer than what was read of it.
    """
    decoded: NDArray[Any] = meshoptimizer().decode_gltf_buffer(data, count, stride, mode)
    return decoded


def meshoptimizer() -> Any:
    """The package; a test that asks for it is skipped where there is none."""
    return pytest.importorskip("meshopt", reason="meshopt is not installed: it has no wheel for this system")
