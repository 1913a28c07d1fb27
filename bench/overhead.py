"""What a job takes besides the model: all its steps, with an engine that has its answer ready.

    python -m bench.overhead

A clip of 1920 × 1080 lies in a real S3 server on this machine (JuiceFS, which the storages' tests need, too)
and is fetched by its link; the results go into the same bucket. The engine hands out a mesh as large as
ActionMesh's: about 20,000 vertices, 40,000 faces, 16 keys. The server takes processor time from the worker
beside it: that is not counted as the worker's, but its seconds pass.

Then some jobs with an engine that is busy for a while, as a GPU is, one at a time and two at a time: how much
of all else goes on beside it.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial, wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ParamSpec, TypeVar
from unittest.mock import patch

import cv2
import numpy as np

from actionmesh_wrapper.contract.engines import MAX_FRAMES, MIN_FRAMES, EngineFacts, FrameLimits
from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Listener
from actionmesh_wrapper.data.writing import Tools
from actionmesh_wrapper.engines import Task
from actionmesh_wrapper.engines.registry import OneAtATime
from actionmesh_wrapper.job import finish
from actionmesh_wrapper.preview.renderer import load
from actionmesh_wrapper.service.worker import Worker
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage.s3 import S3
from actionmesh_wrapper.system.memory import give_back
from bench.export import torus
from bench.grainy_clip import FPS, SECONDS, write_clip
from bench.machine import about, peak_mb
from bench.preview import processor_s
from tests.storage.s3_server import KEY, SECRET, executable, s3_server

P = ParamSpec("P")
R = TypeVar("R")

ROUNDS = 3
WIDTH, HEIGHT = 1920, 1080
VERTICES = 20_000
BUCKET = "overhead"
BUSY_S = 6.0  # of an engine that jobs take turns at
LINE = 4  # such jobs

JOBS: Mapping[str, Sequence[str]] = {
    "meshes": ("meshes", "animated_mesh"),
    "and preview": ("meshes", "animated_mesh", "preview"),
    "and all": ("meshes", "animated_mesh", "preview", "masks", "archive"),
}
SEALED = "after that: result.json sealed"
PARTS = {"  of it: frames as PNG": (Frames, "write"), "  of it: files' sums": (finish, "describe")}
STEPS = (
    "fetch",
    "sample",
    "  of it: frames as PNG",
    "animate",
    "export",
    "preview",
    "  of it: files' sums",
    "upload",
    SEALED,
)


class StandIn:
    """An engine that has its answer ready.

    Args:
        vertices: of its mesh, about.
        busy_s: seconds that it takes nevertheless, and no processor.
    """

    facts = EngineFacts(
        name="stand-in",
        title="Stand-in",
        frames=FrameLimits(MIN_FRAMES, MAX_FRAMES),
        modes={},
        stages=("animate",),
        knobs={},
        options=frozenset(),
    )
    revision = "1"
    accelerated: tuple[str, ...] = ()

    def __init__(self, vertices: int, busy_s: float) -> None:
        self._made = torus(vertices, MIN_FRAMES)
        self._busy_s = busy_s

    def stages(self, _options: Options, _num_frames: int) -> Mapping[str, float]:
        """One."""
        return {"animate": 1.0}

    def accept(self, options: Options, *, mesh: bool) -> None:
        """Takes any."""

    def find_masks(self, task: Task, listener: Listener) -> None:
        """Is not asked for."""

    def animate(self, task: Task, listener: Listener) -> Animation:
        """Shows a disc for masks, and hands the mesh out."""
        listener.step("animate", 0, 1)
        frames = task.frames
        height, width = frames.images.shape[1:3]
        mask = cv2.circle(
            np.zeros((height, width), np.uint8), (width // 2, height // 2), height // 3, 255, -1
        )
        listener.masks(np.repeat(mask[None], len(frames), axis=0))
        listener.anchor(replace(self._made, vertices=self._made.vertices[:1]))
        time.sleep(self._busy_s)
        listener.step("animate", 1, 1)
        return replace(self._made, fps=frames.fps)


@dataclass(frozen=True)
class Round:
    """One job.

    Attributes:
        seconds: by `STEPS`.
        total_s: from its start to its end.
        cpu_s: of the worker and what it started, all threads together.
        megabytes: of its results.
    """

    seconds: Mapping[str, float]
    total_s: float
    cpu_s: float
    megabytes: float


@contextmanager
def opened(
    juicefs: str, folder: Path, clip: Path, *, vertices: int = VERTICES, busy_s: float = 0.0
) -> Iterator[tuple[Worker, str]]:
    """Runs a server with a bucket; gives a worker that stores into it, and the clip's address there.

    Args:
        juicefs: the server's program.
        folder: for its data and the worker's.
        clip: the video.
        vertices: of its engine's mesh, about.
        busy_s: seconds that its engine takes.
    """
    data = folder / "s3"
    data.mkdir(parents=True)
    with s3_server(juicefs, data) as url:
        settings = Settings.from_env(
            {
                "JOBS_DIR": str(folder / "jobs"),
                "BUCKET_NAME": BUCKET,
                "BUCKET_ENDPOINT_URL": url,
                "BUCKET_ACCESS_KEY_ID": KEY,
                "BUCKET_SECRET_ACCESS_KEY": SECRET,
                "BUCKET_REGION": "us-east-1",
                "BUCKET_PRIVATE_LINKS": "true",
            }
        )
        storage = S3.from_settings(settings)
        storage.client.create_bucket(Bucket=BUCKET)
        storage.write(storage.key("clips", clip.name), clip.read_bytes())
        worker = Worker(
            settings, OneAtATime(StandIn(vertices, busy_s)), storage, tools=Tools(renderer=load(settings))
        )
        yield worker, storage.link("clips", clip.name)


def measure(worker: Worker, job_id: str, video_url: str, outputs: Sequence[str]) -> Round:
    """Runs one job."""
    seconds: dict[str, float] = {}
    data = {"video_url": video_url, "outputs": list(outputs), "cache": False}
    with ExitStack() as stack:
        for name, (owner, function) in PARTS.items():
            timed = _timed(getattr(owner, function), name, seconds)
            stack.enter_context(patch.object(owner, function, timed))
        cpu, start = processor_s(), time.perf_counter()
        result = worker.run(job_id, data, lambda _progress: None)
        total, cpu = time.perf_counter() - start, processor_s() - cpu
        give_back()  # as the handler does
    seconds |= result.timings_s | {SEALED: total - sum(result.timings_s.values())}
    return Round(seconds, total, cpu, sum(file.bytes for file in result.files.all()) / 1e6)


def in_line(worker: Worker, video_url: str, jobs: int, at_a_time: int) -> float:
    """Seconds that some jobs take, so many of which the worker has at a time."""

    def run(index: int) -> None:
        data = {"video_url": video_url, "outputs": list(JOBS["and preview"]), "cache": False}
        worker.run(f"line-{at_a_time}-{index}", data, lambda _progress: None)

    start = time.perf_counter()
    with ThreadPoolExecutor(at_a_time) as threads:
        list(threads.map(run, range(jobs)))
    return time.perf_counter() - start


def _timed(run: Callable[P, R], name: str, into: dict[str, float]) -> Callable[P, R]:
    """The same function, which notes its seconds."""

    @wraps(run)
    def timed(*args: P.args, **kwargs: P.kwargs) -> R:
        start = time.perf_counter()
        try:
            return run(*args, **kwargs)
        finally:
            into[name] = into.get(name, 0.0) + time.perf_counter() - start

    return timed


def table(rounds: Mapping[str, Sequence[Round]]) -> str:
    """The seconds of each job, medians over its rounds; parts stand below the step that they are in."""

    def line(name: str, of: Callable[[Round], float], digits: int = 3) -> str:
        medians = (statistics.median(map(of, each)) for each in rounds.values())
        return f"{name:32}" + "".join(f"{median:14.{digits}f}" for median in medians)

    return "\n".join(
        [
            f"{'':32}" + "".join(f"{name:>14}" for name in rounds),
            *(line(name, partial(_seconds, name)) for name in STEPS),
            line("all, s", lambda one: one.total_s),
            line("processor, s", lambda one: one.cpu_s),
            line("results, MB", lambda one: one.megabytes, 1),
        ]
    )


def _seconds(step: str, one: Round) -> float:
    return one.seconds.get(step, 0.0)


def main() -> None:
    """Prints the table."""
    juicefs = executable()
    if juicefs is None:
        print("bench.overhead was not run: JuiceFS is not installed")
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        clip = folder / "clip.mp4"
        write_clip(clip, WIDTH, HEIGHT)
        print(about())
        megabytes = clip.stat().st_size / 1e6
        print(f"{MIN_FRAMES} of {SECONDS * FPS} frames of {WIDTH} × {HEIGHT}, {megabytes:.1f} MB; ", end="")
        with opened(juicefs, folder / "ready", clip) as (worker, url):
            rounds = [
                {
                    kind: measure(worker, f"{number}-{index}", url, outputs)
                    for index, (kind, outputs) in enumerate(JOBS.items())
                }
                for number in range(ROUNDS)
            ]
        print(f"preview by {worker.tools.renderer.name}; median of {ROUNDS} rounds, seconds\n")
        with opened(juicefs, folder / "busy", clip, busy_s=BUSY_S) as (worker, url):
            lines = {at_a_time: in_line(worker, url, LINE, at_a_time) for at_a_time in (1, 2)}
    print(table({kind: [each[kind] for each in rounds] for kind in JOBS}))
    print(f"peak of the process, MB: {peak_mb():.0f}\n")
    print(f"{LINE} jobs, the engine busy for {BUSY_S:.0f} s in each, {LINE * BUSY_S:.0f} s in all:")
    print("\n".join(f"{at_a_time} at a time: {seconds:.1f} s" for at_a_time, seconds in lines.items()))


if __name__ == "__main__":
    main()
