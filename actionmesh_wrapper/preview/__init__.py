"""The preview: the input beside the animated mesh, as a short video, a small loop and a picture.

Drawn without a display, and without a GPU where there is none.
"""

import logging
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.writing import WriteJob, Written
from actionmesh_wrapper.preview.layout import (
    MOST_S,
    PANEL,
    THREE_QUARTER,
    Shot,
    blank,
    frame_of_key,
    input_panel,
    moving_camera,
    pictures_per_key,
    storyboard,
)
from actionmesh_wrapper.preview.renderer import NUMPY, Renderer
from actionmesh_wrapper.preview.scene import PreviewScene
from actionmesh_wrapper.preview.stills import shrunk, write_loop, write_still
from actionmesh_wrapper.system import accelerator
from actionmesh_wrapper.system.ffmpeg import Budget, encode_mp4
from actionmesh_wrapper.system.threads import map_in_order

__all__ = ["NUMPY", "Preview", "Renderer", "write_preview"]

log = logging.getLogger(__name__)

MAX_PICTURES = 200  # keeps the time within bounds, however many keys there are
VIDEO_BYTES = 1_500_000
POSTER_SIDE = 1024  # pixels


@dataclass(frozen=True)
class Preview:
    """What was made.

    Attributes:
        video: ``preview.mp4``, 1024 × 512: the input on the left, the mesh on the right.
        loop: ``preview.webp``, 512 × 256: its last part, over and over.
        poster: ``poster.png``, 1024 × 1024: the mesh at the key where three quarters show the most of it.
        renderer: the name of what drew them.
    """

    video: Path
    loop: Path
    poster: Path
    renderer: str

    @property
    def files(self) -> list[Path]:
        """All of them, the most important first."""
        return [self.video, self.loop, self.poster]


def write(job: WriteJob) -> Written:
    """Writes the kind ``preview``; see `write_preview`."""
    renderer = job.tools.renderer or NUMPY
    drawn = write_preview(job.animation, job.frames, job.folder, renderer=renderer, step=job.step)
    return Written(tuple(drawn.files), {"preview_renderer": drawn.renderer})


def write_preview(
    animation: Animation,
    frames: Frames,
    folder: Path,
    *,
    step: Callable[[int, int], None],
    renderer: Renderer = NUMPY,
) -> Preview:
    """Writes the preview: a video, a loop and a poster. Two runs write the same bytes.

    The animation plays once each from the front (as it was filmed), from three quarters and from the side,
    and then forwards and backwards while the camera goes around it, at its own speed. A 2.5D mesh is seen
    from its front alone, up to 40° to either side. One that would take longer than 12 s plays from fewer
    sides, and if that is not enough faster; see `layout.storyboard`. Of more keys than 200 pictures show
    every second, third, … is shown, at the same speed. A renderer whose device fails hands over to NumPy;
    the device is noted as failed, see `accelerator.has_failed`, unless it only lacked memory.

    Args:
        animation: T keys.
        frames: the frames it was made from; of T keys and fewer frames the nearest is shown.
        folder: an existing folder.
        step: is called with (pictures made, pictures in all) after each; what it raises passes through.
        renderer: draws.

    Raises:
        ExportFailed: if a file could not be written.
    """
    try:
        return _Maker(animation, frames, renderer, step).write(folder)
    except renderer.faults as error:
        accelerator.note(error)
        log.warning("the preview's renderer %s failed, so numpy draws it", renderer.name, exc_info=True)
        return _Maker(animation, frames, NUMPY, step).write(folder)


class _Maker:
    """Draws each picture once, and keeps what the loop and the poster need."""

    def __init__(
        self, animation: Animation, frames: Frames, renderer: Renderer, step: Callable[[int, int], None]
    ) -> None:
        self._animation, self._frames, self._renderer, self._step = animation, frames, renderer, step
        seconds = animation.num_frames / animation.fps
        per_key = pictures_per_key(seconds)
        stride = -(-animation.num_frames * per_key // MAX_PICTURES)
        keys = range(0, animation.num_frames - animation.loops, stride)  # the last would be the first again
        self._fps = animation.fps / stride * max(1.0, per_key * seconds / MOST_S)
        self._shots = storyboard(keys, per_key, loops=animation.loops, front_only=animation.front_only)
        self._num_looped = len(moving_camera(keys, per_key))
        self._is_of_three_quarters = any(shot.view == THREE_QUARTER for shot in self._shots)
        self._loop: list[NDArray[np.uint8]] = []
        self._covered: dict[int, int] = {}

    def write(self, folder: Path) -> Preview:
        fps, video = self._fps, folder / "preview.mp4"
        budget = Budget(VIDEO_BYTES, len(self._shots) / fps)
        with closing(self._pictures()) as pictures:
            encode_mp4(pictures, video, fps, preset="veryfast", budget=budget)
        writers = [
            lambda: write_loop(self._loop, folder / "preview.webp", fps),
            lambda: write_still(self._best(), folder / "poster.png"),
        ]
        loop, poster = map_in_order(lambda write: write(), writers, self._renderer.prefetch)
        return Preview(video, loop, poster, self._renderer.name)

    def _pictures(self) -> Generator[NDArray[np.uint8], None, None]:
        """The whole pictures, (PANEL, 2 PANEL, 3) uint8, a few of them made before they are asked for."""
        scene = PreviewScene(
            self._renderer, self._animation, {shot.view for shot in self._shots}, blank(PANEL)
        )
        panels: dict[int, NDArray[np.uint8]] = {}

        def make(shot: Shot) -> tuple[NDArray[np.uint8], int]:
            frame = frame_of_key(shot.key, self._animation.num_frames, len(self._frames))
            if frame not in panels:
                panels[frame] = input_panel(self._frames.images[frame])
            drawn = scene.picture(shot.key, shot.view)
            return np.hstack([panels[frame], drawn.pixels]), drawn.covered

        with closing(map_in_order(make, self._shots, self._renderer.prefetch)) as made:
            for index, (shot, (picture, covered)) in enumerate(zip(self._shots, made, strict=True), start=1):
                if shot.view == THREE_QUARTER or not self._is_of_three_quarters:
                    self._covered[shot.key] = max(covered, self._covered.get(shot.key, 0))
                if index > len(self._shots) - self._num_looped:
                    self._loop.append(shrunk(picture))
                yield picture
                self._step(index, len(self._shots))

    def _best(self) -> NDArray[np.uint8]:
        """The key that shows most, alone and as large as it can be, (POSTER_SIDE, POSTER_SIDE, 3) uint8."""
        key = max(self._covered, key=lambda key: self._covered[key])
        still = replace(self._animation, vertices=self._animation.vertices[key : key + 1], anchor=0)
        scene = PreviewScene(self._renderer, still, [THREE_QUARTER], blank(POSTER_SIDE))
        return scene.picture(0, THREE_QUARTER).pixels
