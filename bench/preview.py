"""The preview, whole: processor seconds, memory and sizes, with each renderer that can run here.

    OMP_NUM_THREADS=1 python -m bench.preview

Two meshes of 16 keys, tori of 16,000 and of 40,000 faces, textured with a chequer, which is hard on the
encoder too. Each is drawn in a process of its own, so that the peak is its own; of the encoder the processor
time is counted and the memory is not.
"""

import argparse
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames, Source
from actionmesh_wrapper.preview import Renderer, write_preview
from actionmesh_wrapper.preview.renderer import load
from actionmesh_wrapper.settings import Settings
from bench.export import torus
from bench.machine import about, peak_mb

KEYS = 16
NUM_VERTICES = {"16,000 faces": 8_000, "40,000 faces": 20_000}
FIELD = 32  # texels of the chequer's fields, of 1024


def chequered(animation: Animation) -> Animation:
    """The same with a texture laid on there and back again, so that it has no seam."""
    first = animation.vertices[0]
    around = np.arctan2(first[:, 0], first[:, 2]) / np.pi
    across = first[:, 1] / np.abs(first[:, 1]).max()
    uv = np.abs(np.stack([around, across], axis=1)).astype(np.float32)
    fields = np.indices((1024, 1024)) // FIELD
    texture = np.where(fields.sum(axis=0)[..., None] % 2, (236, 228, 210), (60, 110, 170)).astype(np.uint8)
    return replace(animation, uv=uv, texture=texture)


def plain_frames() -> Frames:
    """Frames as the sample's: 512 × 384."""
    images = np.full((KEYS, 384, 512, 4), (118, 172, 190, 255), np.uint8)
    return Frames(images, np.arange(KEYS) / 8, Source(KEYS / 8, 512, 384, 8.0, KEYS))


def processor_s() -> float:
    """Of this process, and of those that it started and that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def measure(name: str, animation: Animation, renderer: Renderer, folder: Path) -> str:
    """One line of the table."""
    before, processor, start = peak_mb(), processor_s(), time.perf_counter()
    made = write_preview(animation, plain_frames(), folder, step=lambda _index, _of: None, renderer=renderer)
    seconds, processor = time.perf_counter() - start, processor_s() - processor
    sizes = " ".join(f"{file.stat().st_size / 1e6:8.2f}" for file in made.files)
    more = peak_mb() - before
    return f"{name:14} {made.renderer:10} {processor:8.2f} {seconds:8.2f} {more:10.0f} {sizes}"


def main() -> None:
    """Prints the table; with the name of a renderer and of a mesh, its one line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("only", nargs="*", metavar="RENDERER MESH")
    only = parser.parse_args().only
    cv2.setNumThreads(1)
    if only:
        renderer = load(Settings(preview_renderer=only[0]))
        with TemporaryDirectory() as folder:
            print(measure(only[1], chequered(torus(NUM_VERTICES[only[1]], KEYS)), renderer, Path(folder)))
        return
    print(about())
    print(f"{KEYS} keys; MB more is the process's peak over that before; sizes are MB\n")
    print(
        f"{'mesh':14} {'renderer':10} {'CPU s':>8} {'s':>8} {'MB more':>10} {'mp4':>8} {'webp':>8} {'png':>8}"
    )
    for renderer_name in dict.fromkeys(("numpy", load(Settings(preview_renderer="auto")).name)):
        for mesh in NUM_VERTICES:
            subprocess.run([sys.executable, "-m", "bench.preview", renderer_name, mesh], check=True)


if __name__ == "__main__":
    main()
