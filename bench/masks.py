"""Masks without alpha against a known truth, and how honest their warnings are.

    OMP_NUM_THREADS=1 python -m bench.masks [--clips N] [--parts] [--cast FOLDER …] [--network NAME]
                                            [--hints KIND]
    OMP_NUM_THREADS=1 python -m bench.masks VIDEO …

The first draws clips (`bench/mask_clips.py`) and prints one line each, then a table. A clip is bad where the
mean overlap with the truth is below 0.8. Each cast FOLDER holds RGBA pictures of another subject. The second
writes a sheet of each video's masks, to be looked at, into ``outputs/masks``.
"""

import argparse
import json
import time
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.data.progress import LOW_CONFIDENCE, Notice
from actionmesh_wrapper.errors import SubjectNotFound
from actionmesh_wrapper.export.masks import write_sheet
from actionmesh_wrapper.masking.classical import find_masks
from actionmesh_wrapper.masking.models import MaskModels, Saliency, load_models
from actionmesh_wrapper.masking.saliency import NETWORKS
from actionmesh_wrapper.masking.start_point import deepest_point
from actionmesh_wrapper.video import sample
from actionmesh_wrapper.weights import SearchPath, find
from bench.machine import about, peak_mb
from bench.mask_clips import SIZE, Clip, Drawn, draw, draw_part, subjects
from bench.silhouette import read_folder, squared

GOOD = 0.8  # mean overlap with the truth

Box = tuple[float, float, float, float]
Points = tuple[tuple[float, float, bool], ...]
MARGINS = {"box": (0.02, 0.0), "loose": (0.0, 0.1), "tight": (0.0, -0.05)}  # of the picture, and of the box


@dataclass(frozen=True)
class Row:
    """What came of a clip: its name, mean overlap (0 where refused), doubt, and the processor's seconds."""

    name: str
    overlap: float
    doubt: str
    cpu_s: float
    refused: bool

    @property
    def is_told(self) -> bool:
        """Whether the caller hears that something may be wrong."""
        return self.refused or bool(self.doubt)


def masks_of(
    images: NDArray[np.uint8], network: Saliency | None, box: Box | None = None, points: Points | None = None
) -> tuple[NDArray[np.bool_] | None, str, float]:
    """The masks (None: refused), the doubt about them, and the processor's seconds."""
    notices: list[Notice] = []
    start = time.process_time()
    try:
        masks = find_masks(
            images, box=box, points=points, step=lambda _done, _of: None, warn=notices.append, network=network
        )
    except SubjectNotFound as error:
        return None, error.message, time.process_time() - start
    doubts = [notice.message for notice in notices if notice.code == LOW_CONFIDENCE]
    return masks > 0.5, doubts[0] if doubts else "", time.process_time() - start


def measure(clip: Drawn, network: Saliency | None, hints: str | None) -> Row:
    """Finds the masks of a drawn clip, with hints of a kind."""
    box = _box(clip.truth[0], *MARGINS[hints]) if hints in MARGINS else None
    points = _points(clip.truth[0]) if hints == "points" else None
    masks, doubt, seconds = masks_of(clip.images, network, box, points)
    if masks is None:
        return Row(clip.name, 0.0, doubt, seconds, refused=True)
    both, either = (masks & clip.truth).sum(axis=(1, 2)), (masks | clip.truth).sum(axis=(1, 2))
    return Row(clip.name, float((both / np.maximum(1, either)).mean()), doubt, seconds, refused=False)


def _box(mask: NDArray[np.bool_], of_picture: float, of_box: float) -> Box:
    """The box around a mask, wider on each side by shares of the picture and of itself."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    across, down = of_picture * SIZE + of_box * np.array([width, height])
    edges = np.array([x - across, y - down, x + width + across, y + height + down]) / SIZE
    left, top, right, bottom = np.clip(edges, 0, 1).tolist()
    return left, top, right, bottom


def _points(mask: NDArray[np.bool_]) -> Points:
    """A point deepest in a mask, and one deepest in what its box shows besides."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    rest = np.zeros_like(mask)
    rest[y : y + height, x : x + width] = ~mask[y : y + height, x : x + width]
    return (*deepest_point(mask), True), (*deepest_point(rest), False)


