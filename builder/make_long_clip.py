"""Makes a long clip to try the worker with: the toy fox walks, turns and lies down.

    python builder/make_long_clip.py clip.mp4 [--seconds 10] [--fps 12]

It walks for 40 % of the time, turns around once for 30 %, and lies down on its side.
"""

import argparse
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.system.ffmpeg import encode_mp4

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # a script finds only its own folder by itself
from builder import make_sample as sample  # noqa: E402 - needs the line above
from builder.toy import walking_fox  # noqa: E402 - as above

SECONDS, FPS = 10.0, 12.0
CYCLE_S = 2.0  # of the walk
WALKS, TURNS = 0.4, 0.7  # shares of the time when these end
CELL = 0.02  # of the toy's mesh, in its unit
HALF_WIDTH, HALF_HEIGHT = 0.2, 0.7  # of the toy


def frame(share: float, walked_s: float, width: int, height: int) -> NDArray[np.uint8]:
    """One frame at a share of the time, (height, width, 3) uint8 sRGB."""
    room = sample.studio(width * sample.SUPERSAMPLING, height * sample.SUPERSAMPLING)
    fox = walking_fox(walked_s / CYCLE_S % 1)
    return sample.picture_of(fox, room, CELL, pose=lambda vertices: posed(vertices, share))


def posed(vertices: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """The toy's vertices (V, 3), turned about Y and then laid on its side about X."""
    turn = 2 * math.pi * _smooth((share - WALKS) / (TURNS - WALKS))
    lie = math.pi / 2 * _smooth((share - TURNS) / (0.9 - TURNS))
    x, y, z = vertices.T.astype(np.float64)
    x, z = x * math.cos(turn) + z * math.sin(turn), z * math.cos(turn) - x * math.sin(turn)
    y, z = y * math.cos(lie) - z * math.sin(lie), z * math.cos(lie) + y * math.sin(lie)
    y, z = y + HALF_WIDTH * math.sin(lie), z - HALF_HEIGHT * math.sin(lie)  # on the ground where it stood
    return np.stack([x, y, z], axis=1).astype(np.float32)


def _smooth(share: float) -> float:
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def frames(seconds: float = SECONDS, fps: float = FPS) -> Iterator[NDArray[np.uint8]]:
    """All frames of the clip, (288, 384, 3) uint8 sRGB each."""
    count, walks_s = round(seconds * fps), WALKS * seconds
    return (frame(k / count, min(k / fps, walks_s), 384, 288) for k in range(count))


def main() -> None:
    """Writes the clip."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--fps", type=float, default=FPS)
    asked = parser.parse_args()
    encode_mp4(frames(asked.seconds, asked.fps), asked.clip, asked.fps, crf=sample.CRF)


if __name__ == "__main__":
    main()
