"""The preview: a short video of the input beside the animated mesh, drawn without a display or a GPU."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.animation import Animation
from actionmesh_wrapper.ffmpeg import encode_mp4
from actionmesh_wrapper.frames import Frames
from actionmesh_wrapper.preview.layout import (
    BACKGROUND,
    PANEL,
    PICTURES_PER_KEY,
    Shot,
    input_panel,
    storyboard,
)
from actionmesh_wrapper.preview.scene import Scene

MAX_PICTURES = 200  # keeps the time and the size within bounds, however many keys there are


def write_preview(
    animation: Animation, frames: Frames, path: Path, *, step: Callable[[int, int], None]
) -> Path:
    """Writes the preview as an MP4 of 1024 × 512: the input on the left, the mesh on the right.

    The animation plays once each from the front (as it was filmed), from three quarters and from the side,
    and then forwards and backwards while the camera goes around it, at its own speed. Of more than 40 keys
    every second, third, … is shown, at the same speed. Two runs write the same pictures.

    Args:
        animation: T keys.
        frames: the T frames it was made from.
        path: the file to write.
        step: is called with (pictures made, pictures in all) after each; what it raises passes through.

    Returns:
        ``path``.

    Raises:
        ExportFailed: if the video could not be encoded.
    """
    stride = -(-animation.num_frames * PICTURES_PER_KEY // MAX_PICTURES)
    shots = storyboard(range(0, animation.num_frames, stride))
    encode_mp4(_pictures(animation, frames, shots, step), path, animation.fps / stride)
    return path


def _pictures(
    animation: Animation, frames: Frames, shots: list[Shot], step: Callable[[int, int], None]
) -> Iterator[NDArray[np.uint8]]:
    """The whole pictures, (PANEL, 2 PANEL, 3) uint8, made one at a time as they are asked for."""
    background = np.full((PANEL, PANEL, 3), BACKGROUND, np.float32)
    scene = Scene(animation, {shot.view for shot in shots}, background)
    panels = {key: input_panel(frames.images[key]) for key in {shot.key for shot in shots}}
    for index, shot in enumerate(shots, start=1):
        yield np.hstack([panels[shot.key], scene.picture(shot.key, shot.view)])
        step(index, len(shots))
