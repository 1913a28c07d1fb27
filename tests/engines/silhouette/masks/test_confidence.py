import numpy as np
import pytest

from actionmesh_wrapper.engines.silhouette.masks.confidence import find_doubt
from actionmesh_wrapper.engines.silhouette.masks.flow import Flow

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
        (squares(40, 40, 20, 40), "its outline jumps from one frame to the next"),
        (squares(40, 35, 40, 35), "its outline is unsteady"),
        (squares(5, 5, 5, 5), "it is very small"),
        (np.ones((4, SIZE, SIZE), bool), "it covers much of the picture's border"),
    ],
)
def test_doubts_are_named(masks: np.ndarray, doubt: str | None) -> None:
    assert find_doubt(masks, still(4)) == doubt


def test_one_frame_has_no_neighbour_to_disagree_with() -> None:
    assert find_doubt(squares(40), still(1)) is None
