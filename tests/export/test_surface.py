from typing import Any

import numpy as np
import pytest

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.export.glb import CompressedGlb, Glb
from actionmesh_wrapper.export.picture import encode
from actionmesh_wrapper.export.surface import Surface
from actionmesh_wrapper.gltf import unpack

CORNERS = np.array([[[0, 0, 0], [1, 0, 0], [0, 1, 0]]], np.float32)
FACE = np.array([[0, 1, 2]], np.int32)
UV = np.array([[0, 0], [0.5, 0], [0, 1]], np.float32)


def noise(side: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(1).integers(0, 256, (side, side, 3)).astype(np.uint8)


@pytest.mark.parametrize(
    ("texture", "media_type"), [(noise(64), "image/jpeg"), (np.zeros((64, 64, 3), np.uint8), "image/png")]
)
def test_a_picture_says_what_it_is(
    texture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], media_type: str
) -> None:
    glb = Glb()
    Surface.of(Animation(CORNERS, FACE, 8.0, uv=UV, texture=texture)).primitive(glb, {})
    content = b"".join(glb.chunks())
    assert f'"mimeType":"{media_type}"'.encode() in content.replace(b": ", b":")
    assert encode(texture).data in content


def test_a_uv_is_rounded_where_it_lies_within_the_picture() -> None:
    inside = Animation(CORNERS, FACE, 8.0, uv=UV, texture=noise(8))
    outside = Animation(CORNERS, FACE, 8.0, uv=UV * 2, texture=noise(8))
    rounded = Surface.of(inside, small=True).uv
    assert rounded is not None
    assert rounded.tolist() == [[0, 0], [32768, 0], [0, 65535]]
    assert Surface.of(outside, small=True).uv is outside.uv
    assert Surface.of(inside).uv is inside.uv


@pytest.mark.parametrize("kind", [Glb, CompressedGlb])
@pytest.mark.parametrize("unlit", [False, True])
def test_what_has_the_films_light_in_it_is_lit_no_more(kind: type[Glb], unlit: bool) -> None:
    glb = kind()
    before = list(read_json(glb).get("extensionsUsed", []))
    mesh = Animation(CORNERS, FACE, 8.0, uv=UV, texture=noise(8), unlit=unlit)
    for _ in range(2):
        Surface.of(mesh).primitive(glb, {})
    document = read_json(glb)
    assert document.get("extensionsUsed", []) == before + ["KHR_materials_unlit"] * unlit
    assert "KHR_materials_unlit" not in document.get("extensionsRequired", [])
    for material in document["materials"]:
        assert material.get("extensions", {}) == ({"KHR_materials_unlit": {}} if unlit else {})
        assert material["pbrMetallicRoughness"]["baseColorTexture"]["index"] in (0, 1)


def test_plain_clay_is_always_lit() -> None:
    glb = Glb()
    Surface.of(Animation(CORNERS, FACE, 8.0, unlit=True)).primitive(glb, {})
    assert "extensionsUsed" not in read_json(glb)


def read_json(glb: Glb) -> Any:
    document, _ = unpack(b"".join(glb.chunks()))
    return document
