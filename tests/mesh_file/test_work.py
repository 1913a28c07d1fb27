"""Small files that ask for hours of work: each is read or refused within limits of its process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from actionmesh_wrapper.errors import Cancelled
from actionmesh_wrapper.mesh_file import read_mesh
from tests.hostile.watch import CAN_WATCH
from tests.mesh_file.files import CORNERS, FACES, RED, Model, picture
from tests.mesh_file.limited import read_limited
from tests.system.test_picture_bytes import jpeg_of_scans, png_of_chunks

CPU_S = 15  # of a slow machine; all of these took minutes to hours
LONGEST_S = 5  # until a cancel is heeded
MEMORY_BYTES = 600_000_000

PARTS = 4000  # below the limit
BONES = 60_000


def painted(*images: bytes) -> Model:
    """A tetrahedron for each picture, and a red one."""
    model = Model()
    parts = [model.primitive(material=model.painted(image)) for image in images]
    model.node(*parts, model.primitive(material=model.painted(None, (1, 0, 0))))
    return model


def shared(image: bytes, count: int, *, is_one: bool) -> Model:
    """Materials of one picture, in different colours; or of many that are the same bytes."""
    model = Model()
    view, first, parts = model.view(image), model.primitive(), []
    for number in range(count):
        texture = 0
        if not is_one or number == 0:
            twin = model.add("bufferViews", {"buffer": 0, "byteLength": len(image)}) if number else view
            texture = model.add("textures", {"source": model.add("images", {"bufferView": twin})})
        pbr = {"baseColorTexture": {"index": texture}, "baseColorFactor": [1, number / count, 0, 1]}
        parts.append(first | {"material": model.add("materials", {"pbrMetallicRoughness": pbr})})
    model.node(*parts)
    return model


def empty_primitives() -> Model:
    """Four thousand million primitives without a triangle."""
    model = Model()
    model.set("meshes", [{"primitives": [{"attributes": {}}] * 65_000}])
    model.set("nodes", [{"mesh": 0}] * 65_000)
    return model


def boned(skins: int) -> Model:
    """Parts in turn on skins of many bones."""
    model = Model()
    joints = model.view(bytes(16))
    weights = model.view(np.ones((4, 4), np.float32).tobytes())
    kinds = ((joints, 5121), (weights, 5126))
    bones, shares = (
        model.add("accessors", {"bufferView": view, "componentType": kind, "count": 4, "type": "VEC4"})
        for view, kind in kinds
    )
    part = model.primitive(attributes={"JOINTS_0": bones, "WEIGHTS_0": shares})
    model.add("meshes", {"primitives": [part]})
    model.set("skins", [{"joints": list(range(BONES))}] * skins)
    nodes: list[Any] = [{"mesh": 0, "skin": number % skins} for number in range(PARTS)]
    model.set("nodes", nodes + [{}] * (BONES - PARTS))
    return model


def many_parts() -> Model:
    model = Model()
    model.add("meshes", {"primitives": [model.primitive()]})
    model.set("nodes", [{"mesh": 0}] * PARTS)
    return model


def of_sparse_parts(parts: int, *, accessors: int) -> Model:
    """Tetrahedra at the start of long lists of positions, of which all but the first are replaced."""
    model, count = Model(), 1_900_000
    places = model.view(np.arange(1, count, dtype=np.uint32).tobytes())
    values = model.view(np.tile(CORNERS, (count // 4 + 1, 1))[1:count].tobytes())
    sparse = {
        "count": count - 1,
        "indices": {"bufferView": places, "componentType": 5125},
        "values": {"bufferView": values},
    }
    item = {"componentType": 5126, "type": "VEC3", "count": count, "sparse": sparse}
    faces = model.indices(FACES.ravel())
    positions = [model.add("accessors", item) for _ in range(accessors)]
    for number in range(parts):
        model.node({"attributes": {"POSITION": positions[number % accessors]}, "indices": faces})
    return model


MANY = f"(1, {4 * PARTS}, 3)"
OF_PICTURES = "TOO_LARGE: A picture is in more parts than are taken; save it anew."
ATTACKS: dict[str, tuple[Callable[[], Model], str]] = {
    "thousands of scans": (
        lambda: painted(jpeg_of_scans(4096, 5000)),
        "TOO_LARGE: A picture is a JPEG of more scans than the 64 that are taken.",
    ),
    "as many scans as are taken, on three pictures": (
        lambda: painted(*(jpeg_of_scans(side, 64) for side in (4096, 4095, 4094))),
        "(1, 16, 3)",
    ),
    "a million chunks": (lambda: painted(png_of_chunks(1_000_000)), OF_PICTURES),
    "a thousand times two hundred chunks": (
        lambda: shared(png_of_chunks(200), 1000, is_one=False),
        "(1, 4000, 3)",
    ),
    "a thousand times ten thousand chunks": (
        lambda: shared(png_of_chunks(10_000), 1000, is_one=False),
        OF_PICTURES,
    ),
    "a thousand times ten megabytes": (
        lambda: shared(picture(RED) + bytes(10_000_000), 1000, is_one=False),
        "TOO_LARGE: The mesh's textures have more than 200,000,000 bytes.",
    ),
    "a thousand colours of one picture": (
        lambda: shared(jpeg_of_scans(256, 64), 1000, is_one=True),
        "(1, 4000, 3)",
    ),
    "nodes times empty primitives": (
        empty_primitives,
        "NOT_A_MESH: The mesh's file has no triangles in its scene.",
    ),
    "parts times bones": (lambda: boned(1), MANY),
    "parts times bones of four skins": (lambda: boned(4), MANY),
    "parts times bones of many skins": (
        lambda: boned(20),
        "TOO_LARGE: The mesh has more than 262,144 bones.",
    ),
    "many parts": (many_parts, MANY),
    "parts times sparse elements": (lambda: of_sparse_parts(PARTS, accessors=1), MANY),
    "sparse accessors of the same elements": (
        lambda: of_sparse_parts(PARTS, accessors=PARTS),
        "TOO_LARGE: The mesh has sparse accessors of more than 2,000,000 elements.",
    ),
}


@pytest.mark.skipif(not CAN_WATCH, reason="needs /proc")
@pytest.mark.parametrize("name", ATTACKS)
def test_is_done_within_limits_of_the_process(tmp_path: Path, name: str) -> None:
    make, outcome = ATTACKS[name]
    reading = read_limited(make().save(tmp_path), cpu_s=CPU_S, memory_bytes=MEMORY_BYTES)
    assert reading.outcome == outcome
    assert reading.longest_s < LONGEST_S
    assert reading.steps >= 2


def many_pictures() -> Model:
    return painted(*(picture((0, 0, level)) for level in range(50)))


@pytest.mark.parametrize("make", [many_parts, many_pictures])
def test_a_cancel_ends_it_at_any_step(tmp_path: Path, make: Callable[[], Model]) -> None:
    path = make().save(tmp_path)
    total = len(steps_of(path))
    assert total > 50
    for last in (1, 2, total // 2, total - 1, total):
        with pytest.raises(Cancelled):
            steps_of(path, last=last)


def steps_of(path: Path, last: int | None = None) -> list[tuple[int, int]]:
    """Reads a mesh; cancels at the step of that number."""
    steps: list[tuple[int, int]] = []

    def step(done: int, of: int) -> None:
        steps.append((done, of))
        if len(steps) == last:
            raise Cancelled

    read_mesh(path, warn=lambda _: None, step=step)
    assert steps[-1] == (1, 1)
    assert set(steps[:-1]) == {(0, 1)}
    return steps
