"""Clips as phones make them, and what the worker takes: python phone.py make FOLDER, or compare CASES."""  # noqa: INP001 – a script

import json
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # run from anywhere
from actionmesh_wrapper.contract.recipe import Sampling  # noqa: E402 - needs the line above
from actionmesh_wrapper.video import sample  # noqa: E402

_HDR = "setparams=range=tv:colorspace=bt2020nc:color_primaries=bt2020:color_trc=arib-std-b67"
_H264 = ("-c:v", "libx264", "-preset", "veryfast")


def _clip(folder: Path, name: str, rate: int, seconds: int, *options: str) -> None:
    """A moving test picture with sound."""
    picture = f"testsrc2=size=320x180:rate={rate}:duration={seconds}"
    sound = f"sine=duration={seconds}"
    arguments = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *options]
    _ffmpeg(*arguments, str(folder / name))


def _ffmpeg(*arguments: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error", "-y"]
    subprocess.run([*command, *arguments], check=True)  # noqa: S603 – its own arguments


def make(folder: Path) -> None:
    """Writes the clips: turned, HEVC of high dynamic range with open groups, slow motion, trimmed, WebM."""
    _clip(folder, "upright.mov", 30, 6, *_H264, "-g", "30", "-bf", "2", "-pix_fmt", "yuv420p")
    turned = ("-display_rotation", "90", "-i", str(folder / "upright.mov"), "-c", "copy")
    _ffmpeg(*turned, str(folder / "turned.mov"))
    trimmed = ("-ss", "1.3", "-i", str(folder / "upright.mov"), "-c", "copy")  # hides frames before its first
    _ffmpeg(*trimmed, str(folder / "trimmed.mov"))
    groups = "keyint=30:open-gop=1:bframes=3:log-level=error"
    hevc = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", groups, "-tag:v", "hvc1")
    _clip(folder, "hdr.mov", 30, 6, "-vf", f"{_HDR},format=yuv420p10le", *hevc)
    _clip(folder, "slow.mov", 240, 5, *_H264, "-g", "240", "-pix_fmt", "yuv420p")
    _clip(folder, "film.mp4", 24, 6, *_H264, "-r", "24000/1001", "-g", "48", "-pix_fmt", "yuv420p")
    _clip(folder, "web.webm", 30, 6, "-c:v", "libvpx-vp9", "-deadline", "realtime", "-g", "30")


def _taken(path: str, options: dict[str, object]) -> tuple[np.ndarray, np.ndarray]:
    wish = {"num_frames": 16, "max_frames": None, "start_s": 0.0, "end_s": None, "fps": None, **options}
    frames = sample(Path(path), Sampling(**wish), step=lambda _done, _of: None)  # type: ignore[arg-type]
    return frames.images, frames.timestamps


def compare(cases: list[dict[str, object]]) -> list[list[float]]:
    """Of each case the greatest difference of a pixel, and of a time in s, between a video and its copy."""
    found = []
    for case in cases:
        pictures, times = _taken(case["video"], case["asked"])  # type: ignore[arg-type]
        others, later = _taken(case["copy"], case["asked_of_copy"])  # type: ignore[arg-type]
        pixels = np.abs(pictures.astype(int) - others).max()
        found.append([float(pixels), float(np.abs(times - case["from_s"] - later).max())])
    return found


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]))
    else:
        print(json.dumps(compare(json.loads(Path(sys.argv[2]).read_text()))))  # noqa: T201 – for its caller
