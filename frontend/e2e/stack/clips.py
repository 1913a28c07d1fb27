"""Makes the clips of the browser tests: python clips.py FOLDER."""  # noqa: INP001 – a script

import base64
import json
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))  # run from anywhere
from actionmesh_wrapper.system.ffmpeg import encode_mp4  # noqa: E402 - needs the line above


def ball(seconds: float, fps: int, width: int, height: int, *, noise: int) -> list[np.ndarray]:
    """A ball that goes to and fro before a wall, with so much noise on it that the file gets large."""
    chance = np.random.default_rng(7)
    rows, columns = np.mgrid[:height, :width]
    pictures = []
    for index in range(round(seconds * fps)):
        x = width * (0.5 + 0.25 * np.sin(2 * np.pi * index / fps / 2))
        inside = (columns - x) ** 2 + (rows - height / 2) ** 2 < (height / 4) ** 2
        picture = np.where(inside[..., None], (208, 64, 48), (150, 180, 190)).astype(np.int16)
        picture = picture + chance.integers(-noise, noise + 1, (height, width, 1), np.int16)
        pictures.append(np.clip(picture, 0, 255).astype(np.uint8))
    return pictures


def _to_hevc(video: Path, out: Path) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y", "-i", str(video)]
    codec = ["-c:v", "libx265", "-x265-params", "log-level=error", "-tag:v", "hvc1"]
    subprocess.run([*command, *codec, str(out)], check=True)  # noqa: S603 – its own arguments


def main(folder: Path) -> None:
    """Writes fox.mp4 (2 s), short.mp4 (10 frames), long.mp4 (12 s, over 7 MB), text.mp4, and damaged ones.

    torn.mp4 ends in the middle of its frames, blank.mp4 has zeros for them. hevc.mov is the fox in HEVC.
    """
    folder.mkdir(parents=True, exist_ok=True)
    job = json.loads((ROOT / "test_input.json").read_text())
    (folder / "fox.mp4").write_bytes(base64.b64decode(job["input"]["video_base64"]))
    _to_hevc(folder / "fox.mp4", folder / "hevc.mov")
    encode_mp4(ball(10 / 24, 24, 320, 240, noise=2), folder / "short.mp4", 24)
    encode_mp4(ball(12, 24, 960, 540, noise=24), folder / "long.mp4", 24, crf=22, preset="veryfast")
    (folder / "text.mp4").write_text("This is no video.\n" * 100)
    whole = (folder / "long.mp4").read_bytes()
    first = whole.index(b"mdat") + 4  # the table of frames comes before them
    (folder / "torn.mp4").write_bytes(whole[: len(whole) // 2])
    (folder / "blank.mp4").write_bytes(whole[:first] + bytes(len(whole) - first))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
