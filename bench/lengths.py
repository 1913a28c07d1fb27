"""Whole jobs of the silhouette engine against the clip's length: time, memory and files.

    OMP_NUM_THREADS=1 ENGINE=silhouette python -m bench.lengths [FRAMES …]

The clip is a drawn animal with alpha that sways, once in 16 frames, over and over. Each length is a process
of its own.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2

from actionmesh_wrapper import run_actionmesh
from actionmesh_wrapper.contract.engines import MAX_FRAMES
from bench.machine import about, peak_mb
from tests.engines.silhouette.drawn import Bend, animal

LENGTHS = (16, 31, 61, 121, 226)
OUTPUTS = ["preview", "animated_mesh"]


def measure(frames: int) -> dict[str, float]:
    """Runs a job of so many frames: seconds, peak memory and sizes by name."""
    period = Bend().clip(animal())
    with TemporaryDirectory() as folder:
        pictures, results = Path(folder, "frames"), Path(folder, "results")
        pictures.mkdir()
        for index in range(frames):
            picture = cv2.cvtColor(period[index % len(period)], cv2.COLOR_RGBA2BGRA)
            cv2.imwrite(str(pictures / f"{index:03d}.png"), picture)
        result = run_actionmesh(pictures, results, num_frames=frames, outputs=OUTPUTS)
        timings = result.timings_s
        info = result.animated_mesh_info
        return {
            "engine_s": (result.seconds_per_frame or 0.0) * frames,
            "frame_s": result.seconds_per_frame or 0.0,
            "export_s": timings["export"],
            "preview_s": timings["preview"],
            "job_s": sum(timings.values()),
            "peak_mb": peak_mb(),
            "keys": (info and info.keys) or 0,
            "mesh_mb": (results / "animated_mesh.glb").stat().st_size / 1e6,
        }


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("frames", nargs="*", type=int, default=LENGTHS)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    if arguments.one:
        print(json.dumps(measure(arguments.one)))
        return
    print(about())
    environ = os.environ | {"MAX_FRAMES": str(MAX_FRAMES)}
    for frames in arguments.frames:
        command = [sys.executable, "-m", "bench.lengths", "--one", str(frames)]
        row = json.loads(
            subprocess.run(command, check=True, capture_output=True, env=environ).stdout.splitlines()[-1]
        )
        print(f"{frames:4d}  " + "  ".join(f"{name} {value:.3g}" for name, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