def report(name: str, rows: list[Row]) -> str:
    """A line of the table."""
    bad, good = ([row for row in rows if (row.overlap < GOOD) == is_bad] for is_bad in (True, False))
    return (
        f"| {name} | {len(rows)} | {np.mean([row.overlap for row in rows]):.3f} | "
        f"{len(good)} | {sum(row.is_told for row in bad)} of {len(bad)} | "
        f"{sum(row.is_told for row in good)} of {len(good)} | {np.mean([row.cpu_s for row in rows]):.1f} |"
    )


def cast_of(folders: list[Path]) -> dict[str, Clip]:
    """The drawn subjects, and those of folders."""
    cast = subjects()
    for folder in folders:
        pictures = [
            cv2.resize(squared(p), (SIZE, SIZE), interpolation=cv2.INTER_AREA) for p in read_folder(folder)
        ]
        cast[folder.name] = np.stack(pictures).astype(np.uint8)
    return cast


def main() -> None:
    """Prints the table, or writes the sheets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("videos", nargs="*", type=Path)
    parser.add_argument("--clips", type=int, default=44)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--parts", action="store_true", help="clips in which a part of the subject moves")
    parser.add_argument("--cast", nargs="*", type=Path, default=[])
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--network", choices=[item.name for item in NETWORKS], default="U2NETP")
    which.add_argument("--no-network", action="store_true")
    parser.add_argument(
        "--hints",
        choices=[*MARGINS, "points"],
        help="each clip comes with a box around its subject, 2 %% of the picture wider;\n"
        "loose: 10 %% of itself wider on each side; tight: 5 %% smaller; points: one on it, one beside it",
    )
    parser.add_argument("--json", type=Path, help="adds the lines to a file, too")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    models = (
        MaskModels()
        if asked.no_network
        else load_models(find(SearchPath.usual(None, None)).only(asked.network).paths, "cpu")
    )
    if models.saliency is None and not asked.no_network:
        parser.error(f"{asked.network} is not installed")
    print(about())
    with models.saliency() if models.saliency else nullcontext() as network:
        if asked.videos:
            return sheets(asked.videos, network)
        cast, rows = cast_of(asked.cast), list[Row]()
        for number in range(asked.first, asked.first + asked.clips):
            clip = (draw_part if asked.parts else draw)(number, cast)
            rows.append(row := measure(clip, network, asked.hints))
            told = f"{'refused' if row.refused else 'warned'}: {row.doubt}" if row.is_told else ""
            print(f"{row.name:40} {row.overlap:.3f}  {row.cpu_s:.1f} s  {told[:110]}", flush=True)
            if asked.json:
                with asked.json.open("a") as file:
                    file.write(json.dumps(asdict(row)) + "\n")
    table(rows)
    return None


def table(rows: list[Row]) -> None:
    """Prints what the rows come to."""
    print("| Clips | Number | Mean overlap | Good | Bad that warn | Good that warn | CPU s |")
    print("|---|---|---|---|---|---|---|")
    print(report("all", rows))
    print(f"peak {peak_mb():.0f} MB")


def sheets(videos: list[Path], network: Saliency | None) -> None:
    """Writes a sheet of each video's masks."""
    folder = Path("outputs/masks")
    folder.mkdir(parents=True, exist_ok=True)
    for video in videos:
        frames = sample(video, Recipe(), step=lambda _done, _of: None, warn=lambda _: None)
        images = frames.images[..., :3]
        masks, doubt, seconds = masks_of(images, network)
        shown = np.zeros(images.shape[:3], bool) if masks is None else masks
        write_sheet(images, shown.astype(np.uint8) * 255, folder / f"{video.stem}.jpg")
        print(
            f"{video.stem:24} {seconds:.1f} s  {'refused: ' if masks is None else ''}{doubt[:130]}",
            flush=True,
        )


if __name__ == "__main__":
    main()
