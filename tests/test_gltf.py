import struct

import pytest

from actionmesh_wrapper.errors import NotAMesh, TooLarge
from actionmesh_wrapper.gltf import ALIGNMENT, MAX_JSON_BYTES, unpack
from actionmesh_wrapper.gltf import pack as pack_glb
from tests.mesh_file.files import pack

SOUND = pack({"asset": {"version": "2.0"}}, b"1234")


def test_json_and_binary() -> None:
    document, binary = unpack(SOUND)
    assert document == {"asset": {"version": "2.0"}}
    assert bytes(binary) == b"1234"


def test_what_is_packed_is_unpacked() -> None:
    parts = list(pack_glb({"asset": {"version": "2.0"}, "name": "ü"}, [b"1234", memoryview(b"5678")], 8))
    document, binary = unpack(b"".join(parts))
    assert document == {"asset": {"version": "2.0"}, "name": "ü"}
    assert bytes(binary) == b"12345678"
    assert len(b"".join(parts)) % ALIGNMENT == 0
    with pytest.raises(ValueError, match="not JSON compliant"):
        list(pack_glb({"scale": float("nan")}, [], 0))


def test_what_follows_the_file_and_chunks_of_other_kinds_are_passed_over() -> None:
    text = struct.pack("<I4s", 4, b"JSON") + b"{}  "
    other = struct.pack("<I4s", 4, b"ODD ") + b"oooo"
    data = struct.pack("<4sII", b"glTF", 2, 36) + text + other + b"trailing"
    document, binary = unpack(data)
    assert (document, bytes(binary)) == ({}, b"")


@pytest.mark.parametrize("padding", [b"\0\0\0", b" \0 \0", b"\0" * 4000])
def test_json_may_be_padded_with_nul(padding: bytes) -> None:
    document, binary = unpack(pack(b'{"a": 1}' + padding, b"1234"))
    assert (document, bytes(binary)) == ({"a": 1}, b"1234")


def test_json_is_read_as_viewers_read_it() -> None:
    text = b'\xef\xbb\xbf{"name": "caf\xe9", "none": null, "list": [null], "far": Infinity, "low": -Infinity}'
    assert unpack(pack(text))[0] == {
        "name": "caf\ufffd",
        "list": [None],
        "far": float("inf"),
        "low": float("-inf"),
    }
    document, _ = unpack(pack(b'{"min": NaN}'))
    assert isinstance(document, dict)
    assert document["min"] != document["min"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The mesh is no GLB, the binary form of glTF 2.0."),
        (b"glTF", "The mesh is no GLB, the binary form of glTF 2.0."),
        (b'{"asset": {"version": "2.0"}}', "The mesh is no GLB, the binary form of glTF 2.0."),
        (struct.pack("<4sII", b"glTF", 1, 12), "The mesh is a GLB of version 1; only version 2 is read."),
        (struct.pack("<4sII", b"glTF", 2, 12), "The mesh's file has no JSON chunk."),
        (struct.pack("<4sII", b"glTF", 2, 0), "The mesh's file has no JSON chunk."),
        (SOUND[:-1], "The mesh's file is cut off: it has 63 of 64 bytes."),
        (pack({}, length=40)[:40], "The mesh's file is cut off: it has 32 of 40 bytes."),
        (
            struct.pack("<4sIII4s", b"glTF", 2, 20, 2**32 - 1, b"JSON"),
            "The mesh's file is broken: a chunk is longer than the file.",
        ),
        (pack(b"{"), "The mesh's JSON cannot be read."),
        (pack(b"\xff\xfe"), "The mesh's JSON cannot be read."),
        (pack(b"9" * 5000), "The mesh's JSON cannot be read."),
        (pack(b"[" * 1_000_000), "The mesh's JSON cannot be read."),
        (pack(b'{"a":' * 1_000_000), "The mesh's JSON cannot be read."),
    ],
)
def test_what_is_no_glb_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(NotAMesh) as error:
        unpack(data)
    assert error.value.message == message


def test_there_is_a_limit_to_json() -> None:
    with pytest.raises(
        TooLarge, match=r"The mesh's JSON has 8,000,004 bytes; at most 8,000,000 are taken\. "
    ):
        unpack(pack(b" " * (MAX_JSON_BYTES + 1)))
