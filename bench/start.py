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
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any

from bench.machine import about, peak_mb
from tests.upstream.home import find_sources, missing_sources
from tests.upstream.sizes import SIZES

HANDLER, CODE = "Python, handler, RunPod's SDK", "PyTorch, ActionMesh's code"
LOADERS = {
    "image_to_3d_pipe": "_load_image_to_3d",
    "image_encoder": "_load_image_encoder",
    "temporal_3D_denoiser": "_load_temporal_denoiser",
    "temporal_3D_vae": "_load_temporal_vae",
}
"""The models of ActionMesh's pipeline, and its methods that load them."""

Seconds = dict[str, float]
Which = str
Models = Mapping[str, tuple[Callable[[], object], Callable[[], object]]]
"""What loads each model, and what drops it."""


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
        models = _ours(home) if which == "ours" else _theirs(home)
        clock.lap(CODE)
        for name, (load, drop) in models.items():
            load()
            clock.lap(f"load {name}")
            drop()
            gc.collect()
            clock.skip()


def _ours(home: Path) -> Models:
    import torch  # noqa: PLC0415 – as above

    from actionmesh_wrapper.contract.acceleration import EXACT  # noqa: PLC0415
    from actionmesh_wrapper.engines.actionmesh import upstream  # noqa: PLC0415
    from tests.upstream.pipelines import FOLDERS  # noqa: PLC0415

    weights = {name: home / "pretrained_weights" / name for name in FOLDERS}
    device, dtype = torch.device("cpu"), torch.bfloat16
    pipe = upstream.make_pipeline(weights, home / "configs", device, dtype)
    parts = upstream.pooled_models(pipe, weights, tuple(EXACT), dtype)
    return {name: (parts[name].load, parts[name].drop) for name in LOADERS}


def _theirs(home: Path) -> Models:
    from actionmesh.pipeline import ActionMeshPipeline  # noqa: PLC0415 – as above

    os.chdir(home)
    pipe = ActionMeshPipeline("actionmesh.yaml", str(home / "configs"), lazy_loading=True).to("cpu")
    return {
        name: (getattr(pipe, loader), partial(setattr, pipe, name, None)) for name, loader in LOADERS.items()
    }


def alone(which: Which, home: Path, since: float) -> None:
    """Starts one of the two in this process, and prints seconds by step and the peak in MB, as JSON."""
    clock = Clock(since)
    start(which, home, clock)
    print(json.dumps({"seconds": clock.seconds, "peak": peak_mb()}))


def measured(which: Which, home: Path) -> dict[str, Any]:
    """The same in a new process; its seconds count from before its start."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.start", "--alone", which, "--home", str(home)]
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


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=list(SIZES), default="quarter")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone", choices=("ours", "theirs"), help=argparse.SUPPRESS)  # by `measured`
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--since", type=float, default=0.0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        alone(options.alone, options.home, options.since)
        return
    if why := missing_sources(os.environ):
        print(f"bench.start was not run: {why}")
        return
    from bench.rig import laid  # noqa: PLC0415 – PyTorch, which the processes that are measured import themselves

    home = laid(options.size)
    print(about())
    print(f"{options.size} size, {options.rounds} rounds, medians\n")
    print(table([(measured("ours", home), measured("theirs", home)) for _ in range(options.rounds)]))


if __name__ == "__main__":
    main()
