import base64
from typing import Any

import numpy as np
import pytest

from actionmesh_wrapper.errors import NotAMesh, TooLarge
from actionmesh_wrapper.mesh_file.accessors import Accessors
from actionmesh_wrapper.mesh_file.document import parse

FLOATS = np.arange(12, dtype=np.float32)
PLAIN = {"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"}
HUGE = 10**30


def reader(
    accessor: dict[str, Any], view: dict[str, Any] | None = None, binary: bytes = b"", **more: Any
) -> Accessors:
    document: dict[str, Any] = {
        "accessors": [PLAIN | accessor],
        "bufferViews": [{"buffer": 0, "byteLength": 48} | (view or {})],
        "buffers": [{"byteLength": 48}],
    }
    return Accessors(parse(document | more), memoryview(binary or FLOATS.tobytes()))


def test_plain_numbers() -> None:
    np.testing.assert_array_equal(reader({}).numbers(0, "VEC3"), FLOATS.reshape(4, 3))


def test_only_the_rows_that_are_wanted() -> None:
    np.testing.assert_array_equal(reader({}).numbers(0, "VEC3", np.array([3, 0])), [[9, 10, 11], [0, 1, 2]])
    with pytest.raises(NotAMesh, match="attributes differ in length"):
        reader({}).numbers(0, "VEC3", np.array([4]))


def test_rows_may_lie_apart_and_at_odd_places() -> None:
    strided = reader({"count": 2, "type": "VEC2", "byteOffset": 4}, {"byteStride": 16})
    np.testing.assert_array_equal(strided.raw(0, "VEC2"), [[1, 2], [5, 6]])
    odd = reader({"count": 1, "byteOffset": 1}, binary=b"x" + FLOATS.tobytes()[:47])
    np.testing.assert_array_equal(odd.raw(0, "VEC3"), [[0, 1, 2]])


@pytest.mark.parametrize(
    ("kind", "stored", "meant"),
    [
        (5120, np.array([-128, -127, 127], np.int8), [-1, -1, 1]),
        (5121, np.array([0, 51, 255], np.uint8), [0, 0.2, 1]),
        (5122, np.array([-32768, 0, 32767], np.int16), [-1, 0, 1]),
        (5123, np.array([0, 13107, 65535], np.uint16), [0, 0.2, 1]),
    ],
)
def test_normalized_integers_are_fractions(
    kind: int, stored: np.ndarray[Any, Any], meant: list[float]
) -> None:
    accessor = {"componentType": kind, "count": 3, "type": "SCALAR"}
    view, binary = {"byteLength": stored.nbytes}, stored.tobytes()
    np.testing.assert_allclose(
        reader(accessor | {"normalized": True}, view, binary).numbers(0, "SCALAR")[:, 0], meant
    )
    np.testing.assert_array_equal(reader(accessor, view, binary).numbers(0, "SCALAR")[:, 0], stored)


def test_a_stride_of_nothing_is_none() -> None:
    np.testing.assert_array_equal(reader({}, {"byteStride": 0}).numbers(0, "VEC3"), FLOATS.reshape(4, 3))


def test_an_accessor_may_have_no_elements() -> None:
    assert reader({"count": 0, "byteOffset": 100}).numbers(0, "VEC3").shape == (0, 3)


def test_buffers_may_be_data_uris_that_are_decoded_once() -> None:
    text = base64.b64encode(FLOATS[::-1].tobytes()).decode()
    buffers = [{"byteLength": 48}, {"uri": f"data:application/octet-stream;base64,{text}"}]
    accessors = reader({}, {"buffer": 1}, buffers=buffers)
    np.testing.assert_array_equal(accessors.numbers(0, "VEC3"), FLOATS[::-1].reshape(4, 3))
    assert accessors.view(0).obj is accessors.view(0).obj


