"""The actionmesh engine against upstream's own ``__call__``, with the same frames, seed, knobs and weights.

    python -m bench.engine            # a quarter of the real widths, on a processor
    python -m bench.engine --real     # the real sizes, on a GPU; the first run writes 16 GB of weights

ACTIONMESH_SRC and TRIPOSG_SRC name checkouts of upstream's code. The weights are random, so meshes mean
nothing, but time and memory do, and the two outputs must be equal bit for bit. Each round runs ours and then
upstream's, so that a busy moment of the machine meets both. Peak memory is that of a process of its own that
loads one of the two and runs one job: upstream's is what its script does for each clip.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from actionmesh_wrapper.contract.engines import Mode
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Step
from bench.by_stage import timed_by_stage, upstream_tells
from bench.machine import about, peak_mb
from bench.preparation import report as report_preparation
from bench.rig import Rig, machine_of, rig, settle, settled_clock, why_not
from tests.upstream.likeness import same
from tests.upstream.pipelines import Ours, Theirs
from tests.upstream.scenes import swing

Timed = tuple[Animation, dict[str, float]]  # with seconds by stage

FRAMES = (16, 20)  # one window; two, of which the second knows eleven of its meshes


@dataclass(frozen=True)
class Round:
    """Seconds of one job: the whole of it and its Stage II, ours and upstream's."""

    ours: float
    theirs: float
    ours_stage_2: float
    theirs_stage_2: float


class Warm:
    """Both loaded once."""

    def __init__(self, on: Rig, mode: Mode) -> None:
        self._device, self._mode = on.device, mode
        self.ours: Ours = on.ours()
        self._theirs: Theirs = on.theirs()
        self._pipe = self._theirs.load(mode)

    def round(self, count: int) -> Round:
        """One job of so many frames by each."""
        clip = swing(count)
        (mine, ours), (other, theirs) = self._ours(clip), self._upstream(clip)
        if not same(mine, other):
            raise SystemExit(f"{count} frames: the outputs differ")
        return Round(sum(ours.values()), sum(theirs.values()), ours["stage_2"], theirs["stage_2"])

    def job(self) -> float:
        """Seconds of one job of ours, 16 frames."""
        return sum(self._ours(swing(FRAMES[0]))[1].values())

    def _ours(self, clip: Frames) -> Timed:
        return self._timed(lambda step: self.ours(clip, mode=self._mode, step=step))

    def _upstream(self, clip: Frames) -> Timed:
        def run(step: Step) -> Animation:
            with upstream_tells(self._pipe, step):
                return self._theirs.run(self._pipe, clip)

        return self._timed(run)

    def _timed(self, run: Callable[[Step], Animation]) -> Timed:
        return timed_by_stage(run, lambda: settled_clock(self._device))


def run_alone(which: str, on: Rig, mode: Mode) -> None:
    """Loads one of the two, runs one job of 16 frames, and prints peaks in MB and seconds, as JSON."""
    clip = swing(FRAMES[0])
    if which == "ours":
        on.ours()(clip, mode=mode)
    else:
        on.theirs()(clip, mode)
    settle(on.device)
    gpu = torch.cuda.max_memory_allocated(on.device) / 1e6 if on.device.type == "cuda" else 0.0
    print(json.dumps({"host": peak_mb(), "gpu": gpu, "processor_s": time.process_time()}))


def alone(which: str, options: argparse.Namespace) -> tuple[float, dict[str, float]]:
    """Seconds of a whole process, from its start to its end, and what it told."""
    command = [sys.executable, "-m", "bench.engine", "--alone", which, "--mode", options.mode]
    start = time.perf_counter()
    done = subprocess.run(
        [*command, *(["--real"] if options.real else [])], check=True, stdout=subprocess.PIPE, text=True
    )
    seconds = time.perf_counter() - start
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return seconds if options.real else told["processor_s"], told


def report_pairs(warm: Warm, rounds: int) -> None:
    """Prints the table of jobs, medians over the rounds."""
    print("\nOne job, both loaded; the outputs were equal bit for bit in every round.")
    print(f"{'':10} {'whole job, s':>21} {'':>6} {'its Stage II, s':>21} {'':>6}")
    print(
        f"{'frames':10} {'ours':>10} {'upstream':>10} {'ratio':>6} {'ours':>10} {'upstream':>10} {'ratio':>6}"
    )
    for count in FRAMES:
        runs = [warm.round(count) for _ in range(rounds)]
        whole = _columns([(run.ours, run.theirs) for run in runs])
        stage_2 = _columns([(run.ours_stage_2, run.theirs_stage_2) for run in runs])
        print(f"{count:<10} {whole} {stage_2}")


def _columns(pairs: list[tuple[float, float]]) -> str:
    """Median of each, and the median of the rounds' ratios."""
    ours, theirs = (statistics.median(pair[index] for pair in pairs) for index in (0, 1))
    ratio = statistics.median(mine / other for mine, other in pairs)
    return f"{ours:10.2f} {theirs:10.2f} {ratio:6.2f}"


def report_processes(warm: Warm, options: argparse.Namespace) -> None:
    """Prints what a process for each job costs against a warm job, and the peaks of both."""
    pairs, told = [], {}
    for _ in range(options.rounds):
        seconds, told["upstream"] = alone("theirs", options)
        pairs.append((seconds, warm.job()))
    _, told["ours"] = alone("ours", options)
    cold, hot = (statistics.median(pair[index] for pair in pairs) for index in (0, 1))
    ratio = statistics.median(seconds / job for seconds, job in pairs)
    print(f"\nA new process, full load and job by upstream's steps: {cold:.1f} s; our warm job: {hot:.1f} s;")
    print(f"ratio {ratio:.2f} (16 frames; the files were in the system's cache)")
    print(f"\n{'peak MB of a process':22} {'ours':>10} {'upstream':>10} {'ratio':>6}")
    for kind in ("host", "gpu") if options.real else ("host",):
        mine, other = told["ours"][kind], told["upstream"][kind]
        print(f"{kind:22} {mine:10.0f} {other:10.0f} {mine / other:6.2f}")


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--real", action="store_true", help="the real sizes, on a GPU")
    parser.add_argument("--mode", choices=("default", "fast", "low_ram", "fast_low_ram"), default="default")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone", choices=("ours", "theirs"), help=argparse.SUPPRESS)  # by `alone`
    options = parser.parse_args()
    device = "cuda" if options.real else "cpu"
    if why := why_not(device):
        print(f"bench.engine was not run: {why}")
        return
    size = "real" if options.real else "quarter"
    with rig(size, device) as on:
        if options.alone:
            run_alone(options.alone, on, options.mode)
            return
        print(about(), machine_of(on.device), sep="\n")
        print(f"{size} size, mode {options.mode}, {options.rounds} rounds, medians")
        warm = Warm(on, options.mode)
        report_pairs(warm, options.rounds)
        report_processes(warm, options)
        report_preparation(options.rounds)


if __name__ == "__main__":
    main()
