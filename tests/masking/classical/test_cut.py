import numpy as np

from actionmesh_wrapper.masking.classical.cut import (
    CERTAIN,
    PLAIN_CUT,
    TEXTURED_CUT,
    snap_to_edges,
    tidy,
)


def square(size: int = 100, low: int = 30, high: int = 70) -> np.ndarray:
    mask = np.zeros((size, size), bool)
    mask[low:high, low:high] = True
    return mask


def picture(mask: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(0).integers(0, 12, (*mask.shape, 3))
    return (np.where(mask[..., None], [200, 120, 60], [60, 120, 200]) + noise).astype(np.uint8)


def test_specks_go_and_large_parts_stay() -> None:
    mask = square()
    mask[5:20, 5:20] = True  # 225 of 1600 pixels
    mask[85:90, 85:90] = True  # 25 of 1600

    tidied = tidy(mask)

    assert tidied[5:20, 5:20].all()
    assert not tidied[80:, 80:].any()


def test_pinholes_close_and_holes_stay() -> None:
    mask = square()
    mask[40:42, 40:42] = False  # 4 of 10,000 pixels
    mask[50:60, 50:60] = False

    tidied = tidy(mask)

    assert tidied[40:42, 40:42].all()
    assert not tidied[50:60, 50:60].any()


def test_nothing_stays_nothing_and_everything_everything() -> None:
    assert not tidy(np.zeros((9, 9), bool)).any()
    assert tidy(np.ones((9, 9), bool)).all()


def test_an_outline_moves_to_the_edge_that_is_near() -> None:
    truth = square()
    rough = np.where(square(low=32, high=72), 1.5, -1.5).astype(np.float32)

    assert np.array_equal(snap_to_edges(picture(truth), rough, TEXTURED_CUT), truth)


def test_a_thin_leg_that_is_sure_stays_though_it_looks_like_its_surroundings() -> None:
    body, leg = square(), np.zeros((100, 100), bool)
    leg[70:95, 48:52] = True
    belief = np.where(body | leg, 2.5, -2.5).astype(np.float32)

    assert snap_to_edges(picture(body), belief, TEXTURED_CUT)[leg].all()


def test_what_is_sure_and_far_from_the_outline_stays() -> None:
    rough = np.where(square(low=20, high=80), 2.0, -2.0).astype(np.float32)

    snapped = snap_to_edges(picture(square()), rough, PLAIN_CUT)

    assert snapped[24:76, 24:76].all()


def test_what_is_certain_is_never_moved() -> None:
    truth = square()
    rough = np.where(truth, 2.0, -2.0).astype(np.float32)
    rough[28:30, 40:60], rough[40:60, 66:70] = CERTAIN, -CERTAIN  # outside of it, and inside

    snapped = snap_to_edges(picture(truth), rough, TEXTURED_CUT)

    assert snapped[28:30, 40:60].all()
    assert not snapped[40:60, 66:70].any()


def test_a_belief_of_one_side_is_left_alone() -> None:
    rgb = picture(square())

    assert not snap_to_edges(rgb, np.full((100, 100), -1, np.float32), PLAIN_CUT).any()
    assert snap_to_edges(rgb, np.full((100, 100), 1, np.float32), PLAIN_CUT).all()
