import base64
import zlib
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from actionmesh_wrapper.errors import NotAMesh, TooLarge
from actionmesh_wrapper.gltf import unpack
from actionmesh_wrapper.mesh_file.accessors import Accessors
from actionmesh_wrapper.mesh_file.document import parse
from actionmesh_wrapper.mesh_file.materials import (
    Colouring,
    Paint,
    colouring_of,
    picture_size,
    read_picture,
    tinted,
)
from actionmesh_wrapper.mesh_file.submeshes import read_submeshes
from tests.mesh_file.files import BLUE, RED, UV, Model, picture
from tests.system.profiles import ADOBE_RGB, rgb_profile

PICTURE = picture(RED)


def colouring_in(model: Model, **primitive: Any) -> Colouring:
    model.node(model.primitive(**primitive))
    tree, binary = unpack(model.data())
    document = parse(tree)
    accessors = Accessors(document, binary)
    [submesh] = read_submeshes(document, accessors)
    return colouring_of(submesh, document, accessors)


def test_without_a_material_all_is_white() -> None:
    colouring = colouring_in(Model())
    assert (colouring.paint, colouring.uv, colouring.lost) == (Paint(), None, [])


def test_a_plain_colour() -> None:
    model = Model()
    assert colouring_in(model, material=model.painted(None, (0.5, 0.25, 1))).paint == Paint(
        None, (0.5, 0.25, 1)
    )


def test_a_picture_and_a_colour() -> None:
    model = Model()
    colouring = colouring_in(model, material=model.painted(PICTURE, (0.5, 0.25, 1)))
    assert colouring.paint == Paint(0, (0.5, 0.25, 1))
    np.testing.assert_array_equal(colouring.uv, UV)


def test_a_second_set_of_coordinates() -> None:
    model = Model()
    other = {"TEXCOORD_1": model.attribute(UV / 2)}
    colouring = colouring_in(model, material=model.painted(PICTURE, texCoord=1), attributes=other)
    np.testing.assert_array_equal(colouring.uv, UV / 2)


def test_a_picture_without_coordinates_leaves_its_colour() -> None:
    model = Model()
    colouring = colouring_in(model, material=model.painted(PICTURE, (1, 0, 0), texCoord=1))
    assert (colouring.paint, colouring.uv) == (Paint(None, (1, 0, 0)), None)


@pytest.mark.parametrize(
    ("transform", "point", "where"),
    [
        ({"offset": [0.25, 0.5]}, 3, [1.25, 1.5]),
        ({"scale": [2, 3]}, 3, [2, 3]),
        ({"rotation": np.pi / 2}, 1, [0, -1]),  # counter-clockwise as seen, where v points down
        ({"rotation": np.pi / 2, "scale": [2, 3], "offset": [0.5, 0]}, 3, [3.5, -2]),
        ({"texCoord": 1}, 3, [0.5, 0.5]),
    ],
)
def test_coordinates_may_be_moved(transform: dict[str, Any], point: int, where: list[float]) -> None:
    model = Model()
    material = model.painted(PICTURE, extensions={"KHR_texture_transform": transform})
    colouring = colouring_in(model, material=material, attributes={"TEXCOORD_1": model.attribute(UV / 2)})
    assert colouring.uv is not None
    np.testing.assert_allclose(colouring.uv[point], where, atol=1e-12)


def test_webp_lies_in_an_extension() -> None:
    model = Model()
    material = model.painted(PICTURE)
    webp = model.add("images", {"bufferView": 7})
    model.add("textures", {"source": 0, "extensions": {"EXT_texture_webp": {"source": webp}}})
    model.add("materials", {"pbrMetallicRoughness": {"baseColorTexture": {"index": 1}}})
    assert colouring_in(model, material=material + 1).paint.picture == 7


@pytest.mark.parametrize(
    "image",
    [
        {"uri": "file:///etc/passwd"},
        {"uri": "https://example.com/a.png"},
        {"uri": ""},
        {"bufferView": -1},
    ],
)
def test_a_picture_that_lies_elsewhere_is_lost(image: dict[str, str]) -> None:
    model = Model()
    texture = model.add("textures", {"source": model.add("images", image)})
    pbr = {"baseColorTexture": {"index": texture}, "baseColorFactor": [1, 0, 0, 1]}
    colouring = colouring_in(model, material=model.add("materials", {"pbrMetallicRoughness": pbr}))
    assert colouring.paint == Paint(None, (1, 0, 0))
    assert colouring.lost == ["a texture that is not in the file as PNG, JPEG or WebP"]


def test_a_picture_may_be_a_data_uri() -> None:
    model = Model()
    uri = "data:image/png;base64," + base64.b64encode(PICTURE).decode()
    texture = model.add("textures", {"source": model.add("images", {"uri": uri})})
    pbr = {"baseColorTexture": {"index": texture}}
    colouring = colouring_in(model, material=model.add("materials", {"pbrMetallicRoughness": pbr}))
    assert (colouring.paint, colouring.lost) == (Paint(uri), [])


@pytest.mark.parametrize(("material", "lost"), [(-1, []), (7, ["a material that is not in the file"])])
def test_a_material_that_is_not_there_is_the_default(material: int, lost: list[str]) -> None:
    model = Model()
    model.painted(None, (1, 0, 0))
    colouring = colouring_in(model, material=material)
    assert (colouring.paint, colouring.lost) == (Paint(), lost)


