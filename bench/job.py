"""The sample job, step by step: time, memory, and the same step as ActionMesh's example script does it.

    python bench/job.py [CLIP]

The example reads the video's first frames with OpenCV and writes a GLB per frame with trimesh. Where it has
no such step, or needs a GPU for it, there is nothing to compare with and the table says so. Every round runs
both ways of every step, one after the other, so that a busy moment of the machine meets both.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import cv2
import trimesh

from actionmesh_wrapper.contract.engines import MIN_FRAMES
from actionmesh_wrapper.contract.recipe import Options, Sampling
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Listener
from actionmesh_wrapper.engines import Task
from actionmesh_wrapper.engines.silhouette import Silhouette
from actionmesh_wrapper.export import write_animated_mesh, write_meshes
from actionmesh_wrapper.preview import write_preview
from actionmesh_wrapper.video import sample
from bench.machine import about, peak_mb
from bench.sample import write_sample

T = TypeVar("T")

ROUNDS = 3


def silent(*_: object) -> None:
    """A step, or a warning, that nobody listens to."""


def read_with_opencv(clip: Path) -> int:
    """The first frames at the native rate, as the example reads them; returns how many came."""
    capture = cv2.VideoCapture(str(clip))
    frames = []
    for _ in range(MIN_FRAMES):
        ok, image = capture.read()
        if not ok:
            break
        frames.append(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
    capture.release()
    return len(frames)


def write_with_trimesh(animation: Animation, folder: Path) -> None:
    """A GLB per frame, as the example writes them."""
    for index, vertices in enumerate(animation.vertices):
        trimesh.Trimesh(vertices, animation.faces, process=False).export(folder / f"mesh_{index:02d}.glb")


class Round:
    """One run of every step, ours and theirs; the seconds of each, and the peak memory after it."""

    def __init__(self, clip: Path, folder: Path) -> None:
        self.ours: dict[str, float] = {}
        self.theirs: dict[str, float] = {}
        self.peak_mb: dict[str, float] = {}
        self._run(clip, folder)

    def _run(self, clip: Path, folder: Path) -> None:
        frames = self._time("sample", lambda: sample(clip, Sampling(), step=silent))
        self._time("sample", lambda: read_with_opencv(clip), self.theirs)
        animation = self._time("animate", lambda: self._animate(frames))
        self._time("export, GLB per frame", lambda: write_meshes(animation, folder, extras={}, step=silent))
        self._time("export, GLB per frame", lambda: write_with_trimesh(animation, folder), self.theirs)
        glb = folder / "animated_mesh.glb"
        self._time("export, one animated GLB", lambda: write_animated_mesh(animation, glb, extras={}))
        self._time("preview", lambda: write_preview(animation, frames, folder, step=silent))

    @staticmethod
    def _animate(frames: Frames) -> Animation:
        return Silhouette().animate(Task(frames, Options()), Listener())

    def _time(self, name: str, run: Callable[[], T], into: dict[str, float] | None = None) -> T:
        start = time.perf_counter()
        result = run()
        (self.ours if into is None else into)[name] = time.perf_counter() - start
        if into is None:
            self.peak_mb[name] = peak_mb()
        return result


def report(rounds: list[Round]) -> None:
    """Prints the table: medians over the rounds."""
    print(about())
    print(f"median of {len(rounds)} rounds; peak is the whole process's, so far\n")
    print(f"{'step':26} {'ours s':>8} {'example s':>10} {'ratio':>7} {'peak MB':>8}")
    for name in rounds[0].ours:
        ours = statistics.median(one.ours[name] for one in rounds)
        theirs, ratio = "–", "–"
        if name in rounds[0].theirs:
            theirs = f"{statistics.median(one.theirs[name] for one in rounds):.3f}"
            ratio = f"{statistics.median(one.ours[name] / one.theirs[name] for one in rounds):.2f}"
        print(f"{name:26} {ours:8.3f} {theirs:>10} {ratio:>7} {rounds[0].peak_mb[name]:8.0f}")
    print("\nNot measured: the example's animate (GPU), animated GLB (Blender) and preview (PyTorch3D).")


def main() -> None:
    """Measures the sample, or the clip named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("clip", type=Path, nargs="?", help="a video; the sample if none is given")
    clip = parser.parse_args().clip
    with TemporaryDirectory() as name:
        folder = Path(name)
        if clip is None:
            clip = write_sample(folder / "sample.mp4")
        report([Round(clip, folder) for _ in range(ROUNDS)])


if __name__ == "__main__":
    main()
