import numpy as np
import pytest

from actionmesh_wrapper.mesh_file.atlas import MAX_SIDE_PX, PADDING_PX, Atlas, put


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
    put(canvas, atlas.tiles[1], marked)
    u, v = atlas.uv(1, np.array([[2.5 / 8, 0.75]]))[0] * (atlas.width, atlas.height)
    assert canvas[int(v), int(u)].tolist() == marked[1, 2].tolist()


def test_beyond_its_edge_a_picture_goes_on() -> None:
    atlas = Atlas.of([(2, 1), (1, 1)])
    canvas = atlas.blank()
    put(canvas, atlas.tiles[0], np.array([[[10, 10, 10], [20, 20, 20]]], np.uint8))
    tile = atlas.tiles[0]
    row = canvas[tile.top - PADDING_PX, tile.left - PADDING_PX : tile.left + 2 + PADDING_PX, 0]
    assert row.tolist() == [10] * (PADDING_PX + 1) + [20] * (PADDING_PX + 1)
