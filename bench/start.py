"""From the start of a process until the models are loaded: ours beside ActionMesh's own, step by step.

    python -m bench.start                # a quarter of the real widths
    python -m bench.start --size real    # the real sizes; the first run writes 16 GB of weights

ACTIONMESH_SRC and TRIPOSG_SRC name checkouts of upstream's code. Each round starts a process of each, in
turn. Models with random weights are loaded into the processor's memory one by one, each dropped before the
next, so that their files stay in the system's cache. Not measured: what a GPU and a cold disk add, the hashes
of the weights, RMBG and SAM 2.
"""

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.machine import about, peak_mb
from tests.upstream.home import find_sources, lay, missing_sources
from tests.upstream.sizes import QUARTER, REAL, TINY

if TYPE_CHECKING:
    from actionmesh_wrapper.engines.actionmesh.shelf import Part

OUTPUTS = Path(__file__).resolve().parents[1] / "outputs"
SIZES = {"tiny": TINY, "quarter": QUARTER, "real": REAL}
MODELS = ("image_to_3d_pipe", "image_encoder", "temporal_3D_denoiser", "temporal_3D_vae")
HANDLER, CODE = "Python, handler, RunPod's SDK", "PyTorch, ActionMesh's code"
LOADS = {name: f"load {name}" for name in MODELS}

Seconds = dict[str, float]
Which = str


class Clock:
    """Seconds by step, each from the end of the one before.

    Args:
        since: when the first began, seconds of `time.time`.
    """

    def __init__(self, since: float) -> None:
        self.seconds: Seconds = {}
        self._since = since

    def lap(self, step: str) -> None:
        """Ends a step."""
        now = time.time()
        self.seconds[step] = now - self._since
        self._since = now

    def skip(self) -> None:
        """Leaves out the time since the last step."""
        self._since = time.time()


def start(which: Which, home: Path, clock: Clock) -> None:
    """Imports and loads what a worker of ours, or ActionMesh's own script, does first."""
    if which == "ours":
        import handler  # noqa: F401, PLC0415 – what it takes is measured
    clock.lap(HANDLER)
    with redirect_stdout(sys.stderr):  # upstream's loaders print
        find_sources(os.environ)
        parts = _ours(home) if which == "ours" else _theirs(home)
        clock.lap(CODE)
        for name, part in parts.items():
            part.load()
            clock.lap(LOADS[name])
            part.drop()
            gc.collect()
            clock.skip()


def _ours(home: Path) -> "Mapping[str, Part]":
    import torch  # noqa: PLC0415 – as above

    from actionmesh_wrapper.acceleration import EXACT  # noqa: PLC0415
    from actionmesh_wrapper.engines.actionmesh import upstream  # noqa: PLC0415

    weights = {
        name: home / "pretrained_weights" / name for name in ("ActionMesh", "TripoSG", "dinov2", "RMBG")
    }
    device, dtype = torch.device("cpu"), torch.bfloat16
    pipe = upstream.make_pipeline(weights, home / "configs", device, dtype)
    parts = upstream.parts(pipe, weights, tuple(EXACT), dtype)
    return {name: parts[name] for name in MODELS}


def _theirs(home: Path) -> "Mapping[str, Part]":
    from actionmesh.pipeline import ActionMeshPipeline  # noqa: PLC0415 – as above

    from actionmesh_wrapper.engines.actionmesh.shelf import Part  # noqa: PLC0415 – the form alone is ours

    os.chdir(home)
    pipe = ActionMeshPipeline("actionmesh.yaml", str(home / "configs"), lazy_loading=True).to("cpu")
    loads = ("image_to_3d", "image_encoder", "temporal_denoiser", "temporal_vae")
    return {
        name: Part(getattr(pipe, f"_load_{load}"), partial(setattr, pipe, name, None))
        for name, load in zip(MODELS, loads, strict=True)
    }


def alone(which: Which, size: str, since: float) -> None:
    """Starts one of the two in this process, and prints seconds by step and the peak in MB, as JSON."""
    clock = Clock(since)
    start(which, _home(size), clock)
    print(json.dumps({"seconds": clock.seconds, "peak": peak_mb()}))


def measured(which: Which, size: str) -> dict[str, Any]:
    """The same in a new process; its seconds count from before its start."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.start", "--size", size, "--alone", which]
    done = subprocess.run(
        [*command, "--since", str(time.time())], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def table(rounds: list[tuple[dict[str, Any], dict[str, Any]]]) -> str:
    """A Markdown table of ours and upstream's: medians over the rounds, and the median of their ratios."""
    rows = ["| Step | Ours, s | ActionMesh's own, s | Ratio |", "|---|---|---|---|"]
    for step in rounds[0][0]["seconds"]:
        pairs = [(mine["seconds"][step], other["seconds"][step]) for mine, other in rounds]
        rows.append(_row(step, pairs))
    rows.append(_row("all", [(_total(mine), _total(other)) for mine, other in rounds]))
    rows.append(_row("peak memory, MB", [(mine["peak"], other["peak"]) for mine, other in rounds], digits=0))
    return "\n".join(rows)


def _total(found: Mapping[str, Any]) -> float:
    seconds: Seconds = found["seconds"]
    return sum(seconds.values())


def _row(name: str, pairs: list[tuple[float, float]], digits: int = 2) -> str:
    mine, other = (statistics.median(pair[index] for pair in pairs) for index in (0, 1))
    ratio = statistics.median(pair[0] / pair[1] for pair in pairs)
    return f"| {name} | {mine:.{digits}f} | {other:.{digits}f} | {ratio:.2f} |"


def _home(size: str) -> Path:
    return OUTPUTS / "random-weights" / size


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=list(SIZES), default="quarter")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone", choices=("ours", "theirs"), help=argparse.SUPPRESS)  # by `measured`
    parser.add_argument("--since", type=float, default=0.0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        alone(options.alone, options.size, options.since)
        return
    if why := missing_sources(os.environ):
        print(f"bench.start was not run: {why}")
        return
    home = _home(options.size)
    home.mkdir(parents=True, exist_ok=True)
    lay(home, find_sources(os.environ), SIZES[options.size])
    print(about())
    print(f"{options.size} size, {options.rounds} rounds, medians\n")
    print(
        table(
            [
                (measured("ours", options.size), measured("theirs", options.size))
                for _ in range(options.rounds)
            ]
        )
    )


if __name__ == "__main__":
    main()
