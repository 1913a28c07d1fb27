"""The silhouette engine on a clip: time, memory, how well the surface fits the masks, how well it tracks.

    OMP_NUM_THREADS=1 python -m bench.silhouette [FOLDER]

FOLDER holds RGBA pictures of one size, in the order of their names; without it, a drawn animal is bent. The
tracking error is measured on the clip's middle picture, bent along paths that are known: overlap with the
masks can't see a surface that slides under its outline.
"""

import argparse
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.progress import Listener, Notice
from actionmesh_wrapper.engines import Task
from actionmesh_wrapper.engines.silhouette.engine import build_surface
from actionmesh_wrapper.engines.silhouette.output import TrackedSurface
from bench.machine import peak_mb
from tests.engines.silhouette.drawn import Bend, animal, frames_of
from tests.engines.silhouette.measures import drift, is_watertight, num_components, overlaps, reversed_share

OPAQUE = 128


def read_folder(folder: Path) -> NDArray[np.uint8]:
    """The pictures of a folder, (T, H, W, 4) uint8 RGBA."""
    pictures = [cv2.imread(str(path), cv2.IMREAD_UNCHANGED) for path in sorted(folder.glob("*.png"))]
    return np.stack([cv2.cvtColor(p, cv2.COLOR_BGRA2RGBA) for p in pictures if p is not None]).astype(
        np.uint8
    )


def squared(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture (H, W, 4) amid a transparent square."""
    height, width = picture.shape[:2]
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    square = np.zeros((side, side, 4), np.uint8)
    square[top : top + height, left : left + width] = picture
    return square


def timed(images: NDArray[np.uint8]) -> tuple[TrackedSurface, float]:
    """The engine's model of pictures (T, H, W, 4), and the CPU seconds that it took."""
    start = time.process_time()
    model = build_surface(Task(frames_of(images), Options()), Listener(warn=tell))
    return model, time.process_time() - start


def tell(notice: Notice) -> None:
    """Prints a warning of the engine's."""
    print(f"{notice.code}: {notice.message}")


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path)
    folder = parser.parse_args().folder
    cv2.setNumThreads(1)

    images = read_folder(folder) if folder else Bend().clip(animal())
    model, seconds = timed(images)
    peak = peak_mb()
    fit = overlaps(model.vertices, model.faces, images[..., 3] >= OPAQUE)

    still = squared(images[len(images) // 2]) if folder else animal()
    bend = Bend(size=len(still))
    bent, _ = timed(bend.clip(still))
    errors, motions = drift(bent.vertices, bent.anchor, bend)

    rows = {
        "frames, vertices, faces": f"{len(images)}, {model.vertices.shape[1]}, {len(model.faces)}",
        "CPU s": f"{seconds:.2f}",
        "peak MB": f"{peak:.0f}",
        "mean IoU": f"{fit.mean():.4f}",
        "worst IoU": f"{fit.min():.4f} (frame {fit.argmin()})",
        "reversed faces, mean": f"{reversed_share(model.vertices, model.faces, model.anchor):.2%}",
        "watertight": str(is_watertight(model.faces)),
        "components": str(num_components(model.faces)),
        "tracking error, mean": f"{errors.mean():.2f} px (motion {motions.mean():.0f} px)",
        "tracking error, 95 %": f"{np.percentile(errors, 95):.2f} px",
    }
    for name, value in rows.items():
        print(f"{name:26}{value}")


if __name__ == "__main__":
    main()
