from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actionmesh_wrapper.export.meshopt import encode_attributes
from tests.export.meshopt_reader import decode, meshoptimizer


def test_a_stream_to_the_byte() -> None:
    rows = np.zeros((16, 4), np.uint8)
    rows[:, 0] = [7, 8, 7, 7, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 200]  # differences 0 1 -1 0 2 0 … -65
    # 2 bits each, folded: 0 2 1 0 … and 4 and 129 in full
    steps = b"\x01" + b"\x24\xc0\x00\x03" + b"\x04\x81"
    tail = bytes(28) + b"\x07\0\0\0"
    assert encode_attributes(rows) == b"\xa0" + steps + bytes(3) + tail


def test_a_group_takes_its_shortest_mode() -> None:
    rows = np.zeros((64, 4), np.uint8)
    rows[:16, 0] = 5  # 0: nothing changes
    rows[16:32, 0] = 5 + np.arange(16) % 2  # 2 bits
    rows[32:48, 0] = 5 + np.arange(16) * 5 % 11  # 4 bits
    rows[48:, 0] = np.random.default_rng(0).integers(0, 256, 16)  # bytes
    stream = encode_attributes(rows)
    assert stream[1] == 0b11_10_01_00
    assert np.array_equal(decode(stream, "ATTRIBUTES", 64, 4), rows)


@pytest.mark.parametrize("count", [1, 15, 16, 17, 255, 256, 257, 700])
@pytest.mark.parametrize("stride", [4, 12, 64, 256])
def test_rows_come_back(count: int, stride: int) -> None:
    rows = np.random.default_rng(count).integers(0, 256, (count, stride)).astype(np.uint8)
    smooth = (np.cumsum(rows % 5, axis=0) % 256).astype(np.uint8)
    for each in (rows, smooth):
        assert np.array_equal(decode(encode_attributes(each), "ATTRIBUTES", count, stride), each)


@pytest.mark.parametrize("values", [2, 5, 20, 256])
def test_a_stream_is_as_short_as_meshoptimizers_own(values: int) -> None:
    rows = np.random.default_rng(values).integers(0, values, (700, 12)).astype(np.uint8)
    smooth = (np.cumsum(rows, axis=0) % 256).astype(np.uint8)
    for each in (rows, smooth):
        own = meshoptimizer().encode_gltf_buffer(each, "ATTRIBUTES")
        assert len(encode_attributes(each)) <= len(own)


def test_a_smooth_run_gets_small() -> None:
    rows = np.arange(40_000, dtype=np.int32).astype(np.int16).view(np.uint8).reshape(-1, 4)
    assert len(encode_attributes(rows)) < 0.3 * rows.size


@settings(max_examples=100, deadline=None)
@given(data=st.binary(min_size=4, max_size=900), stride=st.sampled_from([4, 8, 12, 16]))
def test_any_bytes_come_back(data: bytes, stride: int) -> None:
    count = max(len(data) // stride, 1)
    filled = data.ljust(count * stride, b"\0")[: count * stride]
    rows = np.frombuffer(filled, np.uint8).reshape(count, stride)
    assert np.array_equal(decode(encode_attributes(rows), "ATTRIBUTES", count, stride), rows)


@pytest.mark.parametrize(
    "damage", [lambda stream: stream[:-1], lambda stream: stream + b"\0"], ids=["a byte less", "a byte more"]
)
def test_the_decoder_would_notice(damage: Callable[[bytes], bytes]) -> None:
    stream = encode_attributes(np.arange(64, dtype=np.uint8).reshape(16, 4))
    with pytest.raises(ValueError, match="Malformed buffer data"):
        decode(damage(stream), "ATTRIBUTES", 16, 4)
