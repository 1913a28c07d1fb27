"""Proves a card: all that is worth knowing of the actionmesh engine on one GPU, by one command, on one page.

    python -m bench.first_gpu            # with the real weights, which are found as the worker finds them
    python -m bench.first_gpu --quick    # with random weights, in under 15 minutes
    python -m bench.first_gpu --tiny     # whether this script works: tiny random weights on a processor

Each part is a process of its own: one that fails, hangs or loses the GPU costs no other. What it prints is
kept as it comes, and the page is written anew after each, so that a loan that ends early keeps what was done.
The page, ``first-gpu.json`` and the pictures lie in one folder below ``bench/results``, tiny ones below
``outputs``.
"""

import argparse
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.machine import about

ROOT = Path(__file__).resolve().parent.parent
RESULTS, TINY_RESULTS = ROOT / "bench/results", ROOT / "outputs"
QUICK_MINUTES, ALL_MINUTES = 14.0, 90.0
LEAST_S = 20.0  # a part with less time than this is not begun
SHOWN_LINES = 120  # of a part's output, the last, on the page; its log has all


@dataclass(frozen=True)
class Part:
    """One thing to know.

    Attributes:
        name: of its log.
        title: on the page.
        module: that is run, and its arguments.
        most_s: seconds after which it is stopped.
    """

    name: str
    title: str
    module: Sequence[str]
    most_s: float

    @property
    def command(self) -> list[str]:
        """What is run."""
        return [sys.executable, "-m", *self.module]


@dataclass(frozen=True)
class Outcome:
    """What became of a part.

    Attributes:
        name, title: the part's.
        command: as it would be typed.
        status: ``ok``, ``failed``, ``stopped`` after its time, or ``not run``.
        seconds: that it took.
        output: what it printed; of one that did not end well its errors, too.
    """

    name: str
    title: str
    command: str
    status: str
    seconds: float
    output: str


@dataclass
class Report:
    """The page.

    Attributes:
        machine: system, processors, Python.
        device: the GPU, its driver and PyTorch's version.
        weights: which ones.
        date: of the run.
        outcomes: of the parts so far.
    """

    machine: str
    device: str
    weights: str
    date: str
    outcomes: list[Outcome] = field(default_factory=list)

    def save(self, folder: Path) -> Path:
        """Writes the page and the JSON; returns the page's path."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        (folder / "first-gpu.json").write_text(text + "\n", "utf-8")
        page = folder / "README.md"
        page.write_text(self.markdown(folder), "utf-8")
        return page

    def markdown(self, folder: Path) -> str:
        """The page, with the pictures that lie in the folder."""
        rows = [f"| {one.title} | {one.status} | {one.seconds:.0f} |" for one in self.outcomes]
        pictures = [f"![{path.stem}]({path.name})" for path in sorted(folder.glob("*.png"))]
        sections = []
        for one in self.outcomes:
            shown = "\n".join(one.output.rstrip().splitlines()[-SHOWN_LINES:])
            sections += [f"## {one.title}", "", f"`{one.command}`", "", "```", shown, "```", ""]
        heads = ["| Part | Status | Seconds |", "|---|---|---|"]
        facts = [f"- {self.device}", f"- {self.machine}", f"- {self.weights}", f"- {self.date}"]
        lines = ["# First contact with a GPU", "", *facts, "", *heads, *rows, ""]
        return "\n".join([*lines, *([" ".join(pictures), ""] if pictures else []), *sections])


def parts(folder: Path, *, size: str) -> list[Part]:
    """What is run, the most important first.

    Args:
        folder: where pictures go.
        size: ``weights`` with the real ones, ``random`` with random ones of the real size, ``tiny``.
    """
    tiny = ["--device", "cpu", "--tiny"] if size == "tiny" else []
    together = ["bench.speed", *tiny, "--only", "none", "all"]
    alone = Part("self-test", "The start's checks", ["bench.self_test", *tiny[:2]], 120)
    checks = [
        Part("modes", "Every mode: memory, equality with upstream, failures", ["bench.gpu", *tiny], 480),
        Part("speed", "Upstream, no changes, those on by default", [*together, "--rounds", "2"], 300),
        Part("noise", "The model's own noise, and changes beside it", ["bench.floor", *tiny], 400),
        Part("changes", "Each change", ["bench.speed", *tiny, "--rounds", "1"], 600),
    ]
    long = ["bench.windows", *(["--weights", str(folder)] if size == "weights" else tiny)]
    windows = Part("windows", "Long clips: keys first against a chain", long, 900)
    if size != "weights":
        return [alone, *checks, windows]
    real = [
        Part("sample", "The sample in every mode", ["bench.modes", str(folder)], 1200),
        Part("actionbench", "ActionBench", ["bench.actionbench", "--samples", "4"], 1800),
    ]
    return [alone, *real, windows, *checks]


def run(part: Part, folder: Path, left_s: float, environ: Mapping[str, str]) -> Outcome:
    """Runs a part, prints what it prints, and keeps that and its errors in its log.

    Args:
        part: what to run.
        folder: for the log.
        left_s: seconds that remain for all.
        environ: of the process.
    """
    command = shlex.join(["python", *part.command[1:]])
    most_s = min(part.most_s, left_s)
    if most_s < LEAST_S:
        return Outcome(part.name, part.title, command, "not run", 0.0, "No time was left for it.")
    print(f"\n== {part.title}: {command}", flush=True)
    start = time.perf_counter()
    is_late = threading.Event()
    log_file, lines = folder / f"{part.name}.log", []
    log_file.unlink(missing_ok=True)
    with (
        log_file.open("a", encoding="utf-8") as log,
        subprocess.Popen(
            part.command,
            cwd=ROOT,
            env=dict(environ),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as process,
    ):
        stop = threading.Timer(most_s, _stop, (process, is_late))
        stop.start()
        try:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                log.write(line)
                log.flush()
                lines.append(line)
            code = process.wait()
        finally:
            stop.cancel()
            _end(process)
    status = "stopped" if is_late.is_set() else "ok" if code == 0 else "failed"
    output = "".join(lines) if status == "ok" else log_file.read_text("utf-8", "replace")
    return Outcome(part.name, part.title, command, status, time.perf_counter() - start, output)


def _stop(process: subprocess.Popen[str], is_late: threading.Event) -> None:
    is_late.set()
    _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """Ends a process and what it started, which may outlive it and hold its output open."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def device_of(size: str) -> str:
    """The GPU, its memory, compute capability and driver, as PyTorch and nvidia-smi see them.

    Raises:
        SystemExit: if there is none, and one is needed.
    """
    import torch  # noqa: PLC0415 – the tests of this file need none

    if size == "tiny":
        return f"The processor; PyTorch {torch.__version__}"
    if not torch.cuda.is_available():
        raise SystemExit("bench.first_gpu was not run: PyTorch finds no GPU here")
    facts = torch.cuda.get_device_properties(0)
    query = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader", "--id=0"]
    driver = subprocess.run(query, check=False, capture_output=True, text=True).stdout.strip() or "unknown"
    return (
        f"{facts.name}, {facts.total_memory / 1e9:.1f} GB, compute capability {facts.major}.{facts.minor}; "
        f"driver {driver}; PyTorch {torch.__version__}, CUDA {torch.version.cuda}"
    )


