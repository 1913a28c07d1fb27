"""What others find in a video and in a loop: ffmpeg, and Pillow."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence


@dataclass(frozen=True, eq=False)
class Video:
    """``pictures`` is (N, H, W, 3) uint8; ``stream`` ffmpeg's line about it, such as ``h264 (High), …``."""

    pictures: NDArray[np.uint8]
    stream: str
    fps: float


def decoded(path: Path) -> Video:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path)]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    stream = re.findall(r"Video: (.*)", done.stderr.decode())[0]
    width, height = (int(side) for side in re.findall(r" ([1-9]\d*)x(\d+)", stream)[0])
    fps = float(re.findall(r"([\d.]+) fps", stream)[0])
    return Video(np.frombuffer(done.stdout, np.uint8).reshape(-1, height, width, 3), stream, fps)


@dataclass(frozen=True, eq=False)
class Loop:
    """``pictures`` is (N, H, W, 3) uint8; ``durations_ms`` how long each shows; ``times`` 0 for ever."""

    pictures: NDArray[np.uint8]
    durations_ms: list[int]
    times: int


def looped(path: Path) -> Loop:
    pictures, durations = [], []
    with Image.open(path) as loop:
        assert loop.format == "WEBP"
        for picture in ImageSequence.Iterator(loop):
            pictures.append(np.asarray(picture.convert("RGB")))
            durations.append(int(picture.info["duration"]))
        return Loop(np.stack(pictures), durations, int(loop.info["loop"]))
