"""How well the camera of a clip is found: films that are made up, their cameras known.

    OMP_NUM_THREADS=1 python -m bench.texture_registration [--films N] [--noise 0 2] [--first SEED] [--keys N]

A row for each body and noise of its shape: the angle between the camera found and the true one, how far the
mesh's vertices are seen from where they should be (root mean square, in % of the body's box in the picture),
the overlap of the outlines, how many were refused, and the processor's time. Half of the films turn by 40
degrees. Thresholds were chosen on even seeds and are reported on odd ones.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.texture.poses import angle_between
from actionmesh_wrapper.texture.register import Registration, find_camera
from bench.machine import about
from tests.texture.bodies import BODIES, SYMMETRIC, film, film_camera, turned

TURN_DEG = 40.0  # over the clip, of the films that turn
USABLE_DEG = 10.0


@dataclass(frozen=True)
class Outcome:
    """One film.

    Attributes:
        found: what was found.
        error_deg: angle between the camera found and the true one.
        reprojection: root mean square, in % of the longest side of the body's box in the picture.
        cpu_s: seconds of the processor.
    """

    found: Registration
    error_deg: float
    reprojection: float
    cpu_s: float


def run(body: Animation, noise: float, seed: int, *, side: float = 40.0) -> Outcome:
    """Films a body from a camera drawn by a seed, so many degrees beside it at most, and looks for it."""
    rng = np.random.default_rng(seed)
    if seed // 2 % 2 and body.num_frames > 1:
        body = turned(body, np.linspace(-TURN_DEG / 2, TURN_DEG / 2, body.num_frames))
    azimuth, elevation, roll = rng.uniform(-side, side), rng.uniform(-15, 30), rng.normal(0, 2)
    closeness, filled = rng.uniform(0.05, 0.38), rng.uniform(0.4, 0.85)
    camera = film_camera(body, azimuth, elevation, roll=roll, closeness=closeness, filled=filled)
    made = film(body, camera, share=noise, seed=seed)
    start = time.process_time()
    found = find_camera(made.animation, made.masks, step=lambda *_: None)
    seconds = time.process_time() - start
    off = reprojection(made.animation, found.camera, camera)
    return Outcome(found, angle_between(found.camera, camera), off, seconds)


def reprojection(animation: Animation, found: FilmCamera, camera: FilmCamera) -> float:
    """Root mean square of the way between where two cameras see the vertices, % of the second's box."""
    points = animation.vertices.astype(np.float64)
    (one, _), (other, _) = found.project(points), camera.project(points)
    box = float(np.ptp(other[0], axis=0).max())
    return 100 * float(np.sqrt(((one - other) ** 2).sum(axis=-1).mean())) / box


def row(name: str, outcomes: Sequence[Outcome]) -> str:
    """A row of the table."""
    errors = np.array([outcome.error_deg for outcome in outcomes])
    refused = np.array([outcome.found.doubt is not None for outcome in outcomes])
    off = np.array([outcome.reprojection for outcome in outcomes])
    kept_wrong = int(((errors >= USABLE_DEG) & ~refused).sum())
    cells = [
        name,
        str(len(outcomes)),
        f"{np.median(errors):.1f} / {np.percentile(errors, 90):.1f} / {errors.max():.1f}",
        f"{(errors < 5).mean():.0%}",
        f"{(errors < USABLE_DEG).mean():.0%}",
        f"{np.mean([outcome.found.overlap for outcome in outcomes]):.3f}",
        f"{np.median(off):.2f} / {np.percentile(off, 90):.2f}",
        f"{refused.mean():.0%}",
        str(kept_wrong),
        f"{np.mean([outcome.cpu_s for outcome in outcomes]):.2f}",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--films", type=int, default=20, help="of each body and noise")
    parser.add_argument("--noise", type=float, nargs="*", default=[0, 2, 3], help="%% of the box")
    parser.add_argument("--first", type=int, default=1, help="seed; each next one is larger by 2")
    parser.add_argument("--each", action="store_true", help="a line for each film, too")
    parser.add_argument("--bodies", nargs="*", default=[*BODIES, *SYMMETRIC])
    parser.add_argument("--keys", type=int, default=8, help="the first of each body's")
    parser.add_argument("--side", type=float, default=40, help="degrees of azimuth, either way at most")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    print(about())
    print("| body, noise | films | error ° median / p90 / max | < 5° | < 10° | overlap |", end="")
    print(" reprojection % median / p90 | refused | kept, ≥ 10° | CPU s |\n|" + "---|" * 10)
    for noise in options.noise:
        together: list[Outcome] = []
        for name in options.bodies:
            body = {**BODIES, **SYMMETRIC}[name]()
            body = replace(body, vertices=body.vertices[: options.keys])
            outcomes = []
            for index in range(options.films):
                outcomes.append(run(body, noise / 100, options.first + 2 * index, side=options.side))
                if options.each:
                    told = outcomes[-1]
                    print(
                        f"  {name} {options.first + 2 * index}: {told.error_deg:.1f} deg, "
                        f"{told.reprojection:.2f} %, {told.found.overlap:.3f}, "
                        f"span {told.found.azimuth_span_deg:.0f}, {told.found.doubt}"
                    )
            print(row(f"{name}, {noise:g} %", outcomes), flush=True)
            together += outcomes if name in BODIES else []
        if together:
            print(row(f"all but symmetric, {noise:g} %", together), flush=True)


if __name__ == "__main__":
    main()
