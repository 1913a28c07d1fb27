"""How near a baked texture comes to the truth, all around, and what it costs: bodies of known colours.

    python -m bench.texture_bake --sheets FOLDER

PSNR is over the body's pixels alone, at the anchor key, from views that are so many degrees from the film's.
"""

import argparse
import resource
from pathlib import Path

import cv2
import numpy as np

from actionmesh_wrapper.texture.bake import bake
from tests.texture import painted

VIEWS = (0, 30, -30, 60, -60, 90, -90, 180)
# Body, side of its cells (about 40,000 faces), the film's azimuth, keys, degrees of turn either way.
CASES = (
    ("fox", 0.0181, 0, 1, 0),
    ("fox", 0.0181, 0, 16, 20),
    ("fox", 0.0181, 45, 16, 0),
    ("bear", 0.016, 0, 1, 0),
    ("bear", 0.016, 30, 16, 0),
    ("bear", 0.016, 0, 16, 30),
)


def cpu_s() -> float:
    """Of this process and those that it has started."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in both)


def measure(case: tuple[str, float, int, int, int], size: int, sheets: Path | None) -> str:
    """A row of the table; with ``sheets`` a picture too: the truth above, the texture below."""
    name, cell, azimuth, keys, degrees = case
    body: painted.Body = getattr(painted, name)(cell)
    animation, camera = painted.turning(body, keys, degrees), painted.camera(body, azimuth)
    frames, masks = painted.filmed(body, animation, camera)
    start = cpu_s()
    made = bake(animation, frames, masks, camera, size=size)
    seconds = cpu_s() - start
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    found, pictures = [], []
    for view in VIEWS:
        place = painted.camera(body, azimuth + view)
        decibels, error, picture = painted.psnr(made.animation, body, place)
        found.append(f"{decibels:.1f} ({error:.0f})")
        vertices, paint = animation.vertices[animation.anchor], painted.by_vertex(body.faces, body.colours)
        truth, _ = painted.shot(place, vertices, body.faces, paint, 512)
        pictures.append(np.vstack([truth, picture])[..., ::-1])
    if sheets:
        path = sheets / f"{name}_{azimuth}_{keys}_{degrees}.png"
        cv2.imwrite(
            str(path), cv2.resize(np.hstack(pictures).clip(0, 255).astype(np.uint8), None, fx=0.5, fy=0.5)
        )
    more = 100 * (len(made.origin) / len(body.vertices) - 1)
    shares = f"{made.seen:.0%} / {made.mirrored:.0%} / {made.guessed:.0%}"
    facts = [
        f"{name} at {azimuth}, {keys} keys, ±{degrees}",
        *found,
        shares,
        f"{more:.0f} %",
        f"{seconds:.1f}",
    ]
    return " | ".join([*facts, f"{peak // 1024}"])


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--sheets", type=Path)
    options = parser.parse_args()
    views = " | ".join(f"{view:+d}" for view in VIEWS)
    print(f"case | {views} dB (mean error) | seen / mirrored / guessed | vertices + | CPU s | peak MB so far")
    for case in CASES:
        print(measure(case, options.size, options.sheets), flush=True)


if __name__ == "__main__":
    main()
