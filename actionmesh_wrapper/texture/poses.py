"""Where the camera may stand: a grid of directions and distances, each scored by the overlap of outlines."""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from actionmesh_wrapper.data.arrays import Bools, Floats
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.texture.views import Body, Window, overlap, projected

AZIMUTHS = tuple(range(-60, 61, 10))  # degrees; engines set the mesh up as it was filmed, about
ELEVATIONS = tuple(range(-30, 41, 10))
CLOSENESSES = (0.0, 0.25, 0.4)  # in 1 / half of the box's longest side
STARTS = 3
APART_DEG = 15.0  # between starts
NEAR_BEST = 0.03  # of overlap
DOUBTFUL_SIDE = 0.01  # weight of a box's side at the frame's edge, where the subject may go on beyond it


@dataclass(frozen=True)
class Pose:
    """One of the grid, with the scale and place at which the boxes agree.

    Attributes:
        camera: in the body's unit and the window's pixels.
        overlap: mean intersection over union of the outlines.
    """

    camera: FilmCamera
    overlap: float


def angle_between(one: FilmCamera, two: FilmCamera) -> float:
    """Degrees by which one must be turned to look like the other."""
    cosine = (float((one.axes * two.axes).sum()) - 1) / 2
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def all_poses(body: Body, window: Window) -> list[Pose]:
    """Every pose of the grid, by falling overlap."""
    sides, weights = _boxes(window)
    poses = []
    for azimuth, elevation, closeness in product(AZIMUTHS, ELEVATIONS, CLOSENESSES):
        camera = FilmCamera((0, 0, 0), azimuth, elevation, 0, closeness, 1, (0, 0))
        seen = projected(camera, body.points)
        scale, centre = _fit(seen, sides, weights)
        seen = seen * scale + centre
        each = [overlap(window, key, body.drawn(points, window.size)) for key, points in enumerate(seen)]
        poses.append(Pose(replace(camera, scale=scale, centre=centre), float(np.mean(each))))
    return sorted(poses, key=lambda pose: -pose.overlap)


def azimuth_span(poses: list[Pose]) -> float:
    """Degrees between the outermost azimuths of the poses that fit nearly as well as the best, the first."""
    near = [pose.camera.azimuth_deg for pose in poses if pose.overlap >= poses[0].overlap - NEAR_BEST]
    return max(near) - min(near)


def starts(poses: list[Pose]) -> list[FilmCamera]:
    """The best poses that differ, and the best one's twin, which mirrored depth would make of it."""
    chosen: list[FilmCamera] = []
    for pose in poses:
        if all(angle_between(pose.camera, other) > APART_DEG for other in chosen):
            chosen.append(pose.camera)
        if len(chosen) == STARTS:
            break
    best = chosen[0]
    twin = min(
        poses,
        key=lambda pose: (
            abs(pose.camera.azimuth_deg + best.azimuth_deg)
            + abs(pose.camera.elevation_deg + best.elevation_deg),
            -pose.overlap,
        ),
    ).camera
    return [*chosen, twin] if all(angle_between(twin, other) > APART_DEG for other in chosen) else chosen


def _fit(seen: Floats, sides: Floats, weights: Floats) -> tuple[float, tuple[float, float]]:
    """Scale and shift by which the boxes of (K, V, 2) points agree best with (K, 4) sides."""
    extents = np.concatenate([seen.min(axis=1), seen.max(axis=1)], axis=1).ravel()
    is_x = np.tile([1.0, 0.0], len(extents) // 2)
    system = np.stack([extents, is_x, 1 - is_x], axis=1)
    weighted = system * weights.reshape(-1, 1)
    scale, x, y = np.linalg.solve(weighted.T @ system + 1e-9 * np.eye(3), weighted.T @ sides.ravel()).tolist()
    return max(scale, 1e-6), (x, y)


def _boxes(window: Window) -> tuple[Floats, Floats]:
    """Left, top, right, bottom (K, 4) of the masks, in the window's pixels, and the sides' weights."""
    sides = []
    for mask in window.masks:
        rows, columns = (np.flatnonzero((mask >= mask.max() / 2).any(axis=axis)) for axis in (1, 0))
        sides.append([columns[0], rows[0], columns[-1], rows[-1]])
    rows, columns = (np.flatnonzero(window.counts.any(axis=axis)) for axis in (1, 0))
    found = np.array(sides, np.float64)
    is_sure: Bools = np.concatenate(
        [found[:, :2] > [columns[0], rows[0]], found[:, 2:] < [columns[-1], rows[-1]]], axis=1
    )
    outer = np.array([-0.5, -0.5, 0.5, 0.5])  # from pixels' centres to their edges
    return found + outer, np.where(is_sure, 1.0, DOUBTFUL_SIDE)
