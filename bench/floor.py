"""The model's own noise, and how far each change moves the output beside it.

    python -m bench.floor                            # real size, on a GPU, few steps; --full for all
    python -m bench.floor --device cpu --tiny        # in 32 bits
    python -m bench.floor --device cpu --tiny --mixed --full    # Stages I and II in bfloat16, as on a GPU

The noise is what upstream's own output moves by when the noise that Stage I starts from moves by one unit in
the last place. A change is *close* if the 95th percentile of its vertices' distances is at most 1.5 times
that, and its Chamfer distance and its motion lie within the spread of other seeds. Distances are shares of
the diagonal of the box around all keys. With ``--save`` the table is kept below ``bench/results``.
"""

import argparse
import json
import math
import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from actionmesh_wrapper.contract.acceleration import CLOSE, LOSSY, choose
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.engines.actionmesh.accelerate import in_effect
from actionmesh_wrapper.engines.actionmesh.gpu import compute_dtype, free
from bench.machine import about
from bench.rig import Rig, machine_of, rig, why_not
from bench.speed import FEW, RESULTS, can_be_on, names_of
from tests.upstream.pipelines import Ours
from tests.upstream.scenes import swing

SEED, OTHER_SEEDS = 44, (45, 46)
MARGIN = 1.5
MIXED = ("temporal_3D_denoiser", "temporal_3D_vae")  # the models that a GPU runs in mixed precision


@dataclass(frozen=True)
class Distance:
    """How far an animation is from another.

    Attributes:
        p95: 95th percentile of the distances between vertices of one number; infinite for another mesh.
        chamfer: mean distance of a vertex to the other's nearest in its key, of both ways the mean.
        motion: mean way of a vertex from key to key, of the first.
    """

    p95: float
    chamfer: float
    motion: float

    @classmethod
    def of(cls, animation: Animation, other: Animation) -> Self:
        """Compares two of as many keys."""
        mine, its = animation.vertices.astype(np.float64), other.vertices.astype(np.float64)
        size = float(np.linalg.norm(np.ptp(its.reshape(-1, 3), axis=0)))
        same = mine.shape == its.shape
        apart = float(np.percentile(np.linalg.norm(mine - its, axis=-1), 95)) if same else np.inf
        ways = [(_way(key, its_key) + _way(its_key, key)) / 2 for key, its_key in zip(mine, its, strict=True)]
        moves = float(np.linalg.norm(np.diff(mine, axis=0), axis=-1).mean())
        return cls(apart / size, float(np.mean(ways)) / size, moves / size)


