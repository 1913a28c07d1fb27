"""The sample through the actionmesh engine with the real weights, in every mode.

    python -m bench.modes FOLDER    # on a GPU; a picture of each goes to the folder

The engine is loaded once, as in a worker; the weights are found as a worker finds them. Each mode's job is
run twice: the first may compile and warm up.
"""

import argparse
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import torch

from actionmesh_wrapper import run_actionmesh
from actionmesh_wrapper.contract.engines import Mode
from actionmesh_wrapper.engines import Engine
from actionmesh_wrapper.engines.registry import load
from actionmesh_wrapper.settings import Settings
from bench.machine import about
from bench.sample import write_sample

OUTPUTS = ["meshes", "animated_mesh", "preview"]


def measure(engine: Engine, video: Path, mode: Mode, work: Path, pictures: Path) -> str:
    """Runs a job; copies its poster; returns a line of the table."""
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    fast, low_ram = mode.startswith("fast"), mode.endswith("low_ram")
    made = run_actionmesh(video, work / mode, fast, low_ram, engine=engine, outputs=OUTPUTS, num_frames=16)
    peak = torch.cuda.max_memory_allocated() / 1e9 if torch.cuda.is_available() else float("nan")
    shutil.copy(work / mode / "poster.png", pictures / f"{made.engine}-{mode}.png")
    stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in made.timings_s.items())
    warned = "".join(f"; {warning.code}" for warning in made.warnings)
    size = f"{made.vertices:,} vertices, {made.faces:,} faces"
    return f"{mode:13} {sum(made.timings_s.values()):7.2f} {peak:8.2f}  {stages}; {size}{warned}"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="for the pictures")
    parser.add_argument("--engine", choices=("actionmesh", "silhouette"), default="actionmesh")
    parser.add_argument("--modes", nargs="+", choices=get_args(Mode), default=list(get_args(Mode)))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    engine = load(Settings(engine=options.engine))
    print(about())
    print(f"{engine.facts.name}, changes on: {', '.join(engine.accelerated) or 'none'}")
    print(f"{'mode':13} {'job, s':>7} {'peak GB':>8}  seconds by stage", flush=True)
    with TemporaryDirectory() as name:
        video = write_sample(Path(name) / "sample.mp4")
        for mode in options.modes:
            for _ in range(2):
                print(measure(engine, video, mode, Path(name), options.folder), flush=True)


if __name__ == "__main__":
    main()
