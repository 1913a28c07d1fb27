"""The camera that filmed the clip, found by the outlines of several keys.

Poses of a grid are scored on a small mesh; from the best the rim is drawn to the masks' outlines; what is
best by then is refined on the overlap itself. One camera is found for all keys: what one outline leaves open,
such as which of a pose and its mirrored twin is right, the others often tell.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.arrays import Floats, Ints
from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.texture.contours import (
    USUAL_CLOSENESS,
    USUAL_ROLL,
    camera_of,
    contours_of,
    moved,
    numbers_of,
)
from actionmesh_wrapper.texture.film_camera import FilmCamera
from actionmesh_wrapper.texture.poses import AZIMUTHS, ELEVATIONS, Pose, all_poses, angle_between
from actionmesh_wrapper.texture.views import (
    Body,
    Window,
    choose,
    clustered,
    cut,
    distance,
    mean_overlap,
    seen_share,
    usable,
)

COARSE_CELLS, FINE_CELLS = 40, 160  # of the box's longest side, see `clustered`
MOST_FACES = 60_000  # a mesh with more is clustered before it is refined, too
COARSE_PIXELS, CONTOUR_PIXELS, FINE_PIXELS = 64, 192, 144  # along the window's sides
STARTS, FINALISTS = 3, 2
APART_DEG = 15.0  # between starts
FIRST_ROUNDS, MORE_ROUNDS = 4, 8
EVALUATIONS = 110
SIMPLEX = np.array(
    [2.5, 2.5, 1.5, 0.05, 2.0, 1.0, 1.0]
)  # degrees (3), closeness, pixels of the box's half (3)
PRIOR = 0.002  # of overlap, what a roll or closeness one deviation from the usual costs
PARTS = 4  # of the progress

LEAST_FRAME = 32  # pixels of the shorter side
MOST_APART = 0.015  # mean distance of the outlines, of the subject's longest side in the picture
LEAST_SEEN = 0.5  # of the outlines
NEAR_BEST = 0.03  # of overlap
MOST_SPAN_DEG = 40.0


@dataclass(frozen=True)
class Registration:
    """A camera, and how far it can be trusted.

    Attributes:
        camera: in the animation's unit and the frames' pixels.
        overlap: mean intersection over union of the outlines over the keys compared, 0 to 1.
        azimuth_span_deg: spread of the azimuth among poses of the grid that fit nearly as well as the best.
        doubt: a sentence why the camera is not sure; None where it is.
    """

    camera: FilmCamera
    overlap: float
    azimuth_span_deg: float
    doubt: str | None


def find_camera(animation: Animation, masks: NDArray[np.uint8], *, step: StageStep) -> Registration:
    """Finds the one camera of all keys.

    Args:
        animation: the mesh; key t was filmed in frame t.
        masks: (T, H, W) uint8, 255 on the subject; empty ones are skipped.
        step: is told how far it is; may raise `Cancelled`.

    Returns:
        The best camera found, with what speaks against it.

    Raises:
        ValueError: if there is not one mask for each key.
    """
    if masks.ndim != 3 or len(masks) != animation.num_frames:
        raise ValueError(f"{animation.num_frames} masks (T, H, W) are needed, not {masks.shape}")
    step(0, PARTS)
    frames = usable(masks)
    if not frames or min(masks.shape[1:]) < LEAST_FRAME:
        why = "The frames are too small." if frames else "The subject's masks are empty."
        return Registration(_front(animation, masks), 0.0, 0.0, why)
    chosen = choose(animation, frames)
    points = animation.vertices[chosen].astype(np.float64)
    low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
    target, unit = (low + high) / 2, max(float((high - low).max()) / 2, 1e-9)
    points = (points - target) / unit
    faces = animation.faces.astype(np.int64)
    coarse = _small(points, faces, COARSE_CELLS)
    fine = Body.of(points, faces) if len(faces) <= MOST_FACES else _small(points, faces, FINE_CELLS)
    windows = [cut(masks[chosen], size) for size in (COARSE_PIXELS, CONTOUR_PIXELS, FINE_PIXELS)]
    poses = all_poses(coarse, windows[0])
    step(1, PARTS)
    found = _refined(fine, windows, poses, step)
    overlap, span = mean_overlap(fine, windows[-1], found), azimuth_span(poses)
    camera = _in_frame(found, windows[-1], target, unit)
    apart = distance(fine, windows[-1], found)
    return Registration(camera, overlap, span, _doubt(found, apart, span, seen_share(windows[-1])))


def azimuth_span(poses: list[Pose]) -> float:
    """Degrees between the outermost azimuths of the poses that fit nearly as well as the best, the first."""
    near = [pose.camera.azimuth_deg for pose in poses if pose.overlap >= poses[0].overlap - NEAR_BEST]
    return max(near) - min(near)


def _small(points: Floats, faces: Ints, cells: int) -> Body:
    """The mesh clustered, or as it is where nothing would be left of it."""
    fewer, left = clustered(points, faces, cells)
    return Body.of(fewer, left) if len(left) else Body.of(points, faces)


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
        (pose for pose in poses),
        key=lambda pose: (
            abs(pose.camera.azimuth_deg + best.azimuth_deg)
            + abs(pose.camera.elevation_deg + best.elevation_deg),
            -pose.overlap,
        ),
    ).camera
    return [*chosen, twin] if all(angle_between(twin, other) > APART_DEG for other in chosen) else chosen


def _refined(fine: Body, windows: list[Window], poses: list[Pose], step: StageStep) -> FilmCamera:
    """Of the starts the one that ends best."""
    coarse, middle, last = windows
    contours = contours_of(middle)

    def rated(cameras: list[FilmCamera]) -> list[FilmCamera]:
        return sorted(cameras, key=lambda camera: -mean_overlap(fine, middle, camera))

    def follow(camera: FilmCamera, rounds: int) -> FilmCamera:
        return moved(fine, middle, contours, camera, rounds)

    begun = [follow(_in_window(camera, coarse, middle), FIRST_ROUNDS) for camera in starts(poses)]
    step(2, PARTS)
    finalists = [follow(camera, MORE_ROUNDS) for camera in rated(begun)[:FINALISTS]]
    best = _in_window(rated(finalists)[0], middle, last)
    step(3, PARTS)
    result = _fitted(lambda camera: mean_overlap(fine, last, camera), best)
    step(4, PARTS)
    return result


def _fitted(rate: Callable[[FilmCamera], float], camera: FilmCamera) -> FilmCamera:
    """The camera moved by the simplex method of Nelder and Mead to the best overlap nearby."""
    start = numbers_of(camera)

    def loss(numbers: Floats) -> float:
        now = camera_of(numbers)
        unusual = ((now.roll_deg - USUAL_ROLL[0]) / USUAL_ROLL[1]) ** 2
        unusual += ((now.closeness - USUAL_CLOSENESS[0]) / USUAL_CLOSENESS[1]) ** 2
        outside = abs(float(numbers[3]) - now.closeness)
        return PRIOR * unusual + outside - rate(now)

    simplex = np.vstack([start, start + np.diag(SIMPLEX)])
    result = minimize(
        loss,
        start,
        method="Nelder-Mead",
        options={"maxfev": EVALUATIONS, "initial_simplex": simplex, "adaptive": True},
    )
    return camera_of(np.asarray(result.x))


def _in_window(camera: FilmCamera, one: Window, other: Window) -> FilmCamera:
    """A camera in another window's pixels."""
    ratio = one.pixel / other.pixel
    return _scaled(
        camera, ratio, ((one.left - other.left) / other.pixel, (one.top - other.top) / other.pixel)
    )