@pytest.mark.parametrize(
    ("accessor", "view", "more", "message"),
    [
        ({"count": 5}, {}, {}, "an accessor is longer than its data"),
        ({"count": HUGE}, {}, {}, "an accessor is longer than its data"),
        ({"byteOffset": 1}, {}, {}, "an accessor is longer than its data"),
        ({"byteOffset": HUGE}, {}, {}, "an accessor is longer than its data"),
        ({"count": 2}, {"byteStride": 8}, {}, "an accessor is longer than its data"),
        ({}, {"byteStride": 16}, {}, "an accessor is longer than its data"),
        ({}, {"byteLength": 49}, {}, "a buffer view reaches beyond its data"),
        ({}, {"byteOffset": 1}, {}, "a buffer view reaches beyond its data"),
        ({}, {"byteOffset": HUGE}, {}, "a buffer view reaches beyond its data"),
        ({}, {"buffer": 1}, {}, "refers to a part of itself that is not there"),
        ({}, {}, {"buffers": [{"uri": "file:///etc/passwd"}]}, "data lie outside of its file"),
        ({}, {}, {"buffers": [{"uri": "data:;base64,AAAA"}]}, "a buffer view reaches beyond its data"),
        ({}, {}, {"buffers": [{"uri": "data:;base64,A"}]}, "a data URI in it cannot be decoded"),
        ({}, {"buffer": 1}, {"buffers": [{}, {}]}, "data lie outside of its file"),
        ({"componentType": 5124}, {}, {}, "numbers are of no kind that glTF has"),
        ({"componentType": 0}, {}, {}, "numbers are of no kind that glTF has"),
        ({}, {}, {"buffers": []}, "refers to a part of itself that is not there"),
        ({"bufferView": 1}, {}, {}, "refers to a part of itself that is not there"),
        ({"bufferView": -1}, {}, {}, "an empty accessor"),
        ({"sparse": {"count": 1}}, {}, {}, "is no glTF 2.0: indices: Field required"),
        ({"type": "VEC4"}, {}, {}, "an accessor is not of the type VEC3"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_never_read(
    accessor: dict[str, Any], view: dict[str, Any], more: dict[str, Any], message: str
) -> None:
    with pytest.raises(NotAMesh, match=message):
        reader(accessor, view, **more).numbers(0, "VEC3")


# Of four triples: the second and the last are replaced.
PLACES, VALUES = np.array([1, 3], np.uint8), np.array([[50, 51, 52], [70, 71, 72]], np.float32)
REPLACED = np.array([[0, 1, 2], [50, 51, 52], [6, 7, 8], [70, 71, 72]])


def sparse_reader(
    accessor: dict[str, Any], places: np.ndarray[Any, Any] = PLACES, kind: int = 5121, **more: Any
) -> Accessors:
    """Views: the numbers, the places, the values."""
    binary = FLOATS.tobytes() + places.tobytes().ljust(16, b"\0") + VALUES.tobytes()
    sparse = {
        "count": len(places),
        "indices": {"bufferView": 1, "componentType": kind},
        "values": {"bufferView": 2},
    } | more
    lengths = ((0, 48), (48, 16), (64, 24))
    views = [{"buffer": 0, "byteOffset": offset, "byteLength": length} for offset, length in lengths]
    document = {
        "accessors": [PLAIN | {"sparse": sparse} | accessor],
        "bufferViews": views,
        "buffers": [{"byteLength": len(binary)}],
    }
    return Accessors(parse(document), memoryview(binary))


@pytest.mark.parametrize(("kind", "dtype"), [(5121, np.uint8), (5123, np.uint16), (5125, np.uint32)])
def test_a_sparse_accessor_replaces_elements(kind: int, dtype: type) -> None:
    accessors = sparse_reader({}, PLACES.astype(dtype), kind)
    np.testing.assert_array_equal(accessors.numbers(0, "VEC3"), REPLACED)
    rows = np.array([3, 0, 0, 1, 3])
    np.testing.assert_array_equal(accessors.numbers(0, "VEC3", rows), REPLACED[rows])
    assert accessors.view(0).tobytes() == FLOATS.tobytes()


def test_a_sparse_accessor_without_a_view_starts_from_zeros() -> None:
    zeros = sparse_reader({"bufferView": None})
    np.testing.assert_array_equal(zeros.numbers(0, "VEC3"), REPLACED * [[0], [1], [0], [1]])
    np.testing.assert_array_equal(zeros.numbers(0, "VEC3", np.array([2, 3])), [[0, 0, 0], [70, 71, 72]])


def test_a_sparse_accessor_may_replace_nothing() -> None:
    plain = sparse_reader({}, np.empty(0, np.uint8))
    np.testing.assert_array_equal(plain.numbers(0, "VEC3"), FLOATS.reshape(4, 3))


@pytest.mark.parametrize(
    ("accessor", "places", "kind", "more", "message"),
    [
        ({}, [3, 1], 5121, {}, "names elements that are not there"),
        ({}, [1, 1], 5121, {}, "names elements that are not there"),
        ({}, [1, 4], 5121, {}, "names elements that are not there"),
        ({}, [1, 2], 5120, {}, "names elements that are not there"),
        ({}, [1, 2], 5130, {}, "numbers are of no kind that glTF has"),
        ({}, [0, 1, 2], 5121, {}, "an accessor is longer than its data"),
        ({}, [1, 2], 5121, {"count": 17}, "an accessor is longer than its data"),
        ({}, [1, 2], 5121, {"values": {"bufferView": 7}}, "a part of itself that is not there"),
        ({"count": 3}, [1, 3], 5121, {}, "names elements that are not there"),
    ],
)
def test_what_a_sparse_accessor_lacks_is_never_read(
    accessor: dict[str, Any], places: list[int], kind: int, more: dict[str, Any], message: str
) -> None:
    with pytest.raises(NotAMesh, match=message):
        sparse_reader(accessor, np.array(places, np.uint8), kind, **more).numbers(0, "VEC3")


@pytest.mark.parametrize(
    ("accessor", "more"), [({}, {"count": HUGE}), ({"bufferView": None, "count": HUGE}, {})]
)
def test_a_sparse_accessor_takes_no_memory_for_what_it_claims(
    accessor: dict[str, Any], more: dict[str, Any]
) -> None:
    with pytest.raises(TooLarge, match="sparse accessor"):
        sparse_reader(accessor, **more).numbers(0, "VEC3", np.array([0]))
