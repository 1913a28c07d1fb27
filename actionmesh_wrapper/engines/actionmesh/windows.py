"""Which frames are worked on together: ActionMesh sees 16 at a time, and some of them must be known before.

A short clip is one window, or two. A longer one is worked on in one of two ways. ``chain`` goes on from
window to window, as ActionMesh's own windows do, so errors add up. ``keys`` first makes as many frames as a
window holds, spread over the whole clip, and then fills in what is between, in windows whose ends are known.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from actionmesh_wrapper.contract.engines import WindowPlan


@dataclass(frozen=True)
class Window:
    """Frames that are worked on together.

    Attributes:
        frames: their indices. The first is known before; from its mesh Stage II starts.
        is_spread: whether they are keys from all over the clip, which need not follow each other.
    """

    frames: tuple[int, ...]
    is_spread: bool = False

    @property
    def times(self) -> list[float]:
        """When each is shown, for the model's rotary positions: frames since the clip's first.

        Keys that are spread are put where the model knows positions: the first at 0, the last at 15, the
        others between as they are in the clip. So they are to it what a clip of fewer frames per second is.
        """
        if not self.is_spread:
            return [float(frame) for frame in self.frames]
        start, end = min(self.frames), max(self.frames)
        return [(frame - start) * (len(self.frames) - 1) / (end - start) for frame in self.frames]


@dataclass(frozen=True)
class Plan:
    """The windows of a clip, in the order in which they are run.

    Attributes:
        latents: of Stage I. Each has a frame that is known, and one that is not.
        meshes: of Stage II. They leave out no time between two frames.
    """

    latents: tuple[Window, ...]
    meshes: tuple[Window, ...]

    @property
    def made_in(self) -> list[tuple[int, int]]:
        """The windows of Stage I and of Stage II that each frame was made in."""
        stages = []
        for windows in (self.latents, self.meshes):
            made: dict[int, int] = {}
            for index, window in enumerate(windows):
                made = dict.fromkeys(window.frames, index) | made
            stages.append([made[frame] for frame in range(len(made))])
        return list(zip(*stages, strict=True))

    @classmethod
    def of(cls, total: int, anchor: int, size: int, kind: WindowPlan = "keys", overlap: int = 1) -> Self:
        """The plan of a clip.

        Args:
            total: number of frames, at least ``size``; with ``keys`` at most (``size`` − 1)² + 1.
            anchor: index of the anchor frame, the one that is known.
            size: frames in a window.
            kind: how a clip is worked on that two windows, overlapping by one frame, do not hold.
            overlap: known frames that each window of a ``chain`` starts from. In Stage II it is one.
        """
        if kind == "chain" or total < 2 * size:
            return cls(_chain(total, anchor, size, overlap), _chain(total, anchor, size, 1))
        starts = _spaced(total, size, -(-(total - size) // (size - 2)))
        keys = _keys(total, anchor, size, starts)
        first = Window((anchor, *sorted(keys - {anchor})), is_spread=True)
        return cls((first, *_between(starts, keys, size)), (first, *_around(keys, total, anchor, size)))


def _chain(total: int, anchor: int, size: int, overlap: int) -> tuple[Window, ...]:
    """One window with the anchor, then one after the other to the end, and from there to the start.

    From anchor 0 and with an overlap of 1 these are ActionMesh's own windows. From any other its own lose
    frame 0, and some cannot be run.
    """
    slide = size - overlap
    start = min(  # with the fewest windows, and of those the earliest
        range(max(0, anchor - size + 1), min(anchor, total - size) + 1),
        key=lambda start: -(-start // slide) - (start - total + size) // slide,
    )
    end = start + size
    windows = [Window((anchor, *(frame for frame in range(start, end) if frame != anchor)))]
    while end < total:
        end = min(end + slide, total)
        windows.append(Window(tuple(range(end - size, end))))
    while start > 0:
        start = max(start - slide, 0)
        windows.append(Window(tuple(range(start + size - 1, start - 1, -1))))
    return tuple(windows)


def _spaced(total: int, size: int, count: int) -> list[int]:
    """Where so many windows start that reach from the first frame to the last, evenly spaced."""
    return [round(index * (total - size) / (count - 1)) for index in range(count)]


def _keys(total: int, anchor: int, size: int, starts: Sequence[int]) -> set[int]:
    """Frames for the first window: the ends of all others, the anchor, and more where they are far apart.

    Where that is one frame too many, the end of the clip that is farther from the anchor is none of them.
    """
    keys, end = {anchor}, -1
    for start in starts:
        keys.update(range(end + 1, start + 1))  # none, where the window before reaches so far
        end = start + size - 1
        keys.add(end)
    if len(keys) > size:
        keys.remove(0 if 2 * anchor > total - 1 else total - 1)
    gaps = list(pairwise(sorted(keys)))
    parts = [1] * len(gaps)
    for _ in range(size - len(keys)):
        steps = [(high - low) / count for (low, high), count in zip(gaps, parts, strict=True)]
        parts[steps.index(max(steps))] += 1
    return {
        low + round(part * (high - low) / count)
        for (low, high), count in zip(gaps, parts, strict=True)
        for part in range(count + 1)
    }


def _between(starts: Sequence[int], keys: Collection[int], size: int) -> list[Window]:
    """The windows that fill in what is between the keys, for Stage I."""
    known, windows = set(keys), []
    for start in starts:
        frames = tuple(range(start, start + size))
        windows.append(Window(frames if start in known else frames[::-1]))
        known.update(frames)
    return windows


def _around(keys: Collection[int], total: int, anchor: int, size: int) -> list[Window]:
    """The windows of Stage II after the keys': each from the key in its middle, or from the anchor.

    Unlike those of Stage I they overlap throughout, so that no time between two frames is left out.
    """
    windows = []
    for start in _spaced(total, size, -(-(total - 1) // (size - 1))):
        frames = range(start, start + size)
        middle = start + (size - 1) / 2
        inside = [key for key in sorted(keys) if key in frames]
        source = anchor if anchor in frames else min(inside, key=lambda key: abs(key - middle))
        windows.append(Window((source, *(frame for frame in frames if frame != source))))
    return windows
