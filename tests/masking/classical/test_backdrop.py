from actionmesh_wrapper.masking.classical.backdrop import find_backdrop
from actionmesh_wrapper.masking.shapes import ring
from actionmesh_wrapper.motion.clip import shrink
from tests.masking.classical.scenes import SIZE, flat, paint, texture, walk


def test_a_texture_is_no_plain_backdrop() -> None:
    assert find_backdrop(shrink(paint(texture(SIZE, 1), walk(80, 110)))) is None


def test_wall_and_ground_are_allowed_only_where_they_are() -> None:
    room = flat(200, 205, 212)
    room[110:] = [170, 152, 130]
    clip = shrink(paint(room, walk(80, 110)))

    backdrop = find_backdrop(clip)

    assert backdrop is not None
    assert backdrop.noise < 2
    wall, ground = clip.lab[0, 10, 10], clip.lab[0, -10, 10]
    swapped = clip.lab[0].copy()
    swapped[60, 60], swapped[160, 60] = ground, wall
    distance = backdrop.distance(swapped)
    assert distance[10, 10] < 3
    assert distance[-10, 10] < 3
    assert distance[60, 60] > 10
    assert distance[160, 60] > 10


def test_blends_at_the_seam_are_backdrop() -> None:
    room = flat(200, 205, 212)
    room[110:] = [170, 152, 130]
    room[109:111] = [185, 178, 171]

    backdrop = find_backdrop(clip := shrink(paint(room, walk(80, 110))))

    assert backdrop is not None
    assert backdrop.distance(clip.lab[0])[109:111, 5:30].max() < 5


def test_the_subject_at_the_border_is_no_backdrop() -> None:
    truth = walk(20, 60)
    truth[:, 70:105, :40] = 1
    clip = shrink(paint(flat(220, 222, 226), truth))

    backdrop = find_backdrop(clip)

    assert backdrop is not None
    assert backdrop.distance(clip.lab[0])[75:100, 2:30].min() > 10


def test_the_ring_is_the_border() -> None:
    border = ring(100, 200)

    assert border.sum() == 100 * 200 - 94 * 194
    assert not border[3:-3, 3:-3].any()
