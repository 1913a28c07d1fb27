"""Clips whose frames show their own number, so that a test knows which ones were taken."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

BITS = (2, 3)  # rows and columns of blocks; the upper left one is bit 0, white is 1
H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p")


def bars(count: int, *, width: int = 96, height: int = 64, alpha: bool = False) -> NDArray[np.uint8]:
    """(count, height, width, 4) uint8; with ``alpha`` the lower half of each block is transparent."""
    index = np.arange(count)[:, None, None]
    rows = np.arange(height)[None, :, None] * BITS[0] // height
    columns = np.arange(width)[None, None, :] * BITS[1] // width
    frames = np.full((count, height, width, 4), 255, np.uint8)
    frames[..., :3] = (((index >> (rows * BITS[1] + columns)) & 1) * 255).astype(np.uint8)[..., None]
    if alpha:
        in_block = np.arange(height) * BITS[0] % height / BITS[0]
        frames[:, in_block >= height / BITS[0] / 2, :, 3] = 0
    return frames


def numbers(images: NDArray[np.uint8]) -> list[int]:
    """The numbers that frames (T, H, W, 4) show, read above the middle of each block."""
    height, width = images.shape[1:3]
    rows = [int((row + 0.3) * height / BITS[0]) for row in range(BITS[0])]
    columns = [int((column + 0.5) * width / BITS[1]) for column in range(BITS[1])]
    is_white = images[:, rows][:, :, columns, 1].reshape(len(images), -1) > 127
    return [int(number) for number in is_white @ (1 << np.arange(is_white.shape[1]))]


def encode(path: Path, frames: NDArray[np.uint8], *arguments: str, fps: float = 24) -> Path:
    """Encodes (T, H, W, 4) frames as the arguments say."""
    _, height, width, _ = frames.shape
    raw = ("-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{width}x{height}", "-r", str(fps), "-i", "-")
    ffmpeg(*raw, *arguments, str(path), stdin=frames.tobytes())
    return path


def ffmpeg(*arguments: str, stdin: bytes = b"") -> None:
    """Runs the bundled ffmpeg, uncontained."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", *arguments]
    subprocess.run(command, input=stdin, check=True, capture_output=True)