def _scaled(camera: FilmCamera, ratio: float, shift: tuple[float, float]) -> FilmCamera:
    x, y = ((at + 0.5) * ratio + move - 0.5 for at, move in zip(camera.centre, shift, strict=True))
    return FilmCamera(
        camera.target,
        camera.azimuth_deg,
        camera.elevation_deg,
        camera.roll_deg,
        camera.closeness,
        camera.scale * ratio,
        (x, y),
    )


def _in_frame(camera: FilmCamera, window: Window, target: Floats, unit: float) -> FilmCamera:
    """A camera in the frame's pixels and the animation's unit."""
    scaled = _scaled(camera, window.pixel, (window.left, window.top))
    x, y, z = target.tolist()
    turn = scaled.azimuth_deg, scaled.elevation_deg, scaled.roll_deg
    return FilmCamera((x, y, z), *turn, scaled.closeness / unit, scaled.scale / unit, scaled.centre)


def _front(animation: Animation, masks: NDArray[np.uint8]) -> FilmCamera:
    """A camera that sees the whole of the anchor from the front, where nothing better is known."""
    points = animation.vertices[animation.anchor].astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    height, width = masks.shape[1:]
    x, y, z = ((low + high) / 2).tolist()
    scale = min(height, width) / max(float((high - low).max()), 1e-9)
    return FilmCamera((x, y, z), 0.0, 0.0, 0.0, 0.0, scale, ((width - 1) / 2, (height - 1) / 2))


def _doubt(camera: FilmCamera, apart: float, span: float, seen: float) -> str | None:
    """Why a camera is not to be trusted; None if nothing speaks against it."""
    azimuth, elevation = camera.azimuth_deg, camera.elevation_deg
    if seen < LEAST_SEEN:
        return f"Only {seen:.0%} of the subject's outline is within the frames."
    if apart > MOST_APART:
        return (
            f"The outlines of mesh and film lie {apart:.1%} of the subject's size apart, in the mean; "
            f"{MOST_APART:.1%} is the most that is trusted."
        )
    if span > MOST_SPAN_DEG:
        return f"The outlines fit from directions as far as {span:.0f} degrees apart."
    if not (AZIMUTHS[0] < azimuth < AZIMUTHS[-1] and ELEVATIONS[0] < elevation < ELEVATIONS[-1]):
        return "The camera found stands at the edge of the directions that were searched."
    return None
