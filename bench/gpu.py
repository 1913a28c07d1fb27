"""The GPU check: the actionmesh engine at real size with random weights, in every mode.

    python -m bench.gpu                        # on a GPU; the first run writes 16 GB of weights
    python -m bench.gpu --full                 # with all steps, for seconds that mean something
    python -m bench.gpu --device cpu --tiny    # whether this script works

Each mode runs 16 and 20 frames, with all models resident, and with each lent to the GPU for its stage.
Checked: outputs equal to upstream's own ``__call__`` bit for bit; the next job after one that ran out of
memory, and after one that was cancelled. Told: peak memory, seconds by stage, seconds until a cancel is
through. Any check that fails ends the script with status 1.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, get_args

import torch

from actionmesh_wrapper.contract.engines import Mode
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.engines.actionmesh.gpu import free
from actionmesh_wrapper.errors import Cancelled, OutOfMemory
from bench.by_stage import ByStage
from bench.machine import about
from bench.rig import Rig, machine_of, rig, settle, why_not
from tests.upstream.likeness import motion, same
from tests.upstream.pipelines import Ours
from tests.upstream.scenes import swing
from tests.upstream.stand_ins import STOOD_IN

Case = tuple[Mode, int]
Knobs = Mapping[str, Any]

FRAMES = (16, 20)
FEW: Knobs = {"stage_0_steps": 4, "stage_1_steps": 3}  # memory does not depend on how many
ROOM_GB = 0.25  # left to the job that is to run out of memory
LEFT_OUT = (
    "Left out: RMBG and SAM 2 (the frames have alpha; neither's real weights, nor memory, is measured)."
)


class Watch(ByStage):
    """Seconds by stage, and the longest wait between two steps of Stage I."""

    def __init__(self, device: torch.device) -> None:
        def read() -> float:
            settle(device)
            return time.perf_counter()

        super().__init__(read)
        self._told: tuple[str, float] = ("", 0.0)
        self.longest_wait = 0.0

    def __call__(self, stage: str, index: int, of: int) -> None:
        """A step of the engine's."""
        before, since = self._told
        if stage == before == "stage_1":
            self.longest_wait = max(self.longest_wait, time.perf_counter() - since)
        super().__call__(stage, index, of)
        self._told = (stage, time.perf_counter())


def memory_gb(device: torch.device) -> str:
    """Most memory that tensors held, and that PyTorch took from the GPU for them, since the last reset."""
    if device.type != "cuda":
        return f"{'–':>9} {'–':>8}"
    allocated, reserved = (
        torch.cuda.max_memory_allocated(device) / 1e9,
        torch.cuda.max_memory_reserved(device) / 1e9,
    )
    return f"{allocated:9.2f} {reserved:8.2f}"


def run_modes(on: Rig, modes: list[Mode], knobs: Knobs) -> dict[Case, Animation]:
    """Runs all, resident and lent, prints the table, and returns what came out.

    Raises:
        SystemExit: if a surface stands still, or is another one when models are lent.
    """
    print(f"\n{'models':9} {'mode':13} {'frames':>6} {'peak GB':>9} {'reserved':>8}  seconds by stage")
    made: dict[Case, Animation] = {}
    for resident in (True, False):
        free(on.device)
        ours = on.ours(resident=resident)
        for mode in modes:
            for count in FRAMES:
                animation, line = _measured(ours, on.device, mode, count, knobs)
                print(f"{'resident' if resident else 'lent':9} {mode:13} {count:6} {line}", flush=True)
                check(f"{mode}, {count} frames: moves", motion(animation.vertices) > 0)
                first = made.setdefault((mode, count), animation)
                check(f"{mode}, {count} frames: the same, lent", same(first, animation))
        del ours
    return made


def _measured(
    ours: Ours, device: torch.device, mode: Mode, count: int, knobs: Knobs
) -> tuple[Animation, str]:
    """One job, with its memory and seconds as the end of a line."""
    free(device)
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    watch = Watch(device)
    animation = ours(swing(count), mode=mode, step=watch, **knobs)
    watch.end()
    stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in watch.gained.items())
    return animation, f"{memory_gb(device)}  {stages}"


