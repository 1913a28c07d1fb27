"""Long clips: keys first against a chain of windows, by time, memory, seams and drift.

    python -m bench.windows                          # real size with random weights, on a GPU
    python -m bench.windows --weights FOLDER         # the real ones; previews go to the folder
    python -m bench.windows --device cpu --tiny      # whether this script works

With the real weights the clip is the sample, a walk's cycle, twice; the previews can be compared by eye.
The figures of random weights are true for time and memory alone.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import cv2
import torch

from actionmesh_wrapper import run_actionmesh
from actionmesh_wrapper.contract.engines import WindowPlan
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Step
from actionmesh_wrapper.data.quality import Quality
from actionmesh_wrapper.engines.registry import load
from actionmesh_wrapper.settings import Settings
from bench.by_stage import timed_by_stage
from bench.difference import Difference
from bench.machine import about, peak_mb
from bench.rig import machine_of, rig, settle, settled_clock, why_not
from bench.sample import write_sample
from tests.upstream.pipelines import Ours
from tests.upstream.scenes import swing

PLANS: tuple[WindowPlan, ...] = get_args(WindowPlan)
FRAMES = 76  # 5 from key to key: enough between them that are no seam
FEW: Mapping[str, Any] = {"stage_0_steps": 10, "stage_1_steps": 5}  # of random weights
OUTPUTS = ["preview", "animated_mesh"]


def line(name: str, seconds: Mapping[str, float], peak_gb: float, quality: Any) -> str:
    """A line of the table."""
    measures = (quality.seams, quality.volume_drift, quality.edge_drift)
    told = " ".join(f"{'–' if value is None else f'{value:.3f}':>8}" for value in measures)
    stages = ", ".join(f"{stage} {taken:.2f}" for stage, taken in seconds.items())
    return f"{name:6} {sum(seconds.values()):8.2f} {peak_gb:8.2f} {told}  {stages}"


def with_random_weights(size: str, device: str, frames: int) -> Iterator[str]:
    """The table's lines; the last says how far the two animations are from each other."""
    with rig(size, device) as on:
        yield f"{machine_of(on.device)}; {frames} frames, random weights, {size}"
        ours, clip, made = on.ours(), swing(frames), []
        for plan in PLANS:
            _start(on.device)
            animation, seconds = timed_by_stage(
                partial(_run, ours, clip, plan),
                lambda: settled_clock(on.device),
            )
            made.append(animation)
            yield line(plan, seconds, _peak_gb(on.device), animation.quality or Quality(None, None, 0.0))
        yield f"keys against chain: {Difference.of(*made)}"


def with_real_weights(folder: Path, frames: int) -> Iterator[str]:
    """The table's lines; previews go to the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = load(Settings(engine="actionmesh"))
    device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    yield f"{about()}; {frames} frames of the sample, real weights, mode fast"
    with TemporaryDirectory() as name:
        clip = twice(write_sample(Path(name) / "sample.mp4"), Path(name) / "frames")
        for plan in PLANS:
            work = Path(name) / plan
            _start(device)
            made = run_actionmesh(
                clip, work, fast=True, engine=engine, outputs=OUTPUTS, num_frames=frames, windows=plan
            )
            shutil.copy(work / "preview.mp4", folder / f"windows-{plan}.mp4")
            shutil.copy(work / "poster.png", folder / f"windows-{plan}.png")
            yield line(plan, made.timings_s, _peak_gb(device), made.quality)
            for warning in made.warnings:
                yield f"       {warning.code}: {warning.message}"


def twice(video: Path, folder: Path) -> Path:
    """The pictures of a video, two times over, in a folder that is made."""
    folder.mkdir()
    reader, pictures = cv2.VideoCapture(str(video)), []
    while (picture := reader.read()[1]) is not None:
        pictures.append(picture)
    for index, picture in enumerate([*pictures, *pictures]):
        cv2.imwrite(str(folder / f"{index:03d}.png"), picture)
    return folder


def _run(ours: Ours, clip: Frames, plan: WindowPlan, step: Step) -> Animation:
    return ours(clip, step=step, windows=plan, **FEW)


def _start(device: torch.device) -> None:
    settle(device)
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats()


def _peak_gb(device: torch.device) -> float:
    return torch.cuda.max_memory_allocated() / 1e9 if device.type == "cuda" else peak_mb() / 1e3


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", type=Path, metavar="FOLDER", help="the real ones; for the previews")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--tiny", action="store_const", const="tiny", default="real", dest="size")
    parser.add_argument("--frames", type=int, default=FRAMES)
    options = parser.parse_args()
    start = time.perf_counter()
    if options.weights is None and (why := why_not(options.device)):
        raise SystemExit(f"bench.windows was not run: {why}")
    head = (
        f"{'plan':6} {'job, s':>8} {'peak GB':>8} {'seams':>8} {'volume':>8} {'edges':>8}  seconds by stage"
    )
    lines = (
        with_random_weights(options.size, options.device, options.frames)
        if options.weights is None
        else with_real_weights(options.weights, options.frames)
    )
    print(next(lines), head, sep="\n")
    for each in lines:
        print(each, flush=True)
    print(f"{time.perf_counter() - start:.0f} s in all", file=sys.stderr)


if __name__ == "__main__":
    main()
