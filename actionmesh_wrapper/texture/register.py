"""The camera that filmed the clip, found by the outlines of several keys.

Poses of a grid are scored on a small mesh; from the best the rim is drawn to the masks' outlines; what is
best by then is refined on the overlap itself. One camera is found for all keys: what one outline leaves open,
such as which of a pose and its mirrored twin is right, the others often tell.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.arrays import Floats, Ints
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.texture.contours import (
    USUAL_CLOSENESS,
    USUAL_ROLL,
    camera_of,
    contours_of,
    moved,
    numbers_of,
)
from actionmesh_wrapper.texture.poses import AZIMUTHS, ELEVATIONS, Pose, all_poses, azimuth_span, starts
from actionmesh_wrapper.texture.views import (
    Body,
    Window,
    choose,
    clustered,
    cut,
    distance,
    mean_overlap,
    overlap,
    seen_share,
    usable,
)

COARSE_CELLS, FINE_CELLS = 40, 160  # of the box's longest side, see `clustered`
MOST_FACES = 60_000  # a mesh with more is clustered before it is refined, too
COARSE_PIXELS, CONTOUR_PIXELS, FINE_PIXELS = 64, 192, 144  # along the window's sides
FINALISTS = 2
FIRST_ROUNDS, MORE_ROUNDS = 4, 8
EVALUATIONS = 110
SIMPLEX = np.array(
    [2.5, 2.5, 1.5, 0.05, 2.0, 1.0, 1.0]
)  # degrees (3), closeness, pixels of the box's half (3)
PRIOR = 0.002  # of overlap, what a roll or closeness one deviation from the usual costs
PARTS = 4  # of the progress

MOST_COMPARED = 16  # frames
ODD = 0.1  # of overlap below the median, with which a mask is left out
LEAST_FRAME = 32  # pixels of the shorter side
MOST_APART = 0.015  # mean distance of the outlines, of the subject's longest side in the picture
LEAST_SEEN = 0.5  # of the outlines
MOST_SPAN_DEG = 30.0


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
    search = _Search.of(animation, masks, chosen)
    alike = _alike(animation, masks, frames, chosen, search)
    if not set(chosen) <= set(alike):
        search = _Search.of(animation, masks, choose(animation, alike))
    step(1, PARTS)
    found, fine, window = _refined(search, step)
    camera = _in_frame(found, window, search.target, search.unit)
    span = azimuth_span(search.poses)
    doubt = _doubt(found, distance(fine, window, found), span, seen_share(window))
    return Registration(camera, mean_overlap(fine, window, found), span, doubt)


@dataclass(frozen=True, eq=False)
class _Search:
    """Some keys, and how well each pose of the grid fits them.

    Attributes:
        points: (K, V, 3) float64 less ``target``, over ``unit``.
        faces: (F, 3) int64.
        target: (3,) float64, the middle of the joint box.
        unit: half of its longest side.
        masks: (K, H, W) uint8.
        window: small, of these masks.
        poses: by falling overlap.
    """

    points: Floats
    faces: Ints
    target: Floats
    unit: float
    masks: NDArray[np.uint8]
    window: Window
    poses: list[Pose]

    @classmethod
    def of(cls, animation: Animation, masks: NDArray[np.uint8], chosen: list[int]) -> "_Search":
        points = animation.vertices[chosen].astype(np.float64)
        low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
        target, unit = (low + high) / 2, max(float((high - low).max()) / 2, 1e-9)
        points = (points - target) / unit
        faces = animation.faces.astype(np.int64)
        window = cut(masks[chosen], COARSE_PIXELS)
        poses = all_poses(_small(points, faces, COARSE_CELLS), window)
        return cls(points, faces, target, unit, masks[chosen], window, poses)


def _small(points: Floats, faces: Ints, cells: int) -> Body:
    """The mesh clustered, or as it is where nothing would be left of it."""
    fewer, left = clustered(points, faces, cells)
    return Body.of(fewer, left) if len(left) else Body.of(points, faces)


def _alike(
    animation: Animation, masks: NDArray[np.uint8], frames: list[int], chosen: list[int], search: _Search
) -> list[int]:
    """Of the chosen frames and others between them those that the best pose fits about as well as most.

    A mask that has lost a part of the subject, or holds something else, is left out.
    """
    some = sorted({*chosen, *frames[:: -(-len(frames) // MOST_COMPARED)]})
    body = _small((animation.vertices[some] - search.target) / search.unit, search.faces, COARSE_CELLS)
    window = cut(masks[some], COARSE_PIXELS)
    camera = _in_window(search.poses[0].camera, search.window, window)
    fits = [overlap(window, key, body.picture(key, camera, window.size)) for key in range(len(some))]
    least = float(np.median(fits)) - ODD
    return [frame for frame, fit in zip(some, fits, strict=True) if fit >= least]


def _refined(search: _Search, step: StageStep) -> tuple[FilmCamera, Body, Window]:
    """Of the starts the one that ends best, with the mesh and the window that it was compared in."""
    is_large = len(search.faces) > MOST_FACES
    fine = (
        _small(search.points, search.faces, FINE_CELLS) if is_large else Body.of(search.points, search.faces)
    )
    middle, last = (cut(search.masks, size) for size in (CONTOUR_PIXELS, FINE_PIXELS))
    contours = contours_of(middle)

    def rated(cameras: list[FilmCamera]) -> list[FilmCamera]:
        return sorted(cameras, key=lambda camera: -mean_overlap(fine, middle, camera))

    def follow(camera: FilmCamera, rounds: int) -> FilmCamera:
        return moved(fine, middle, contours, camera, rounds)

    begun = [
        follow(_in_window(camera, search.window, middle), FIRST_ROUNDS) for camera in starts(search.poses)
    ]
    step(2, PARTS)
    finalists = [follow(camera, MORE_ROUNDS) for camera in rated(begun)[:FINALISTS]]
    best = _in_window(rated(finalists)[0], middle, last)
    step(3, PARTS)
    result = _fitted(lambda camera: mean_overlap(fine, last, camera), best)
    step(4, PARTS)
    return result, fine, last


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
    return replace(camera, scale=camera.scale * ratio, centre=(x, y))


def _in_frame(camera: FilmCamera, window: Window, target: Floats, unit: float) -> FilmCamera:
    """A camera in the frame's pixels and the animation's unit."""
    scaled = _scaled(camera, window.pixel, (window.left, window.top))
    x, y, z = target.tolist()
    return replace(scaled, target=(x, y, z), closeness=scaled.closeness / unit, scale=scaled.scale / unit)


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
