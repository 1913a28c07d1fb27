"""The choice of frames from a video by their timestamps, and by motion in a long one."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from actionmesh_wrapper.contract.engines import MAX_FRAMES, MIN_FRAMES
from actionmesh_wrapper.contract.recipe import TWO_WINDOWS, Sampling
from actionmesh_wrapper.errors import InvalidInput, VideoTooShort

EVEN_UP_TO_S = 4.0  # a part up to this long is covered whole: with 16 frames the steps stay below 0.27 s
WINDOW_FPS = 8.0  # rate in the busiest window of a longer part, as in ActionMesh's examples
SEARCHED_S = 60.0  # of a part are searched for its busiest window, to bound the decoding
THUMBNAIL_PX = 64  # long side of the frames on which motion is measured: enough for a moving limb
CUT_LEVELS = 40.0  # of 255: a mean change above it in 1/8 s is another scene, not motion

_EPSILON_S = 1e-6  # timestamps are rounded to microseconds

Thumbnails = Callable[[NDArray[np.intp]], NDArray[np.uint8]]
"""Takes rising indices of frames (K,) and returns these frames small and grey, (K, h, w) uint8."""


def choose(
    times: NDArray[np.float64],
    duration_s: float,
    sampling: Sampling,
    thumbnails: Thumbnails,
    most: int = MAX_FRAMES,
) -> NDArray[np.intp]:
    """Chooses frames of the part [start_s, end_s).

    With ``fps``, the frames nearest to start_s + k / fps are chosen.

    Without it, a part whose first and last frames are up to 4 s apart is covered evenly from the first to the
    last; the same frames are chosen from a clip that was cut to this part. Of a longer part, 8 frames per
    second are chosen from its busiest window: the one whose small grey frames change most in sum, without a
    cut if there is such a window.

    No frame is chosen twice: where a video has fewer frames than the rate asks for, consecutive frames are.

    Args:
        times: (T,) float64, when each frame is shown, seconds from the first, strictly rising.
        duration_s: seconds from the first frame's start to the last frame's end.
        sampling: the caller's options.
        thumbnails: makes small frames; only called where motion decides.
        most: how many frames ``auto`` may come to.

    Returns:
        (K,) intp, strictly rising indices into ``times``, as many as `how_many` says.

    Raises:
        InvalidInput: if start_s is past the video's end.
        VideoTooShort: if the part has too few frames, or ends before the last moment asked for.
    """
    part = _frames_of_part(times, duration_s, sampling)
    clock = times[part]
    end = _end_of_part(duration_s, sampling)
    seconds = end - sampling.start_s
    needed = how_many(len(part), seconds, sampling, most)
    _check_enough(len(part), seconds, needed, sampling.fps)
    moments = np.arange(needed)
    if sampling.fps is not None:
        targets = sampling.start_s + moments / sampling.fps
    elif clock[-1] - clock[0] <= EVEN_UP_TO_S + _EPSILON_S:
        targets = np.linspace(clock[0], clock[-1], needed)
    else:
        start = _busiest_start(clock, end, needed, lambda indices: thumbnails(part[indices]))
        targets = start + moments / WINDOW_FPS
    return part[_distinct(_nearest(clock, targets), len(clock))]


def how_many(frames: int, seconds: float, sampling: Sampling, most: int = MAX_FRAMES) -> int:
    """How many frames are to be chosen from a part: the number that the caller names, or what ``auto`` means.

    ``auto`` is 16 where they cover the part at ``fps``, by default 8 per second. For a longer part it is 31,
    as ActionMesh's denoiser takes as long for 31 as for 17, and as many as it takes for one that 31 do not
    cover either; without ``fps`` they cover what is covered evenly. Of a part with fewer than 31 frames, and
    where no more are allowed, by the worker or by ``max_frames``, it is 16.

    Args:
        frames: how many the part has.
        seconds: how long it is.
        sampling: the caller's options.
        most: how many ``auto`` may come to.
    """
    if sampling.num_frames != "auto":
        return sampling.num_frames
    covering = _at_rate(sampling.fps or WINDOW_FPS, seconds)
    if sampling.fps is None and seconds <= EVEN_UP_TO_S + _EPSILON_S:
        covering = min(covering, TWO_WINDOWS)
    available = min(
        frames if sampling.fps is None else min(frames, covering), most, sampling.max_frames or most
    )
    if covering <= MIN_FRAMES or available < TWO_WINDOWS:
        return MIN_FRAMES
    return min(max(covering, TWO_WINDOWS), available)


def available(times: NDArray[np.float64], duration_s: float, sampling: Sampling) -> int:
    """The most frames that can be chosen from the part, at ``fps`` if that is set; see `choose`."""
    frames = len(_frames_of_part(times, duration_s, sampling))
    if sampling.fps is None:
        return frames
    return min(frames, _at_rate(sampling.fps, _end_of_part(duration_s, sampling) - sampling.start_s))


def _end_of_part(duration_s: float, sampling: Sampling) -> float:
    return duration_s if sampling.end_s is None else min(sampling.end_s, duration_s)


def _frames_of_part(times: NDArray[np.float64], duration_s: float, sampling: Sampling) -> NDArray[np.intp]:
    """Indices of the frames shown from start_s on and before end_s."""
    if sampling.start_s >= duration_s:
        raise InvalidInput(f"start_s: must be less than the video's {duration_s:.2f} s.")
    end = math.inf if sampling.end_s is None else sampling.end_s
    part = np.flatnonzero((times >= sampling.start_s - _EPSILON_S) & (times < end - _EPSILON_S))
    if len(times) < MIN_FRAMES:
        raise VideoTooShort(f"This video has {_count_text(len(times))}; at least {MIN_FRAMES} are needed.")
    return part


def _check_enough(frames: int, seconds: float, needed: int, fps: float | None) -> None:
    if frames < needed:
        raise VideoTooShort(f"The chosen part of this video has {_count_text(frames)}; {needed} are needed.")
    if fps is not None and (available := _at_rate(fps, seconds)) < needed:
        raise VideoTooShort(
            f"At {fps:g} frames per second the chosen part of this video has {_count_text(available)}; "
            f"{needed} are needed."
        )


def _at_rate(fps: float, seconds: float) -> int:
    """How many frames there are in so many seconds at a rate, the first of them at 0 s."""
    return math.ceil((seconds - _EPSILON_S) * fps)


def _count_text(count: int) -> str:
    return f"{count} frame" if count == 1 else f"{count} frames"


def _nearest(times: NDArray[np.float64], targets: NDArray[np.float64]) -> NDArray[np.intp]:
    """Index of the time nearest to each target; of two as near, the earlier."""
    after = np.clip(np.searchsorted(times, targets), 1, len(times) - 1)
    is_before = targets - times[after - 1] <= times[after] - targets
    nearest: NDArray[np.intp] = after - is_before
    return nearest


def _distinct(indices: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Rising indices, moved as little as makes them strictly rise within 0 to ``count`` - 1.

    As little is meant by least squares. Indices that strictly rise, less 0, 1, 2 …, never fall, and isotonic
    regression finds the nearest among all sequences that never fall.
    """
    order = np.arange(len(indices))
    moved = isotonic_regression(indices - order).x.round().astype(np.intp)
    distinct: NDArray[np.intp] = np.clip(moved, 0, count - len(indices)) + order
    return distinct


def _busiest_start(clock: NDArray[np.float64], end: float, num_frames: int, thumbnails: Thumbnails) -> float:
    """When the busiest window for so many frames starts; the earliest of several as busy."""
    searched = min(end, clock[0] + SEARCHED_S)
    sampled = np.unique(_nearest(clock, np.arange(clock[0], searched, 1 / WINDOW_FPS)))
    pictures = thumbnails(sampled).astype(np.float32)
    change = np.abs(np.diff(pictures, axis=0)).mean(axis=(1, 2), dtype=np.float64)
    change[change > CUT_LEVELS] = -np.inf
    times = clock[sampled]
    starts = times[times <= max(searched - num_frames / WINDOW_FPS, times[0]) + _EPSILON_S]
    last = starts + (num_frames - 1) / WINDOW_FPS
    inside = (times[:-1] >= starts[:, None]) & (times[1:] <= last[:, None] + _EPSILON_S)
    return float(starts[np.argmax(np.where(inside, change, 0.0).sum(axis=1))])
