from dataclasses import replace

import pytest

from actionmesh_wrapper.errors import Cancelled
from actionmesh_wrapper.texture import refine
from actionmesh_wrapper.texture.poses import angle_between
from actionmesh_wrapper.texture.refine import CONTOUR_PIXELS, FINE_PIXELS, refined
from actionmesh_wrapper.texture.search import Search
from actionmesh_wrapper.texture.views import in_window, mean_overlap
from tests.texture.bodies import Film, film, film_camera, fox, turned


@pytest.fixture(scope="module")
def made() -> Film:
    body = turned(fox(count=3, cell=0.05), -45)
    return film(body, film_camera(body, 17, 6, roll=2, closeness=0.2), jitter=0.5)


@pytest.fixture(scope="module")
def search(made: Film) -> Search:
    return Search.of(made.animation, made.masks, [0, 1, 2])


def test_it_ends_nearer_than_the_grid_can_and_fits_better(made: Film, search: Search) -> None:
    told: list[int] = []
    best = refined(search, told.append)
    assert told == [2, 3, 4]
    assert (best.middle.size, best.window.size) == (CONTOUR_PIXELS, FINE_PIXELS)
    before = search.poses[0].camera
    assert angle_between(best.camera, made.camera) < min(1.5, angle_between(before, made.camera))
    coarse = mean_overlap(best.body, best.window, in_window(before, search.window, best.window))
    assert mean_overlap(best.body, best.window, best.camera) > coarse + 0.02
    assert all(contour is not None and len(contour.points) > 50 for contour in best.contours)


def test_the_best_of_the_grid_need_not_win(made: Film, search: Search) -> None:
    """Where the grid ranks wrong poses first, as noise may have it, the outlines still tell."""
    poses = sorted(search.poses, key=lambda pose: angle_between(pose.camera, made.camera))
    wrong = next(pose for pose in poses if angle_between(pose.camera, made.camera) > 40)
    best = refined(replace(search, poses=[wrong, *poses]), lambda _: None)
    assert angle_between(best.camera, made.camera) < 1.5


def test_a_mesh_of_many_faces_is_made_smaller_first(
    made: Film, search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refine, "MOST_FACES", 10)
    monkeypatch.setattr(refine, "FINE_CELLS", 30)
    best = refined(search, lambda _: None)
    assert best.body.points.shape[1] < search.points.shape[1]
    assert angle_between(best.camera, made.camera) < 3


def test_a_cancel_between_its_parts_passes(search: Search) -> None:
    def cancel(part: int) -> None:
        if part == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        refined(search, cancel)
