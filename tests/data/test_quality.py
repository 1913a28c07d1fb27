import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.data.quality import Quality, measure
from tests.export.samples import ball

BALL = ball(1)
STILL = BALL.vertices[0]
HALVES = [0] * 16 + [1] * 16


def moved(path: NDArray[np.float64]) -> NDArray[np.float32]:
    """The ball along X, a frame for each place."""
    steps = np.zeros((len(path), 1, 3))
    steps[:, 0, 0] = path
    return np.asarray(STILL + steps, np.float32)


def of(vertices: NDArray[np.float32], made_in: list[int], anchor: int = 0) -> Quality:
    return measure(vertices, BALL.faces, anchor, made_in)


def test_a_jump_between_two_windows_is_a_seam() -> None:
    swing = np.sin(np.arange(32) / 3) / 5
    jump = swing + 0.3 * (np.arange(32) >= 16)
    smooth, jumped = of(moved(swing), HALVES).seams, of(moved(jump), HALVES).seams
    assert smooth == pytest.approx(1, abs=0.7)
    assert jumped is not None
    assert jumped > 8


def test_a_jump_within_a_window_is_none() -> None:
    jump = 0.3 * (np.arange(32) >= 8) + np.sin(np.arange(32) / 3) / 5
    seams = of(moved(jump), HALVES).seams
    assert seams is not None
    assert seams < 1


@pytest.mark.parametrize(
    ("path", "made_in"),
    [(np.sin(np.arange(32)), [0] * 32), (np.zeros(32), HALVES), (np.sin(np.arange(32)), list(range(32)))],
    ids=["one window", "stands still", "windows everywhere"],
)
def test_where_there_is_nothing_to_compare_with_seams_are_none(
    path: NDArray[np.float64], made_in: list[int]
) -> None:
    assert of(moved(path), made_in).seams is None


def test_motion_and_turning_are_no_drift() -> None:
    quality = of(moved(np.linspace(0, 5, 16)), [0] * 16)
    assert quality.volume_drift == pytest.approx(0, abs=1e-4)
    assert quality.edge_drift == pytest.approx(0, abs=1e-4)


def test_growing_is() -> None:
    sizes = np.linspace(1, 1.5, 16)[:, None, None]
    quality = of((STILL * sizes).astype(np.float32), [0] * 16)
    assert quality.volume_drift == pytest.approx(1.5**3 - 1, abs=1e-3)
    assert quality.edge_drift == pytest.approx(0.5, abs=1e-3)
    from_the_last = of((STILL * sizes).astype(np.float32), [0] * 16, anchor=15)
    assert from_the_last.volume_drift == pytest.approx(1 - 1.5**-3, abs=1e-3)


def test_a_mesh_with_holes_has_no_volume() -> None:
    quality = measure(moved(np.zeros(16)), BALL.faces[: len(BALL.faces) // 2], 0, [0] * 16)
    assert quality.volume_drift is None
    assert quality.edge_drift == 0
