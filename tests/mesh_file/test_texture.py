from pathlib import Path

import numpy as np
import pytest

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.errors import NotAMesh, TooLarge
from actionmesh_wrapper.mesh_file import read_mesh
from actionmesh_wrapper.mesh_file import texture as module
from actionmesh_wrapper.mesh_file.texture import MAX_SIDE_PX, PADDING_PX, Atlas, paste
from tests.mesh_file.files import BLUE, GREEN, RED, UV, Model, picture, shown

INSIDE = np.float32(0.25) + UV / 2  # the middles of the quarters


@pytest.mark.parametrize(
    "sizes",
    [
        [(8, 8)],
        [(64, 32), (8, 8), (32, 64), (8, 8)],
        [(8, 8)] * 300,
        [(4096, 16), (16, 4096)],
        [(4096, 4096)] * 4,
        [(1, 1), (4096, 4096)],
    ],
)
def test_pictures_lie_apart_and_inside(sizes: list[tuple[int, int]]) -> None:
    atlas = Atlas.of(sizes)
    assert len(atlas.tiles) == len(sizes)
    assert max(atlas.width, atlas.height) <= MAX_SIDE_PX
    taken = np.zeros((atlas.height, atlas.width), np.uint16)
    for tile in atlas.tiles:
        assert min(tile.left, tile.top) >= PADDING_PX
        taken[
            tile.top - PADDING_PX : tile.top + tile.height + PADDING_PX,
            tile.left - PADDING_PX : tile.left + tile.width + PADDING_PX,
        ] += 1
    assert taken.max() == 1
    assert taken.sum() == sum((t.width + 2 * PADDING_PX) * (t.height + 2 * PADDING_PX) for t in atlas.tiles)


def test_pictures_keep_their_size_while_there_is_room() -> None:
    sizes = [(64, 32), (2000, 3000), (8, 8)]
    assert [(tile.width, tile.height) for tile in Atlas.of(sizes).tiles] == sizes


def test_and_get_smaller_alike_where_there_is_none() -> None:
    large, small = Atlas.of([(4096, 4096), (2048, 1024)]).tiles
    assert large.width == large.height < 4096
    assert large.width / small.width == pytest.approx(2, rel=0.01)
    assert large.height / small.height == pytest.approx(4, rel=0.01)


def test_coordinates_find_their_picture() -> None:
    atlas = Atlas.of([(4, 4), (8, 2)])
    canvas = atlas.blank()
    marked = np.arange(8 * 2 * 3, dtype=np.uint8).reshape(2, 8, 3)
    paste(canvas, atlas.tiles[1], marked)
    u, v = atlas.uv(1, np.array([[2.5 / 8, 0.75]]))[0] * (atlas.width, atlas.height)
    assert canvas[int(v), int(u)].tolist() == marked[1, 2].tolist()


def test_beyond_its_edge_a_picture_goes_on() -> None:
    atlas = Atlas.of([(2, 1), (1, 1)])
    canvas = atlas.blank()
    paste(canvas, atlas.tiles[0], np.array([[[10, 10, 10], [20, 20, 20]]], np.uint8))
    tile = atlas.tiles[0]
    row = canvas[tile.top - PADDING_PX, tile.left - PADDING_PX : tile.left + 2 + PADDING_PX, 0]
    assert row.tolist() == [10] * (PADDING_PX + 1) + [20] * (PADDING_PX + 1)


def read(model: Model, folder: Path) -> tuple[Animation, list[str]]:
    """The mesh, and the messages of the warnings."""
    notices: list[Notice] = []
    mesh = read_mesh(model.save(folder), warn=notices.append)
    assert {notice.code for notice in notices} <= {"MESH_COLOURS_DROPPED"}
    return mesh, [notice.message for notice in notices]


def colours(mesh: Animation) -> list[tuple[int, ...]]:
    """What colour each vertex has."""
    assert mesh.texture is not None
    assert mesh.uv is not None
    return [tuple(colour) for colour in shown(mesh.texture, mesh.uv).tolist()]


def inside(model: Model) -> dict[str, int]:
    return {"TEXCOORD_0": model.attribute(INSIDE)}


def test_all_white_is_no_texture(tmp_path: Path) -> None:
    model = Model()
    model.node(model.primitive(material=model.painted(None)), model.primitive())
    mesh, messages = read(model, tmp_path)
    assert (mesh.texture, mesh.uv, messages) == (None, None, [])


