from pathlib import Path

import numpy as np
import pytest

from actionmesh_wrapper.export.glb import CompressedGlb, Glb
from tests.export.reader import read


def test_a_file_to_the_byte() -> None:
    glb = Glb()
    assert glb.samples(np.array([0.0, 2.5], np.float32), bounded=True) == 0
    text = (
        b'{"asset":{"version":"2.0","generator":"actionmesh-worker"},'
        b'"bufferViews":[{"buffer":0,"byteOffset":0,"byteLength":8}],'
        b'"accessors":[{"bufferView":0,"componentType":5126,"count":2,"type":"SCALAR","min":[0.0],"max":[2.5]}],'
        b'"buffers":[{"byteLength":8}]}'
    )
    text += b" " * (-len(text) % 4)
    total = (12 + 8 + len(text) + 8 + 8).to_bytes(4, "little")
    assert b"".join(glb.chunks()) == (
        b"glTF\x02\0\0\0" + total
        + len(text).to_bytes(4, "little") + b"JSON" + text
        + b"\x08\0\0\0BIN\0" + b"\0\0\0\0\0\0\x20\x40"
    )  # fmt: skip


def test_narrow_attributes_are_padded_to_four_bytes() -> None:
    glb = Glb()
    glb.attribute(np.array([[1, 2, 3], [4, 5, 6]], np.int16))
    glb.attribute(np.array([[1, 2, 3], [4, 5, -6]], np.int8), normalized=True)
    binary = b"".join(glb.chunks())[-24:]
    assert binary[:16] == b"\1\0\2\0\3\0\0\0\4\0\5\0\6\0\0\0"
    assert binary[16:] == b"\1\2\3\0\4\5\xfa\0"


def test_views_start_on_multiples_of_four() -> None:
    glb = Glb()
    glb.view(b"12345")
    glb.indices(np.array([0, 1, 2], np.uint16))
    glb.view(b"x")
    binary = b"".join(glb.chunks())[-20:]
    assert binary == b"12345\0\0\0" + b"\0\0\1\0\2\0\0\0" + b"x\0\0\0"


def test_decompressed_views_start_on_multiples_of_four_and_fill_the_empty_buffer(tmp_path: Path) -> None:
    glb = CompressedGlb()
    glb.indices(np.zeros(9, np.uint16))  # 18 bytes
    glb.attribute(np.zeros((3, 3), np.int8))
    glb.indices(np.zeros(3, np.uint16))  # 6 bytes
    (tmp_path / "mesh.glb").write_bytes(b"".join(glb.chunks()))
    document = read(tmp_path / "mesh.glb").json
    places = [(view["buffer"], view["byteOffset"], view["byteLength"]) for view in document["bufferViews"]]
    assert places == [(1, 0, 18), (1, 20, 12), (1, 32, 6)]
    assert [buffer["byteLength"] for buffer in document["buffers"][1:]] == [40]


def test_attributes_need_not_be_contiguous() -> None:
    columns = np.arange(6, dtype=np.float32).reshape(3, 2)
    glb = Glb()
    glb.attribute(columns.T)
    assert b"".join(glb.chunks())[-24:] == columns.T.tobytes()


def test_a_number_that_json_lacks_is_refused() -> None:
    glb = Glb()
    glb.set("extras", {"score": float("nan")})
    with pytest.raises(ValueError, match="not JSON compliant"):
        list(glb.chunks())