def compare_with_upstream(on: Rig, made: Mapping[Case, Animation], knobs: Knobs) -> None:
    """Holds what our engine made to what upstream's pipeline makes."""
    print()
    for (mode, count), mine in made.items():
        free(on.device)
        other = on.theirs()(swing(count), mode, **knobs)
        check(f"{mode}, {count} frames: upstream's, bit for bit", same(mine, other), tell=True)


def run_out_of_memory(ours: Ours, on: Rig, knobs: Knobs, expected: Animation) -> None:
    """A job that runs out of memory, and one after it."""
    failed = False
    with _no_room(on.device) as step:
        try:
            ours(swing(FRAMES[0]), step=step, **knobs)
        except OutOfMemory:
            failed = True
    check("too little memory: OUT_OF_MEMORY", failed, tell=True)
    check("the job after it: as ever", same(ours(swing(FRAMES[0]), **knobs), expected), tell=True)


@contextmanager
def _no_room(device: torch.device) -> Iterator[Callable[[str, int, int], None]]:
    """Leaves the GPU almost no room; yields the step to run with, which on a processor fails in its place."""

    def fail(stage: str, index: int, _of: int) -> None:
        if (stage, index) == ("stage_1", 1):
            raise torch.OutOfMemoryError("as a GPU would say it")

    if device.type != "cuda":
        print("On a processor a step raises what a GPU without memory would.")
        yield fail
        return
    free(device)
    total = torch.cuda.get_device_properties(device).total_memory
    torch.cuda.set_per_process_memory_fraction(
        (torch.cuda.memory_reserved(device) + ROOM_GB * 1e9) / total, device
    )
    try:
        yield lambda *_: None
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, device)


def cancel(ours: Ours, on: Rig, knobs: Knobs, expected: Animation) -> None:
    """A job that is cancelled at a step of Stage I, and one after it."""
    watch, raised = Watch(on.device), 0.0

    def step(stage: str, index: int, of: int) -> None:
        nonlocal raised
        watch(stage, index, of)
        if (stage, index) == ("stage_1", 2):
            raised = time.perf_counter()
            raise Cancelled

    cancelled = False
    try:
        ours(swing(FRAMES[0]), step=step, **knobs)
    except Cancelled:
        cancelled = True
    settle(on.device)
    waited = time.perf_counter() - raised
    print(f"A cancel waits up to {watch.longest_wait:.2f} s for a step of Stage I, then {waited:.2f} s.")
    check("a cancel in Stage I: is heard", cancelled, tell=True)
    check("the job after it: as ever", same(ours(swing(FRAMES[0]), **knobs), expected), tell=True)


def check(what: str, holds: bool, *, tell: bool = False) -> None:  # noqa: FBT001 – what is checked
    """Ends the script if something does not hold; tells of it otherwise, if asked.

    Raises:
        SystemExit: naming it.
    """
    if not holds:
        raise SystemExit(f"FAILED: {what}")
    if tell:
        print(f"ok: {what}", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--tiny", action="store_true", help="tiny models")
    parser.add_argument("--full", action="store_true", help="all steps of the presets, not a few")
    parser.add_argument("--modes", nargs="+", choices=get_args(Mode), default=list(get_args(Mode)))
    options = parser.parse_args()
    if options.device == "cpu" and not options.tiny:
        parser.error("at real size a processor would take days: --device cpu needs --tiny")
    return options


def main() -> None:
    """Runs the check."""
    options = arguments()
    if why := why_not(options.device):
        print(f"bench.gpu was not run: {why}")
        return
    size = "tiny" if options.tiny else "real"
    knobs: Knobs = {} if options.full else FEW
    with rig(size, options.device) as on:
        print(about(), machine_of(on.device), sep="\n")
        print(f"{size} size, {'all steps of the presets' if options.full else FEW}")
        print(LEFT_OUT)
        if STOOD_IN:
            print(f"Stand-ins, slower ones, for what is not installed: {', '.join(sorted(STOOD_IN))}.")
        made = run_modes(on, options.modes, knobs)
        compare_with_upstream(on, made, knobs)
        free(on.device)
        ours = on.ours()
        expected = ours(swing(FRAMES[0]), **knobs)
        run_out_of_memory(ours, on, knobs, expected)
        cancel(ours, on, knobs, expected)
        print("All of it held.")


if __name__ == "__main__":
    main()
