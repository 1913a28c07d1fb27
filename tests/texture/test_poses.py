from dataclasses import replace

import pytest

from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.texture.poses import APART_DEG, STARTS, Pose, angle_between, azimuth_span, starts

FRONT = FilmCamera((0, 0, 0), 0, 0, 0, 0, 1, (0, 0))


def pose(azimuth: float, elevation: float, overlap: float) -> Pose:
    return Pose(replace(FRONT, azimuth_deg=azimuth, elevation_deg=elevation), overlap)


@pytest.mark.parametrize(
    ("change", "degrees"),
    [
        ({}, 0),
        ({"azimuth_deg": 30}, 30),
        ({"elevation_deg": -20}, 20),
        ({"roll_deg": 7}, 7),
        ({"azimuth_deg": 180}, 180),
        ({"azimuth_deg": 90, "roll_deg": 90}, 120),  # two quarter turns are a third about the diagonal
        ({"closeness": 0.4, "scale": 9.0, "centre": (5, 5)}, 0),
    ],
)
def test_the_angle_is_that_of_the_turn_between_two(change: dict[str, float], degrees: float) -> None:
    assert angle_between(FRONT, replace(FRONT, **change)) == pytest.approx(degrees, abs=1e-4)  # type: ignore[arg-type]  # each of its field's type


def test_the_span_counts_poses_that_fit_nearly_as_well() -> None:
    poses = [pose(10, 0, 0.9), pose(-20, 0, 0.88), pose(30, 10, 0.871), pose(60, 0, 0.86)]
    assert azimuth_span(poses) == 50
    assert azimuth_span(poses[:1]) == 0


def test_starts_are_far_apart_and_the_best_ones_twin_is_one() -> None:
    poses = [pose(30, 10, 0.9), pose(30, 20, 0.89), pose(50, 10, 0.88), pose(0, 0, 0.8), pose(-30, -10, 0.2)]
    chosen = [(camera.azimuth_deg, camera.elevation_deg) for camera in starts(poses)]
    assert chosen == [(30, 10), (50, 10), (0, 0), (-30, -10)]
    assert len(chosen) == STARTS + 1
    assert angle_between(*(each.camera for each in poses[:2])) < APART_DEG
