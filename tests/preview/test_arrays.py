import numpy as np
import pytest

from actionmesh_wrapper.preview.arrays import MAP_WIDTH, NumpyArrays

XP = NumpyArrays()


def test_halves_are_what_was_packed() -> None:
    faces = np.array([5, -1, 2**31 - 1], np.int32)
    depths = np.array([0.0, 1.5, 1e-30], np.float32)
    packed = (XP.bits(depths).astype(np.int64) << 32) | (faces.astype(np.int64) & 0xFFFFFFFF)
    low, high = XP.halves(packed)
    np.testing.assert_array_equal(low, faces)
    np.testing.assert_array_equal(high, depths)


def test_owners_repeat_each_index() -> None:
    assert XP.owners(np.array([2, 0, 1])).tolist() == [0, 0, 2]


def test_the_largest_of_all_values_for_a_place_stays() -> None:
    target = np.array([3, 3, 3])
    XP.raise_to(target, np.array([0, 2, 2, 0]), np.array([1, 9, 7, 4]))
    assert target.tolist() == [4, 3, 9]


@pytest.mark.parametrize("count", [1, MAP_WIDTH - 1, MAP_WIDTH, MAP_WIDTH + 1])
def test_texels_are_mixed_each_in_its_own_place(count: int) -> None:
    texture = np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, axis=2)
    column = np.linspace(0, 255, count, dtype=np.float32)
    found = XP.texels(texture, column, column * 0)
    assert found.shape == (3, count)
    np.testing.assert_allclose(found[1], column, atol=1)
