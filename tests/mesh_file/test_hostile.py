"""Files that mean no good: each is refused by name, fast, and within bounds on memory."""

import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from actionmesh_wrapper.errors import JobError, NotAMesh, TooLarge
from actionmesh_wrapper.export import write_animated_mesh, write_mesh
from actionmesh_wrapper.mesh_file import read_mesh
from tests.export.samples import ball
from tests.mesh_file.files import GREEN, RED, Model, pack, picture, saved, unpacked

HERE = Path(__file__).parent
MEMORY_BYTES = 400_000_000
Change = Callable[[Any], object]


def sound() -> bytes:
    """A file with all that is read: two primitives, two pictures, a node transform."""
    model = Model()
    first, second = (model.primitive(material=model.painted(picture(colour))) for colour in (RED, GREEN))
    model.node(first, second, translation=[1, 2, 3])
    return model.data()


def changed(change: Change) -> bytes:
    """That file with its JSON changed."""
    document, binary = unpacked(sound())
    change(document)
    return pack(document, binary)


def everywhere(kind: str, **properties: object) -> Change:
    """Sets properties of all items of a kind."""
    return lambda document: [item.update(properties) for item in document[kind]]


CORPUS: dict[str, bytes] = {
    "empty": b"",
    "text": b"solid cube",
    "zeros": bytes(1000),
    "half": sound()[:300],
    "no JSON but binary": pack(b"", b"1234"),
    "an empty document": pack({}),
    "a list": pack([]),
    "deep JSON": pack(b"[" * 500_000 + b"]" * 500_000),
    "deep JSON in an extra": pack(b'{"extras":' + b"[" * 500_000 + b"]" * 500_000 + b"}"),
    "many nodes": pack(b'{"nodes":[' + b"{}," * 2_000_000 + b"{}]}"),
    "many wrong nodes": pack(b'{"nodes":[' + b"0," * 2_000_000 + b"0]}"),
    "many wrong children": pack(b'{"nodes":[{"children":[' + b"-1," * 2_000_000 + b"0]}]}"),
    "many wrong attributes": pack(
        {"meshes": [{"primitives": [{"attributes": {str(n): "x" for n in range(400_000)}}]}]}
    ),
    "a huge count": changed(everywhere("accessors", count=2**62)),
    "a count of a million": changed(everywhere("accessors", count=10**6)),
    "counts that fit no integer": changed(everywhere("accessors", count=10**100)),
    "accessors of nothing": changed(lambda d: [item.pop("bufferView") for item in d["accessors"]]),
    "sparse accessors": changed(everywhere("accessors", sparse={"count": 2**40})),
    "views beyond the end": changed(everywhere("bufferViews", byteOffset=10**6)),
    "views of huge length": changed(everywhere("bufferViews", byteLength=2**62)),
    "views of no length": changed(everywhere("bufferViews", byteLength=0)),
    "a stride of one": changed(everywhere("bufferViews", byteStride=1)),
    "a stride that fits no integer": changed(everywhere("bufferViews", byteStride=10**100)),
    "a negative offset": changed(everywhere("bufferViews", byteOffset=-4)),
    "a buffer elsewhere": changed(everywhere("buffers", uri="http://127.0.0.1/")),
    "indices of floats": changed(everywhere("accessors", componentType=5126)),
    "no component type": changed(everywhere("accessors", componentType=0)),
    "nodes in a circle": changed(everywhere("nodes", children=[0])),
    "a node of NaN": changed(everywhere("nodes", rotation=[0, 0, 0, 0])),
    "a node far away": changed(everywhere("nodes", translation=[1e300] * 3, scale=[1e300] * 3)),
    "a child that is missing": changed(everywhere("nodes", children=[9])),
    "a mesh that is missing": changed(everywhere("nodes", mesh=9)),
    "an image of vertices": changed(everywhere("images", bufferView=1)),
    "an image of a kind that is not read": changed(everywhere("images", bufferView=1, mimeType="image/gif")),
    "an extension of another shape": changed(
        lambda d: [item.update(extensions={"EXT_texture_webp": 7}) for item in d["textures"]]
    ),
    "a thousand copies": changed(lambda d: d["nodes"].extend({"mesh": 0} for _ in range(10_000))),
    "Draco": changed(lambda d: d.update(extensionsRequired=["KHR_draco_mesh_compression"])),
}  # fmt: skip


@pytest.mark.parametrize("name", CORPUS)
def test_is_refused_within_bounds(tmp_path: Path, name: str) -> None:
    path = saved(CORPUS[name], tmp_path)
    tracemalloc.start()
    try:
        with pytest.raises((NotAMesh, TooLarge)) as error:
            read_mesh(path, warn=lambda _: None)
        assert tracemalloc.get_traced_memory()[1] < MEMORY_BYTES
    finally:
        tracemalloc.stop()
    assert 0 < len(error.value.message) < 250
    assert str(tmp_path) not in error.value.message


def test_what_the_corpus_is_made_from_is_sound(tmp_path: Path) -> None:
    mesh = read_mesh(saved(sound(), tmp_path), warn=lambda _: None)
    assert (mesh.vertices.shape, mesh.texture is None) == ((1, 8, 3), False)


def samples(folder: Path) -> dict[str, bytes]:
    moving = folder / "moving.glb"
    write_animated_mesh(ball(3, detail=1), moving, extras={})
    still = write_mesh(ball(1, detail=1, textured=True), folder / "still.glb", extras={})
    return {
        "several": sound(),
        "moving": moving.read_bytes(),
        "still": still.read_bytes(),
        "bones": (HERE / "bones.glb").read_bytes(),
    }


@pytest.mark.parametrize("name", ["several", "moving", "still", "bones"])
def test_random_damage_gives_a_mesh_or_an_error_of_ours(tmp_path: Path, name: str) -> None:
    data, chance = samples(tmp_path)[name], random.Random(name)
    refused = 0
    for _ in range(300):
        damaged = bytearray(data)
        for _ in range(chance.choice([1, 1, 2, 8])):
            damaged[chance.randrange(len(damaged))] = chance.choice(b'\0\x01\x7f\x80\xff09-.,:"[]{}e')
        cut = chance.choice([len(damaged)] * 3 + [chance.randrange(len(damaged))])
        try:
            mesh = read_mesh(saved(bytes(damaged[:cut]), tmp_path), warn=lambda _: None)
            assert np.isfinite(mesh.vertices).all()
        except JobError:
            refused += 1
    assert 30 < refused < 300
