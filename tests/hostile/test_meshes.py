"""Meshes of a caller's own that mean no good; tests/mesh_file/test_hostile.py says what each is."""

import base64
import struct
import zlib
from collections.abc import Callable, Mapping

import pytest

from tests.hostile.scene import Case
from tests.mesh_file.files import Model, pack
from tests.mesh_file.test_hostile import CORPUS, sound
from tests.video.animated import chunk
from tests.video.test_container import PNG

Judge = Callable[[Case], None]


def painted(image: bytes) -> bytes:
    """A mesh with this picture."""
    model = Model()
    model.node(
        model.primitive(material=model.painted(image)),
        model.primitive(material=model.painted(None, (1, 0, 0))),
    )
    return model.data()


def png(width: int, height: int, data: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return PNG[:8] + header + chunk(b"IDAT", data) + chunk(b"IEND")


TOO_MANY = ("a thousand copies", "a huge count", "a count of a million", "counts that fit no integer")
TOO_LARGE = {
    **{name: CORPUS[name] for name in TOO_MANY},
    "a texture of 30,000²": painted(png(30_000, 30_000, zlib.compress(bytes(1 << 20)))),
    "a texture of 2³¹": painted(png(2**31 - 1, 2**31 - 1, b"")),
    "JSON beyond its limit": pack(b'{"extras":"' + b"x" * 8_000_000 + b'"}'),
}
NOT_A_MESH: Mapping[str, bytes] = {
    **{name: data for name, data in CORPUS.items() if data and name not in TOO_MANY},
    "a texture that is cut off": painted(png(4000, 4000, zlib.compress(bytes(1000)))),
    "a texture of garbage": painted(b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
    "a text bomb in a texture": painted(
        PNG[:8]
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
        + chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(1 << 27), 9))
        + chunk(b"IDAT", zlib.compress(bytes(200)))
        + chunk(b"IEND")
    ),
    "a GLB of version 1": b"glTF" + struct.pack("<II", 1, 12),
    "glTF as text": b'{"asset": {"version": "2.0"}, "buffers": [{"uri": "file:///etc/passwd"}]}',
    "OBJ": b"mtllib /etc/passwd\nv 0 0 0\n",
    "STL": b"solid x\nendsolid x\n",
}


def mesh(data: bytes) -> Mapping[str, str]:
    return {"mesh_base64": base64.b64encode(data).decode()}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_too_large(judge: Judge, name: str) -> None:
    judge(Case(name, "TOO_LARGE", lambda scene: {**scene.good, **mesh(TOO_LARGE[name])}))


@pytest.mark.parametrize("name", NOT_A_MESH)
def test_not_a_mesh(judge: Judge, name: str) -> None:
    judge(Case(name, "NOT_A_MESH", lambda scene: {**scene.good, **mesh(NOT_A_MESH[name])}))


def test_a_good_one(judge: Judge) -> None:
    judge(Case("sound", None, lambda scene: {**scene.good, **mesh(sound())}))


def test_a_video_for_a_mesh(judge: Judge) -> None:
    judge(
        Case("video", "NOT_A_MESH", lambda scene: {**scene.good, "mesh_base64": scene.good["video_base64"]})
    )


def test_a_mesh_for_a_video(judge: Judge) -> None:
    judge(Case("mesh", "NOT_A_VIDEO", lambda _: {"video_base64": mesh(sound())["mesh_base64"]}))


@pytest.mark.parametrize("name", NOT_A_MESH)
def test_what_is_no_mesh_is_no_animation(judge: Judge, name: str) -> None:
    data = base64.b64encode(NOT_A_MESH[name]).decode()
    judge(Case(name, "NOT_A_MESH", lambda _: {"animation_base64": data, "outputs": ["obj"]}))


@pytest.mark.parametrize("name", TOO_LARGE)
def test_what_is_too_large_a_mesh_is_no_animation(judge: Judge, name: str) -> None:
    data = base64.b64encode(TOO_LARGE[name]).decode()
    judge(Case(name, "TOO_LARGE|NOT_A_MESH", lambda _: {"animation_base64": data, "outputs": ["obj"]}))
