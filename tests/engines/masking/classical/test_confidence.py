import numpy as np
import pytest

from actionmesh_wrapper.engines.masking.classical.confidence import find_doubt, overlaps, percent
from actionmesh_wrapper.engines.masking.classical.flow import Flow

SIZE = 100


def still(count: int) -> Flow:
    """The flow of a clip in which nothing moves."""
    nothing, trust = (
        np.zeros((count - 1, SIZE, SIZE, 2), np.float32),
        np.ones((count - 1, SIZE, SIZE), np.float32),
    )
    return Flow(nothing, nothing, trust, trust)


def squares(*sides: int) -> np.ndarray:
    masks = np.zeros((len(sides), SIZE, SIZE), bool)
    for mask, side in zip(masks, sides, strict=True):
        mask[10 : 10 + side, 10 : 10 + side] = True
    return masks


@pytest.mark.parametrize(
    ("masks", "doubt"),
    [
        (squares(40, 40, 41, 40), None),
        (
            squares(40, 40, 20, 40),
            "its outline jumps from one frame to the next (frames 1 and 2, counted from 0, overlap by 25 %)",
        ),
        (squares(40, 35, 40, 35), "its outline is unsteady (frames overlap by 77 %, in the median)"),
        (squares(5, 5, 5, 5), "it is very small (0.2 % of the picture)"),
        (np.ones((4, SIZE, SIZE), bool), "it covers much of the picture's border (100 %)"),
    ],
)
def test_doubts_are_named(masks: np.ndarray, doubt: str | None) -> None:
    assert find_doubt(masks, still(4)) == doubt


def test_one_frame_has_no_neighbour_to_disagree_with() -> None:
    assert find_doubt(squares(40), still(1)) is None


def test_overlap_is_measured_between_neighbours() -> None:
    assert overlaps(squares(40, 20, 0, 0), still(4)) == pytest.approx([0.25, 0, 0])


@pytest.mark.parametrize(
    ("share", "told"), [(0.01, "1.0 %"), (0.0994, "9.9 %"), (0.0996, "10 %"), (0.411, "41 %"), (1, "100 %")]
)
def test_shares_are_told_in_per_cent(share: float, told: str) -> None:
    assert percent(share) == told