@pytest.mark.parametrize("textures", [[], [{}], [{"source": -1}], [{"source": 7}]], ids=str)
def test_a_texture_that_is_not_there_leaves_the_colour(textures: list[Any]) -> None:
    model = Model()
    pbr = {"baseColorTexture": {"index": 0}, "baseColorFactor": [1, 0, 0, 1]}
    material = model.add("materials", {"pbrMetallicRoughness": pbr})
    model.set("textures", textures)
    colouring = colouring_in(model, material=material)
    assert (colouring.paint, colouring.lost) == (
        Paint(None, (1, 0, 0)),
        ["a texture that is not in the file as PNG, JPEG or WebP"],
    )


def test_a_material_without_a_texture_s_index_has_none() -> None:
    model = Model()
    pbr = {"baseColorTexture": {"index": -1}}
    colouring = colouring_in(model, material=model.add("materials", {"pbrMetallicRoughness": pbr}))
    assert (colouring.paint, colouring.lost) == (Paint(), [])


@pytest.mark.parametrize(("colour", "lost"), [(1, []), (0.5, ["colours of vertices"])])
def test_colours_of_vertices_are_lost_unless_they_are_white(colour: float, lost: list[str]) -> None:
    model = Model()
    colours = {"COLOR_0": model.attribute(np.full((4, 3), colour, np.float32))}
    assert colouring_in(model, attributes=colours).lost == lost


@pytest.mark.parametrize("kind", ["KHR_materials_pbrSpecularGlossiness", "KHR_techniques_webgl"])
def test_an_older_kind_of_material_is_lost(kind: str) -> None:
    model = Model()
    material = model.add("materials", {"extensions": {kind: {}}})
    assert colouring_in(model, material=material).lost == [f"a material of the kind {kind}"]


@pytest.mark.parametrize("value", [np.nan, np.inf, 3e38])
def test_coordinates_must_be_finite(value: float) -> None:
    model = Model()
    transform = {"KHR_texture_transform": {"scale": [2, 2]}}
    uv = {"TEXCOORD_0": model.attribute(np.full((4, 2), value, np.float32))}
    with pytest.raises(NotAMesh, match="texture coordinates are not finite"), np.errstate(all="ignore"):
        colouring_in(model, material=model.painted(PICTURE, extensions=transform), attributes=uv)


def encoded(image: Image.Image, kind: str = "PNG") -> memoryview:
    file = BytesIO()
    image.save(file, kind)
    return memoryview(file.getvalue())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_reads_every_kind(kind: str) -> None:
    pixels = read_picture(memoryview(picture(RED, BLUE, kind=kind)))
    assert pixels.shape == (16, 32, 3)
    assert np.abs(pixels[8, [4, 28]].astype(int) - [RED, BLUE]).max() <= 3


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1"])
def test_any_mode_becomes_rgb(mode: str) -> None:
    assert (
        read_picture(encoded(Image.new("RGB", (5, 3), "white").convert(mode))).tolist()
        == [[[255] * 3] * 5] * 3
    )


def test_a_grey_picture_of_16_bits_keeps_its_tones() -> None:
    grey = Image.fromarray(np.full((2, 2), 0x8000, np.uint16))
    assert read_picture(encoded(grey))[0, 0].tolist() == [128] * 3


def test_a_palette_with_transparency_keeps_its_colours() -> None:
    image = Image.new("P", (1, 1), 1)
    image.putpalette([*BLUE, *RED])
    file = BytesIO()
    image.save(file, "PNG", transparency=bytes([0, 128]))
    assert read_picture(memoryview(file.getvalue())).tolist() == [[list(RED)]]


def test_a_pictures_own_orientation_and_profile_are_ignored() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    file = BytesIO()
    Image.new("RGB", (3, 2), RED).save(file, "PNG", exif=exif, icc_profile=rgb_profile(ADOBE_RGB, 1.0))
    data = memoryview(file.getvalue())
    assert picture_size(data) == (3, 2)
    assert read_picture(data).tolist() == [[list(RED)] * 3] * 2


def test_what_is_transparent_keeps_its_colour() -> None:
    assert read_picture(encoded(Image.new("RGBA", (1, 1), (*RED, 0)))).tolist() == [[list(RED)]]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "A texture of the mesh is no picture in PNG, JPEG or WebP."),
        (b"GIF89a" + bytes(100), "A texture of the mesh is no picture in PNG, JPEG or WebP."),
        (picture(RED)[:40], "A texture of the mesh is no picture in PNG, JPEG or WebP."),
        (picture(RED)[:50], "A texture of the mesh is broken."),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(NotAMesh) as error:
        read_picture(memoryview(data))
    assert error.value.message == message


def claiming(width: int, height: int) -> memoryview:
    """A PNG of a few bytes that says that it is large."""
    data = bytearray(picture(RED))
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return memoryview(bytes(data))


@pytest.mark.parametrize("size", [(4097, 4096), (12_000, 12_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    for function in (picture_size, read_picture):
        with pytest.raises(TooLarge, match="at most 4096 × 4096 are taken"):
            function(claiming(*size))


def test_the_largest_is_taken() -> None:
    assert picture_size(claiming(4096, 4096)) == (4096, 4096)


def test_a_factor_multiplies_light() -> None:
    grey = np.full((1, 1, 3), 188, np.uint8)  # half of the light
    assert tinted(grey, (1, 1, 1)) is grey
    assert tinted(grey, (1.0, 0.5, 0.0)).tolist() == [[[188, 137, 0]]]