def _way(points: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """Mean distance of points (V, 3) to the nearest of others."""
    return float(np.mean(cKDTree(others).query(points)[0]))


@dataclass(frozen=True)
class Floor:
    """The model's own noise.

    Attributes:
        p95: of the job whose start noise was moved, the farther of up and down.
        chamfer: of the nearest of the other seeds.
        motion: of the first job.
        spread: by how much that of other seeds differs, at most.
    """

    p95: float
    chamfer: float
    motion: float
    spread: float

    @classmethod
    def of(cls, first: Animation, moved: Sequence[Animation], seeds: Sequence[Animation]) -> Self:
        """From jobs of upstream's: one, those with its noise moved, and those of other seeds."""
        others = [Distance.of(one, first) for one in seeds]
        motion = Distance.of(first, first).motion
        return cls(
            max(Distance.of(one, first).p95 for one in moved),
            min(one.chamfer for one in others),
            motion,
            max(abs(one.motion - motion) for one in others),
        )

    def is_close(self, distance: Distance) -> bool:
        """Whether a change that moves the output so far is close."""
        return (
            distance.p95 <= MARGIN * self.p95
            and distance.chamfer <= self.chamfer
            and abs(distance.motion - self.motion) <= self.spread
        )


@contextmanager
def noise_moved(scheduler: Any, towards: float) -> Iterator[None]:
    """Moves the noise that Stage I starts from by one unit in the last place.

    Args:
        scheduler: a ``SchedulerFlow``.
        towards: infinity, with a sign.
    """
    draw = scheduler.get_noise

    def moved(*args: Any, **given: Any) -> torch.Tensor:
        noise: torch.Tensor = draw(*args, **given)
        return torch.nextafter(noise, torch.full_like(noise, towards))

    scheduler.get_noise = moved
    try:
        yield
    finally:
        del scheduler.get_noise


def in_mixed_precision(pipe: Any) -> None:
    """Has the models of Stages I and II run in bfloat16's mixed precision on a processor, too."""

    def mixed(compute: Callable[..., Any]) -> Callable[..., Any]:
        def forward(*args: Any, **given: Any) -> Any:
            with torch.autocast("cpu", dtype=torch.bfloat16):
                return compute(*args, **given)

        return forward

    for name in MIXED:
        model = getattr(pipe, name)
        model.forward = mixed(model.forward)


def floor_of(on: Rig, knobs: dict[str, Any], *, mixed: bool) -> tuple[Floor, Animation]:
    """Upstream's noise, and its first job."""
    theirs, clip = on.theirs(), swing(16)
    pipe = theirs.load("default")
    if mixed:
        in_mixed_precision(pipe)

    def run(seed: int = SEED) -> Animation:
        return theirs.run(pipe, clip, seed=seed, **knobs)

    first, moved = run(), []
    for towards in (np.inf, -np.inf):
        with noise_moved(pipe.scheduler, towards):
            moved.append(run())
    return Floor.of(first, moved, [run(seed) for seed in OTHER_SEEDS]), first


def distance_of(on: Rig, names: str, first: Animation, knobs: dict[str, Any], *, mixed: bool) -> Distance:
    """How far changes move the output from upstream's."""
    free(on.device)
    changes = in_effect(choose(names), on.device, resident=True)
    ours = Ours(on.home, device=on.device, accelerate=changes)
    if mixed:
        in_mixed_precision(ours.engine._pipe)  # noqa: SLF001 – the same as upstream's
    return Distance.of(ours(swing(16), seed=SEED, **knobs), first)


def table(floor: Floor, found: dict[str, Distance]) -> str:
    """As Markdown."""
    seeds = f"Chamfer {floor.chamfer:.1e}, motion differs by {floor.spread:.1e}"
    lines = [
        f"Noise: {floor.p95:.1e}. Motion: {floor.motion:.2e}. Of other seeds: {seeds}.",
        "",
        "| Changes | 95th percentile | Of the noise | Chamfer | Motion | Close |",
        "|---|---|---|---|---|---|",
    ]
    for names, one in found.items():
        share = one.p95 / floor.p95 if floor.p95 else math.inf if one.p95 else 0.0
        close = "yes" if floor.is_close(one) else "no"
        lines.append(
            f"| {names} | {one.p95:.1e} | {share:.2g} | {one.chamfer:.1e} | {one.motion:.2e} | {close} |"
        )
    return "\n".join(lines)


def sets(device: torch.device) -> list[str]:
    """Those that may be not exact, each alone, and what is on by default."""
    return ["exact", *(name for name in (*CLOSE, *LOSSY) if can_be_on(name, device)), "all"]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--quarter", dest="sizes", action="store_const", const="quarter", default="real")
    parser.add_argument("--tiny", dest="sizes", action="store_const", const="tiny")
    parser.add_argument("--mixed", action="store_true", help="bfloat16 on a processor, too")
    parser.add_argument("--full", action="store_true", help="all 30 steps of Stage I, not a few")
    parser.add_argument("--only", type=names_of, nargs="+", metavar="NAMES")
    parser.add_argument("--save", action="store_true", help="keep the table below bench/results")
    options = parser.parse_args()
    if options.device == "cpu" and options.sizes == "real":
        parser.error("at real size a processor would take days: --device cpu needs --quarter or --tiny")
    options.mixed = options.mixed and options.device == "cpu"
    return options


def main() -> None:
    """Prints the table."""
    options = arguments()
    if why := why_not(options.device):
        print(f"bench.floor was not run: {why}")
        return
    knobs: dict[str, Any] = {"stage_1_steps": 30} if options.full else dict(FEW)
    with rig(options.sizes, options.device) as on:
        floor, first = floor_of(on, knobs, mixed=options.mixed)
        found: dict[str, Distance] = {}
        asked = options.only or sets(on.device)
        for names in asked:
            try:
                found[names] = distance_of(on, names, first, knobs, mixed=options.mixed)
            except Exception:  # noqa: BLE001 – one that fails is no reason to lose the others
                traceback.print_exc()
        mixed = str(compute_dtype(on.device)).removeprefix("torch.")
        precision = mixed if options.mixed or on.device.type == "cuda" else "32 bits"
        where = torch.cuda.get_device_name(on.device) if on.device.type == "cuda" else "cpu"
        head = f"{about()}. {machine_of(on.device)}. {options.sizes} size, {precision}, {knobs}."
    text = f"{head}\n\n{table(floor, found)}\n"
    print(text)
    if options.save:
        words = f"floor {where} {options.sizes} {precision} {'full' if options.full else ''}".lower()
        file = RESULTS / ("-".join(re.findall(r"[a-z0-9]+", words)) + ".md")
        file.write_text(text)
        told = {
            "about": head,
            "floor": asdict(floor),
            "changes": {name: asdict(one) for name, one in found.items()},
        }
        file.with_suffix(".json").write_text(json.dumps(told, indent=2) + "\n")
    if failed := [names for names in asked if names not in found]:
        raise SystemExit(f"FAILED: {'; '.join(failed)}")


if __name__ == "__main__":
    main()
