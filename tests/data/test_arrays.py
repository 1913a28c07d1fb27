import numpy as np

from actionmesh_wrapper.data.arrays import sides_of


def test_each_face_has_its_three_sides_in_its_own_direction() -> None:
    sides = sides_of(np.array([[0, 1, 2], [2, 1, 3]], dtype=np.int32))
    assert sides.dtype == np.int32
    assert sorted(map(tuple, sides.tolist())) == [(0, 1), (1, 2), (1, 3), (2, 0), (2, 1), (3, 2)]
