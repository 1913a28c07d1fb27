"""The camera that filmed the clip, found by the outlines of several keys.

Poses of a grid are scored on a small mesh; from the best the rim is drawn to the masks' outlines; what is
best by then is refined on the overlap itself. One camera is found for all keys: what one outline leaves open,
such as which of a pose and its mirrored twin is right, the others often tell.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.arrays import Floats
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.texture.poses import AZIMUTHS, ELEVATIONS, angle_between, azimuth_span
from actionmesh_wrapper.texture.refine import Refined, refined
from actionmesh_wrapper.texture.rivals import rival
from actionmesh_wrapper.texture.search import COARSE_CELLS, COARSE_PIXELS, Search
from actionmesh_wrapper.texture.views import (
    Window,
    choose,
    cut,
    distance,
    in_window,
    mean_overlap,
    overlap,
    scaled,
    seen_share,
    small,
    usable,
)

PARTS = 5  # of the progress

MOST_COMPARED = 16  # frames
ODD = 0.1  # of overlap below the median, with which a mask is left out
LEAST_FRAME = 32  # pixels of the shorter side
MOST_APART = 0.0175  # mean distance of the outlines, of the subject's longest side in the picture
LEAST_SEEN = 0.5  # of the outlines
MOST_SPAN_DEG = 60.0  # on the grid alone, too coarse for thin limbs; rivals are looked for besides


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
    search = Search.of(animation, masks, chosen)
    alike = _alike(animation, masks, frames, chosen, search)
    if not set(chosen) <= set(alike):
        search = Search.of(animation, masks, choose(animation, alike))
    step(1, PARTS)
    best = refined(search, lambda part: step(part, PARTS))
    found, fine, window = best.camera, best.body, best.window
    camera = _in_frame(found, window, search.target, search.unit)
    span = azimuth_span(search.poses)
    doubt = _doubt(found, distance(fine, window, found), span, seen_share(window)) or _of_rival(best)
    step(5, PARTS)
    return Registration(camera, mean_overlap(fine, window, found), span, doubt)


def _alike(
    animation: Animation, masks: NDArray[np.uint8], frames: list[int], chosen: list[int], search: Search
) -> list[int]:
    """Of the chosen frames and others between them those that the best pose fits about as well as most.

    A mask that has lost a part of the subject, or holds something else, is left out.
    """
    some = sorted({*chosen, *frames[:: -(-len(frames) // MOST_COMPARED)]})
    body = small((animation.vertices[some] - search.target) / search.unit, search.faces, COARSE_CELLS)
    window = cut(masks[some], COARSE_PIXELS)
    camera = in_window(search.poses[0].camera, search.window, window)
    fits = [overlap(window, key, body.picture(key, camera, window.size)) for key in range(len(some))]
    least = float(np.median(fits)) - ODD
    return [frame for frame, fit in zip(some, fits, strict=True) if fit >= least]


def _in_frame(camera: FilmCamera, window: Window, target: Floats, unit: float) -> FilmCamera:
    """A camera in the frame's pixels and the animation's unit."""
    whole = scaled(camera, window.pixel, (window.left, window.top))
    x, y, z = target.tolist()
    return replace(whole, target=(x, y, z), closeness=whole.closeness / unit, scale=whole.scale / unit)


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
            f"The outlines of mesh and film lie {apart:.2%} of the subject's size apart, in the mean; "
            f"{MOST_APART:.2%} is the most that is trusted."
        )
    if span > MOST_SPAN_DEG:
        return f"The outlines fit from directions as far as {span:.0f} degrees apart."
    if not (AZIMUTHS[0] < azimuth < AZIMUTHS[-1] and ELEVATIONS[0] < elevation < ELEVATIONS[-1]):
        return "The camera found stands at the edge of the directions that were searched."
    return None


def _of_rival(best: Refined) -> str | None:
    """That another pose fits about as well; None if none does."""
    camera = in_window(best.camera, best.window, best.middle)
    other = rival(best.body, best.middle, best.contours, camera)
    if other is None:
        return None
    return (
        f"The outlines fit nearly as well from a direction {angle_between(other, camera):.0f} degrees away."
    )
