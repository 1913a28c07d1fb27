import numpy as np
import pytest

from actionmesh_wrapper.data.arrays import Bools
from actionmesh_wrapper.masking.points import disc_at, points_doubt

Point = tuple[float, float, bool]
MASK = np.zeros((192, 256), bool)
MASK[40:150, 50:200] = True
ON, BESIDE, CORNER = (0.5, 0.5), (0.19, 0.5), (0.95, 0.95)  # beside is a pixel off the mask


def test_a_disc_lies_in_the_picture() -> None:
    assert disc_at(1, 1, 192, 256)[-1, -1]
    assert disc_at(0.5, 0.5, 192, 256).sum() == pytest.approx(np.pi * (0.012 * 256) ** 2, rel=0.2)
    assert disc_at(0, 0, 4, 4).any()


@pytest.mark.parametrize(
    "points", [(), ((*ON, True),), ((*BESIDE, True), (*CORNER, False), (*BESIDE, False))]
)
def test_a_mask_that_is_what_the_points_say(points: tuple[Point, ...]) -> None:
    assert points_doubt(MASK, points) is None


@pytest.mark.parametrize(
    "mask", [MASK, MASK | disc_at(*CORNER, *MASK.shape)], ids=["nothing", "the point alone"]
)
def test_nothing_at_a_point_on_the_subject(mask: Bools) -> None:
    doubt = points_doubt(mask, ((*ON, True), (*CORNER, True)))
    assert doubt == "nothing was found at [0.95, 0.95], which subject_points put on the subject"


def test_a_point_off_the_subject_that_is_covered() -> None:
    assert points_doubt(MASK, ((*ON, False),)) == "it covers [0.5, 0.5], which subject_points put off it"


def test_many_are_not_all_named() -> None:
    doubt = points_doubt(MASK, tuple((0.02, y / 10, True) for y in range(5)))
    assert doubt is not None
    assert "[0.02, 0.0], [0.02, 0.1], [0.02, 0.2] and elsewhere, which" in doubt
