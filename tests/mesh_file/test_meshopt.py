from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.export.meshopt import encode_attributes, encode_triangles, strip_order
from actionmesh_wrapper.mesh_file.meshopt import decode_attributes, decode_triangles
from tests.export.meshopt_reader import decode, meshoptimizer
from tests.export.samples import ball


def attributes(data: bytes, count: int, stride: int) -> NDArray[np.uint8]:
    return decode_attributes(memoryview(data), count, stride)


@pytest.mark.parametrize("count", [1, 15, 16, 17, 255, 256, 257, 700])
@pytest.mark.parametrize("stride", [4, 12, 64, 256])
@pytest.mark.parametrize("values", [1, 2, 5, 20, 256])
def test_attributes_come_back(count: int, stride: int, values: int) -> None:
    rows = np.random.default_rng(count).integers(0, values, (count, stride)).astype(np.uint8)
    smooth = (np.cumsum(rows, axis=0) % 256).astype(np.uint8)
    for each in (rows, smooth):
        np.testing.assert_array_equal(attributes(encode_attributes(each), count, stride), each)


def test_attributes_of_meshoptimizers_own_writer_come_back() -> None:
    rows = np.cumsum(np.random.default_rng(3).integers(0, 9, (700, 12)), axis=0).astype(np.uint8)
    own = bytes(meshoptimizer().encode_gltf_buffer(rows, "ATTRIBUTES"))
    np.testing.assert_array_equal(attributes(own, 700, 12), rows)


@pytest.mark.parametrize("kind", ["strips", "as they come", "shuffled", "random"])
def test_triangles_are_those_that_meshoptimizer_decodes(kind: str) -> None:
    faces = ball(1, detail=4).faces
    random = np.random.default_rng(1)
    faces = {
        "strips": strip_order(faces, int(faces.max()) + 1).faces,
        "as they come": faces,
        "shuffled": random.permutation(faces),
        "random": random.integers(0, 500, faces.shape).astype(np.int32),
    }[kind]
    for data in (
        encode_triangles(faces),
        bytes(meshoptimizer().encode_gltf_buffer(faces.ravel().astype(np.uint32), "TRIANGLES")),
    ):
        decoded = decode_triangles(memoryview(data), faces.size)
        np.testing.assert_array_equal(decoded, decode(data, "TRIANGLES", faces.size, 4).ravel())


ROWS = np.arange(400, dtype=np.uint16).view(np.uint8).reshape(-1, 4)
STREAM = encode_attributes(ROWS)
STRIP = encode_triangles(ball(1).faces)


@pytest.mark.parametrize(
    ("data", "count", "stride"),
    [
        (b"", len(ROWS), 4),
        (STREAM[:-1], len(ROWS), 4),
        (STREAM + b"\0", len(ROWS), 4),
        (b"\xa1" + STREAM[1:], len(ROWS), 4),
        (STREAM, len(ROWS) + 100, 4),
        (STREAM, len(ROWS), 8),
        (STREAM, len(ROWS), 5),
        (STREAM, len(ROWS), 260),
    ],
)
def test_damaged_attributes_are_refused(data: bytes, count: int, stride: int) -> None:
    with pytest.raises(NotAMesh, match="cannot be decompressed"):
        attributes(data, count, stride)


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b"", 3),
        (STRIP[:-1], 960),
        (STRIP + b"\0", 960),
        (b"\xe0" + STRIP[1:], 960),
        (STRIP, 957),
        (STRIP, 961),
        (b"\xe1\xff" + bytes(16), 3),  # whose data are not there
    ],
)
def test_damaged_triangles_are_refused(data: bytes, count: int) -> None:
    with pytest.raises(NotAMesh, match="cannot be decompressed"):
        decode_triangles(memoryview(data), count)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=400), count=st.integers(1, 300))
def test_any_bytes_are_decoded_or_refused(data: bytes, count: int) -> None:
    for decoder in (
        lambda: decode_attributes(memoryview(b"\xa0" + data), count, 4),
        lambda: decode_triangles(memoryview(b"\xe1" + data), 3 * count),
    ):
        with suppress(NotAMesh):
            assert len(decoder()) in {count, 3 * count}
