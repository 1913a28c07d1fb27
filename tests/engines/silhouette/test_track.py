import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.engines.silhouette import track
from actionmesh_wrapper.engines.silhouette.cage import Cage, build_cage
from actionmesh_wrapper.engines.silhouette.outline import Shape
from actionmesh_wrapper.engines.silhouette.track import CageTracker
from tests.engines.silhouette.drawn import Bend, animal

SIZE, ANCHOR = 256, 4
BEND = Bend(count=10, size=SIZE)


@pytest.fixture(scope="module")
def greys() -> NDArray[np.uint8]:
    images = BEND.clip(animal(SIZE))
    greys = np.stack([cv2.cvtColor(image[..., :3], cv2.COLOR_RGB2GRAY) for image in images])
    return np.where(images[..., 3] > 127, greys, 110).astype(np.uint8)


@pytest.fixture(scope="module")
def shapes() -> list[Shape]:
    return [Shape.of(image[..., 3] > 127) for image in BEND.clip(animal(SIZE))]


@pytest.fixture(scope="module")
def cage(shapes: list[Shape]) -> Cage:
    return build_cage(shapes[ANCHOR].mask, shapes[ANCHOR].distance)


def mean_error(nodes: NDArray[np.float64]) -> float:
    still = BEND.backwards(nodes[ANCHOR], ANCHOR)
    truth = np.stack([BEND.forwards(still, frame) for frame in range(len(nodes))])
    return float(np.linalg.norm(nodes - truth, axis=2).mean())


def test_nodes_follow_a_known_motion(greys: NDArray[np.uint8], shapes: list[Shape], cage: Cage) -> None:
    calls: list[int] = []
    nodes = CageTracker(greys, shapes, cage, ANCHOR).run(calls.append)
    assert calls == list(range(1, 11))
    np.testing.assert_array_equal(nodes[ANCHOR], cage.nodes)
    assert mean_error(nodes) < 0.9


def test_flow_and_correction_each_take_off_error(
    greys: NDArray[np.uint8], shapes: list[Shape], cage: Cage, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = mean_error(CageTracker(greys, shapes, cage, ANCHOR).run(lambda _: None))
    monkeypatch.setattr(track, "CORRECTION_WEIGHT", 0.0)
    uncorrected = mean_error(CageTracker(greys, shapes, cage, ANCHOR).run(lambda _: None))
    monkeypatch.setattr(track, "FLOW_WEIGHT", 0.0)
    outline_alone = mean_error(CageTracker(greys, shapes, cage, ANCHOR).run(lambda _: None))
    assert full < 0.8 * uncorrected < 0.8 * outline_alone


def test_a_jump_of_the_whole_is_followed() -> None:
    still = animal(SIZE)
    moved = np.roll(still, (-40, 20), axis=(0, 1))
    greys = np.stack([np.where(i[..., 3] > 127, i[..., 0], 110) for i in (still, moved)]).astype(np.uint8)
    shapes = [Shape.of(image[..., 3] > 127) for image in (still, moved)]
    cage = build_cage(shapes[0].mask, shapes[0].distance)
    nodes = CageTracker(greys, shapes, cage, 0).run(lambda _: None)
    np.testing.assert_allclose(nodes[1], nodes[0] + [20, -40], atol=1.5)