def main() -> None:
    """Runs all parts; ends with status 1 if one failed or was stopped."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--quick", dest="size", action="store_const", const="random", default="weights")
    sizes.add_argument("--tiny", dest="size", action="store_const", const="tiny")
    parser.add_argument("--minutes", type=float, help=f"for all: {QUICK_MINUTES:.0f}, {ALL_MINUTES:.0f}")
    parser.add_argument("--only", nargs="+", default=[], metavar="PART", help="names of parts")
    options = parser.parse_args()
    names = [part.name for part in parts(Path(), size=options.size)]
    if unknown := [name for name in options.only if name not in names]:
        parser.error(f"--only: {', '.join(unknown)}: not among {', '.join(names)}")
    default_minutes = ALL_MINUTES if options.size == "weights" else QUICK_MINUTES
    minutes = default_minutes if options.minutes is None else options.minutes
    device = device_of(options.size)
    slug = "-".join(re.findall(r"[a-z0-9]+", device.split(",")[0].split(";")[0].lower()))
    kind = [] if options.size == "weights" else [options.size]
    folder = (TINY_RESULTS if options.size == "tiny" else RESULTS) / "-".join(["first-gpu", slug, *kind])
    folder.mkdir(parents=True, exist_ok=True)
    weights = {"weights": "The real weights", "random": "Random weights", "tiny": "Tiny random weights"}
    report = Report(about(), device, weights[options.size], datetime.now(UTC).date().isoformat())
    end = time.perf_counter() + minutes * 60
    for part in parts(folder, size=options.size):
        if options.only and part.name not in options.only:
            continue
        report.outcomes.append(run(part, folder, end - time.perf_counter(), os.environ))
        report.save(folder)
    print(f"\n{report.save(folder)}")
    if bad := [one.title for one in report.outcomes if one.status != "ok"]:
        raise SystemExit(f"NOT ALL OF IT WAS RUN WELL: {'; '.join(bad)}")


if __name__ == "__main__":
    main()
