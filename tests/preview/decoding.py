"""What ffmpeg finds in a video."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray


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
