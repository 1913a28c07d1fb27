"""What each change makes of a job's time, memory and output, beside upstream's own ``__call__``.

    python -m bench.speed                          # real size, on a GPU; the first run writes 16 GB
    python -m bench.speed --full --only none all   # with all steps; these two alone
    python -m bench.speed --device cpu --quarter   # a quarter of the real widths, on a processor

Both have the same random weights, frames, seed and knobs. Upstream's pipeline is loaded once and stays; our
engine is loaded anew for each set of changes, runs a first job, and then its rounds: a job of ours, and one
of upstream's, so that a busy moment of the machine meets both. With ``--save`` the tables are kept below
``bench/results``, row by row; rows of the same settings that were kept before stay.
"""

import argparse
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import torch
from torch._inductor.utils import fresh_cache

from actionmesh_wrapper.contract.acceleration import CLOSE, EXACT, LOSSY, choose
from actionmesh_wrapper.contract.engines import Mode
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Step
from actionmesh_wrapper.engines.actionmesh.accelerate import in_effect
from actionmesh_wrapper.engines.actionmesh.gpu import free
from actionmesh_wrapper.errors import StartError
from bench.by_stage import timed_by_stage, upstream_tells
from bench.difference import Difference, worst
from bench.flops import SCALED, count
from bench.machine import about, peak_mb
from bench.rig import Rig, machine_of, rig, settle, settled_clock, why_not
from bench.speed_report import UPSTREAM, Report, Row, Settings
from tests.upstream.pipelines import Ours
from tests.upstream.scenes import swing

RESULTS = Path(__file__).parent / "results"
FEW = {"stage_0_steps": 10, "stage_1_steps": 5}  # at real size, so that each change has its turn
COUNTED = {"stage_1_steps": 2}  # of a job whose operations are counted


def sets(device: torch.device) -> list[str]:
    """As `choose` reads them: none, each alone, exact, all, these with each lossy one, and everything."""
    alone, lossy = (
        [name for name in names if can_be_on(name, device)] for names in ((*EXACT, *CLOSE), LOSSY)
    )
    together = [",".join(["all", *names]) for names in ((), *((name,) for name in lossy), lossy)]
    return list(dict.fromkeys(["none", *alone, *lossy, "exact", *together]))


def can_be_on(name: str, device: torch.device) -> bool:
    """Whether a change does anything on a device; tells what it lacks, if that is why not."""
    try:
        return bool(in_effect([name], device, resident=True))
    except StartError as error:
        print(f"{name} is left out: {error}", file=sys.stderr)
        return False


@dataclass(frozen=True)
class Job:
    """One that was run."""

    animation: Animation
    seconds: Mapping[str, float]
    by_clock: float
    peak: int


class Bench:
    """Upstream's pipeline, loaded, and its first job run.

    Args:
        on: both, on one device.
        mode, frames: of the job.
        knobs: its steps, where they are not the preset's.
        rounds: of each set.
    """

    def __init__(self, on: Rig, mode: Mode, frames: int, knobs: Mapping[str, Any], rounds: int) -> None:
        self._on, self._mode, self._knobs, self._rounds = on, mode, knobs, rounds
        self._clip = swing(frames)
        self._theirs = on.theirs()
        held, start = self._held(), time.perf_counter()
        self._pipe = self._theirs.load(mode)
        self._load_s = time.perf_counter() - start
        self._first = self._upstream()
        self._peak = self._first.peak - held
        self._jobs: list[Job] = []

    def measure(self, names: str) -> tuple[Row, dict[str, float]]:
        """A set's row, with upstream's jobs beside; without changes a job's operations by stage, too.

        Nothing that was compiled for another set is there for it.
        """
        held = self._held()
        with fresh_cache():
            start = time.perf_counter()
            changes = in_effect(choose(names), self._on.device, resident=True)
            ours = Ours(self._on.home, device=self._on.device, accelerate=changes)
            settle(self._on.device)
            load_s = time.perf_counter() - start
            first = self._ours(ours)
            pairs = [(self._ours(ours), self._upstream()) for _ in range(self._rounds)]
        torch.compiler.reset()
        mine, theirs = [first, *(pair[0] for pair in pairs)], [pair[1] for pair in pairs]
        self._jobs += theirs
        peak = max(job.peak for job in mine) - held
        return self._row(names, load_s, mine, theirs, peak), {} if changes else self._operations(ours)

    def upstream_row(self) -> Row:
        """Upstream's jobs so far, of which the first is the one that all are held to."""
        return self._row(UPSTREAM, self._load_s, [self._first, *self._jobs], self._jobs, self._peak)

    def _operations(self, ours: Ours) -> dict[str, float]:
        """Of a job by stage, of an engine that has run one."""
        steps = max(of for stage, _, of in ours.steps if stage == SCALED)
        return count(lambda step: self._run(ours, step, **COUNTED), steps)

    def _run(self, ours: Ours, step: Step, **knobs: Any) -> Animation:
        return ours(self._clip, mode=self._mode, step=step, **{**self._knobs, **knobs})

    def _ours(self, ours: Ours) -> Job:
        return self._timed(lambda step: self._run(ours, step))

    def _upstream(self) -> Job:
        def run(step: Step) -> Animation:
            with upstream_tells(self._pipe, step):
                return self._theirs.run(self._pipe, self._clip, **self._knobs)

        return self._timed(run)

    def _timed(self, run: Callable[[Step], Animation]) -> Job:
        device = self._on.device
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)

        start = time.perf_counter()
        animation, seconds = timed_by_stage(run, lambda: settled_clock(device))
        by_clock = time.perf_counter() - start
        peak = torch.cuda.max_memory_allocated(device) if device.type == "cuda" else 0
        return Job(animation, seconds, by_clock, peak)

    def _row(self, name: str, load_s: float, jobs: list[Job], theirs: list[Job], peak: int) -> Row:
        expected = self._first.animation
        return Row(
            name=name,
            date=datetime.now(UTC).date().isoformat(),
            load_s=load_s,
            first_job_s=jobs[0].by_clock,
            rounds=[job.seconds for job in jobs[1:]],
            upstream=[job.seconds for job in theirs],
            output=worst(Difference.of(job.animation, expected) for job in jobs),
            peak_gb=peak / 1e9 if self._on.device.type == "cuda" else None,
        )

    def _held(self) -> int:
        """Memory of the GPU that is in use, once what nothing uses is given back."""
        free(self._on.device)
        return int(torch.cuda.memory_allocated(self._on.device)) if self._on.device.type == "cuda" else 0


