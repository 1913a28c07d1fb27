"""The pictures an engine is given, with the times at which they were taken."""

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.system.threads import THREADS, map_in_order

DEFAULT_FPS = 8.0  # where frames carry no time of their own, as in ActionMesh's examples


@dataclass(frozen=True)
class Source:
    """What the frames were taken from.

    Attributes:
        duration_s: seconds from the first frame's start to the last frame's end.
        width: pixels, as displayed (rotation and pixel aspect applied).
        height: pixels, as displayed.
        fps: mean frames per second.
        frames: number of frames it has.
    """

    duration_s: float
    width: int
    height: int
    fps: float
    frames: int


@dataclass(frozen=True, eq=False)
class Frames:
    """Frames of one size, in the order of time.

    Attributes:
        images: (T, H, W, 4) uint8, sRGB with straight alpha, row 0 at the top. Without transparency in the
            source alpha is 255 throughout.
        timestamps: (T,) float64, seconds in the source, strictly rising.
        source: what they were taken from.
    """

    images: NDArray[np.uint8]
    timestamps: NDArray[np.float64]
    source: Source

    def __len__(self) -> int:
        return len(self.images)

    @property
    def has_alpha(self) -> bool:
        """Whether the source says what is transparent: then alpha is the subject's mask.

        That takes a pixel which is more transparent than not: lossy codecs blur an opaque alpha a little.
        """
        return bool((self.images[..., 3] < 128).any())

    @property
    def fps(self) -> float:
        """Mean frames per second of the frames taken, `DEFAULT_FPS` for a single one."""
        span = float(self.timestamps[-1] - self.timestamps[0])
        return (len(self) - 1) / span if span > 0 else DEFAULT_FPS

    @property
    def times_s(self) -> tuple[float, ...]:
        """The timestamps as they are told, to a tenth of a millisecond."""
        return tuple(round(time, 4) for time in self.timestamps.tolist())

    def first(self, count: int) -> "Frames":
        """The first of them, so many."""
        return replace(self, images=self.images[:count], timestamps=self.timestamps[:count])

    def write(self, folder: Path) -> None:
        """Writes ``000.png`` …, RGBA where there is transparency and RGB else, into an existing folder."""
        order = cv2.COLOR_RGBA2BGRA if self.has_alpha else cv2.COLOR_RGBA2BGR

        def write(index: int) -> None:  # OpenCV takes a quarter of the time that Pillow takes
            _, content = cv2.imencode(".png", cv2.cvtColor(self.images[index], order))
            (folder / f"{index:03d}.png").write_bytes(content.tobytes())  # cv2.imwrite tells no reason

        list(map_in_order(write, range(len(self)), THREADS))