def test_one_picture_stays_as_it_is(tmp_path: Path) -> None:
    model = Model()
    repeating = {"TEXCOORD_0": model.attribute(UV * 5 - 2)}
    material = model.painted(picture(RED, BLUE))
    model.node(model.primitive(material=material, attributes=repeating), model.primitive(material=material))
    mesh, messages = read(model, tmp_path)
    assert mesh.texture is not None
    assert mesh.texture.shape == (16, 32, 3)
    np.testing.assert_array_equal(mesh.uv, np.concatenate([UV * 5 - 2, UV]))
    assert messages == []


def test_one_picture_takes_on_its_factor(tmp_path: Path) -> None:
    model = Model()
    model.node(
        model.primitive(
            material=model.painted(picture((255, 188, 255)), (1, 0.5, 0)), attributes=inside(model)
        )
    )
    assert colours(read(model, tmp_path)[0]) == [(255, 137, 0)] * 4


def test_a_plain_colour_becomes_a_small_texture(tmp_path: Path) -> None:
    model = Model()
    model.node(model.primitive(material=model.painted(None, (1, 0.5, 0))))
    mesh, messages = read(model, tmp_path)
    assert colours(mesh) == [(255, 188, 0)] * 4
    assert mesh.texture is not None
    assert mesh.texture.shape == (16, 16, 3)
    assert messages == []


def test_several_pictures_and_colours_become_one(tmp_path: Path) -> None:
    model = Model()
    stripes, plain = model.painted(picture(RED, BLUE)), model.painted(None, (1, 0, 0))
    other = model.painted(picture(GREEN, size=100))
    at = inside(model)
    model.node(*(model.primitive(material=material, attributes=at) for material in (stripes, plain, other)))
    model.node(model.primitive(attributes=at))
    mesh, messages = read(model, tmp_path)
    assert colours(mesh)[:4] == [RED, BLUE, RED, BLUE]
    assert colours(mesh)[4:] == [(255, 0, 0)] * 4 + [GREEN] * 4 + [(255, 255, 255)] * 4
    assert messages == []


def test_coordinates_of_a_picture_among_others_may_lie_a_whole_picture_off(tmp_path: Path) -> None:
    model = Model()
    off = {"TEXCOORD_0": model.attribute(INSIDE + np.array([3, -2], np.float32))}
    model.node(model.primitive(material=model.painted(picture(RED, BLUE)), attributes=off), model.primitive())
    mesh, messages = read(model, tmp_path)
    assert colours(mesh)[:4] == [RED, BLUE, RED, BLUE]
    assert messages == []


def test_a_picture_that_repeats_among_others_becomes_its_mean(tmp_path: Path) -> None:
    model = Model()
    repeating = {"TEXCOORD_0": model.attribute(UV * 2)}
    material = model.painted(picture((255, 0, 0), (0, 0, 255)))
    model.node(model.primitive(material=material, attributes=repeating), model.primitive())
    mesh, messages = read(model, tmp_path)
    assert colours(mesh)[:4] == [(128, 0, 128)] * 4
    lost = "a texture that repeats itself beside others, of which the mean colour stays"
    assert messages == [f"Not kept of the mesh's colours: {lost}."]


def test_what_is_lost_is_reported_once(tmp_path: Path) -> None:
    model = Model()
    grey = {"COLOR_0": model.attribute(np.full((4, 3), 0.5, np.float32))}
    model.node(model.primitive(attributes=grey), model.primitive(attributes=grey))
    assert read(model, tmp_path)[1] == ["Not kept of the mesh's colours: colours of vertices."]


@pytest.mark.parametrize("count", [1, 2])
def test_a_broken_picture_is_no_texture(tmp_path: Path, count: int) -> None:
    model = Model()
    model.node(*(model.primitive(material=model.painted(picture(RED)[:50])) for _ in range(count)))
    with pytest.raises(NotAMesh, match="A texture of the mesh is broken"):
        read(model, tmp_path)


def test_there_is_a_limit_to_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PIXELS_IN_ALL", 511)
    model = Model()
    model.node(*(model.primitive(material=model.painted(picture(colour))) for colour in (RED, BLUE)))
    with pytest.raises(TooLarge, match="The mesh's textures have 512 pixels; at most 511 are taken"):
        read(model, tmp_path)


def test_there_is_a_limit_to_paints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PAINTS", 2)
    model = Model()
    model.node(*(model.primitive(material=model.painted(None, (red, 0, 0))) for red in (0.1, 0.2, 0.3)))
    with pytest.raises(TooLarge, match="The mesh has 3 colours and textures; at most 2 are taken"):
        read(model, tmp_path)