def measure(bench: Bench, report: Report, names: list[str], folder: Path | None) -> list[str]:
    """Adds a row for each set of changes to a report, and saves it after each if there is a folder.

    Returns:
        The sets that failed: one that does is no reason to lose the others.
    """
    failed = []
    for name in names:
        try:
            row, operations = bench.measure(name)
        except Exception:  # noqa: BLE001 – whatever a GPU says to it
            traceback.print_exc()
            failed.append(name)
            continue
        report.operations |= operations
        report.rows |= {UPSTREAM: bench.upstream_row(), name: row}
        print(row, file=sys.stderr, flush=True)
        if folder is not None:
            report.save(folder)
    return failed


def names_of(text: str) -> str:
    """A set of changes that `choose` can read."""
    try:
        choose(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--quarter", dest="sizes", action="store_const", const="quarter", default="real")
    parser.add_argument("--tiny", dest="sizes", action="store_const", const="tiny")
    parser.add_argument("--mode", choices=get_args(Mode), default="default")
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--full", action="store_true", help="at real size all steps of the preset, not a few")
    for name, steps in FEW.items():
        told = f"the preset's; at real size {steps} without --full"
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, help=told)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", type=names_of, nargs="+", metavar="NAMES", help="none, all or all,compile")
    parser.add_argument("--save", action="store_true", help="keep the tables below bench/results")
    options = parser.parse_args()
    if options.device == "cpu" and options.sizes == "real":
        parser.error("at real size a processor would take days: --device cpu needs --quarter or --tiny")
    knobs = dict(FEW) if options.sizes == "real" and not options.full else {}
    asked = {name: getattr(options, name) for name in FEW}
    options.knobs = knobs | {name: steps for name, steps in asked.items() if steps is not None}
    return options


def main() -> None:
    """Prints the tables."""
    options = arguments()
    if why := why_not(options.device):
        print(f"bench.speed was not run: {why}")
        return
    with rig(options.sizes, options.device) as on:
        gpu = on.device.type == "cuda"
        settings = Settings(
            machine=about(),
            torch=machine_of(on.device),
            device=torch.cuda.get_device_name(on.device) if gpu else "cpu",
            sizes=options.sizes,
            mode=options.mode,
            frames=options.frames,
            steps=options.knobs,
            rounds=options.rounds,
        )
        report = Report(settings)
        bench = Bench(on, options.mode, options.frames, options.knobs, options.rounds)
        names = options.only or sets(on.device)
        failed = measure(bench, report, names, RESULTS if options.save else None)
    print(report.markdown())
    print(f"\nPeak of the process: {peak_mb():.0f} MB.")
    if failed:
        raise SystemExit(f"FAILED: {'; '.join(failed)}")


if __name__ == "__main__":
    main()
