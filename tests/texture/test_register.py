from dataclasses import replace

import numpy as np
import pytest

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.errors import Cancelled
from actionmesh_wrapper.texture.poses import angle_between
from actionmesh_wrapper.texture.register import Registration, find_camera
from actionmesh_wrapper.texture.register import _doubt as doubt_of
from tests.texture.bodies import Film, figure, film, film_camera, fox, turned, vase


def found_in(made: Film) -> Registration:
    return find_camera(made.animation, made.masks, step=lambda *_: None)


def off_by(animation: Animation, found: FilmCamera, camera: FilmCamera) -> float:
    """Root mean square of how far vertices are seen from where they should be, of the body's size."""
    points = animation.vertices.astype(np.float64)
    one, other = found.project(points)[0], camera.project(points)[0]
    return float(np.sqrt(((one - other) ** 2).sum(axis=-1).mean()) / np.ptp(other[0], axis=0).max())


@pytest.fixture(scope="module")
def walk() -> Animation:
    return fox(count=4, cell=0.04)


def test_the_camera_of_a_true_mesh_is_found(walk: Animation) -> None:
    camera = film_camera(walk, -28, 17, roll=2.5, closeness=0.3)
    made = film(walk, camera)
    found = found_in(made)
    assert angle_between(found.camera, camera) < 2
    assert off_by(walk, found.camera, camera) < 0.005
    assert found.overlap > 0.92
    assert found.azimuth_span_deg <= 20
    assert found.doubt is None


def test_the_mesh_may_be_a_little_wrong_and_of_any_unit_and_place(walk: Animation) -> None:
    camera = film_camera(walk, 24, 6, closeness=0.15)
    made = film(walk, camera, share=0.02, seed=5)
    found = found_in(made)
    assert angle_between(found.camera, camera) < 8
    assert off_by(made.animation, found.camera, camera) < 0.025
    assert found.doubt is None
    larger = replace(made.animation, vertices=made.animation.vertices * np.float32(64) + np.float32(512))
    same = found_in(replace(made, animation=larger)).camera
    assert angle_between(same, found.camera) < 1
    assert same.scale * 64 == pytest.approx(found.camera.scale, rel=0.02)
    assert same.closeness * 64 == pytest.approx(found.camera.closeness, abs=0.02)


def test_it_comes_out_the_same_to_the_last_bit(walk: Animation) -> None:
    body = turned(walk, np.linspace(-20, 20, 4))
    made = film(body, film_camera(body, 10, 10), share=0.02, seed=1)
    assert found_in(made) == found_in(made)


def test_one_key_is_enough_where_its_outline_tells() -> None:
    body = turned(fox(count=1, cell=0.04), -45)
    camera = film_camera(body, -12, 12)
    assert angle_between(found_in(film(body, camera)).camera, camera) < 3


def test_empty_masks_are_skipped_the_anchors_included(walk: Animation) -> None:
    camera = film_camera(walk, -20, 10)
    made = film(walk, camera)
    made.masks[[0, 2]] = 0
    assert angle_between(found_in(made).camera, camera) < 3


def test_masks_cut_by_the_frame_do_not_mislead() -> None:
    body = figure(count=4, cell=0.04)
    camera = film_camera(body, 20, 8, filled=0.8)
    camera = replace(
        camera, centre=(camera.centre[0], camera.centre[1] + 100)
    )  # the legs are not in the picture
    made = film(body, camera)
    assert (made.masks[:, -1] > 127).any()
    found = found_in(made)
    assert angle_between(found.camera, camera) < 5
    assert off_by(body, found.camera, camera) < 0.02


def test_no_outline_tells_the_azimuth_of_a_vase() -> None:
    body = vase(count=3)
    found = found_in(film(body, film_camera(body, 15, 10), share=0.01))
    assert found.doubt is not None
    assert "directions" in found.doubt


@pytest.mark.parametrize(("span", "is_doubted"), [(60, False), (70, True)])
def test_a_grid_too_coarse_for_thin_limbs_is_no_doubt_by_itself(span: float, is_doubted: bool) -> None:
    camera = FilmCamera((0, 0, 0), 12, 18, 0, 0.2, 1, (0, 0))
    assert (doubt_of(camera, 0.005, span, 1.0) is not None) == is_doubted


def test_another_body_does_not_fit(walk: Animation) -> None:
    stranger = figure(count=4, cell=0.05)
    made = replace(film(walk, film_camera(walk, 0, 5)), animation=stranger)
    found = found_in(made)
    assert found.doubt is not None
    assert "apart" in found.doubt


def test_what_the_frame_hides_is_not_guessed(walk: Animation) -> None:
    camera = film_camera(walk, 0, 5, filled=3)
    doubt = found_in(film(walk, camera, jitter=0)).doubt
    assert doubt is not None
    assert "within the frames" in doubt


def test_without_masks_there_is_a_camera_from_the_front_and_a_doubt(walk: Animation) -> None:
    found = find_camera(walk, np.zeros((4, 60, 80), np.uint8), step=lambda *_: None)
    assert found.doubt == "The subject's masks are empty."
    seen, _ = found.camera.project(walk.vertices[0].astype(np.float64))
    assert seen.min() >= 0
    assert (seen.max(axis=0) <= [80, 60]).all()


def test_tiny_frames_and_a_mesh_without_extent_are_doubted() -> None:
    point = Animation(np.zeros((1, 3, 3), np.float32), np.array([[0, 1, 2]], np.int32), 8.0)
    mask = np.zeros((1, 64, 64), np.uint8)
    mask[0, 20:40, 20:40] = 255
    assert find_camera(point, mask, step=lambda *_: None).doubt is not None
    small = find_camera(point, mask[:, 16:32, 16:32], step=lambda *_: None)
    assert small.doubt == "The frames are too small."


def test_there_must_be_one_mask_a_key(walk: Animation) -> None:
    with pytest.raises(ValueError, match="4 masks"):
        find_camera(walk, np.zeros((3, 60, 80), np.uint8), step=lambda *_: None)


def test_progress_runs_to_its_end_and_a_cancel_passes(walk: Animation) -> None:
    made = film(walk, film_camera(walk, 0, 0))
    told: list[tuple[int, int]] = []
    find_camera(made.animation, made.masks, step=lambda index, of: told.append((index, of)))
    assert told == [(part, 5) for part in range(6)]

    def cancel(index: int, of: int) -> None:
        if index == 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        find_camera(made.animation, made.masks, step=cancel)


def test_a_mask_that_lost_the_subject_is_left_out(walk: Animation) -> None:
    camera = film_camera(walk, -20, 10)
    made = film(walk, camera)
    columns = np.flatnonzero(made.masks[0].any(axis=0))
    made.masks[0][:, : int(columns.mean())] = 0  # half of the anchor is gone
    found = found_in(made)
    assert angle_between(found.camera, camera) < 3
    assert found.doubt is None
