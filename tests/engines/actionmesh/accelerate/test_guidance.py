"""Which halves of guidance are computed; `tests/upstream/test_guidance.py` has the real scheduler."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)

FRAMES = 3


class Scheduler(SimpleNamespace):
    """Answers with the context and the time, and notes how many halves it was asked for."""

    num_train_timesteps = 1000

    def __init__(self) -> None:
        super().__init__(halves=[], tables=[])

    def _diffusion_forward(
        self,
        *,
        diffusion_model: object,
        hidden_states: Any,
        context: Any,
        framestep: Any,
        mask: Any,
        diffusion_time: Any,
        freqs_rot: Any,
    ) -> Any:
        assert diffusion_model == "denoiser"
        assert len({len(each) for each in (hidden_states, context, framestep, mask, diffusion_time)}) == 1
        self.halves.append(len(context))
        self.tables.append(None if freqs_rot is None else [len(table) for table in freqs_rot])
        table = torch.zeros(len(context) * FRAMES, 1, 2)
        return context * diffusion_time[:, None, None, None], freqs_rot or (table, table)


def window(scheduler: Any, times: list[float]) -> list[tuple[float, float]]:
    """Unguided and guided of each step; a step's context is 1 and 2."""
    context = torch.tensor([1.0, 2.0]).view(2, 1, 1, 1).expand(2, FRAMES, 1, 1)
    rotation, answers = None, []
    for time in times:
        answer, rotation = scheduler._diffusion_forward(
            diffusion_model="denoiser",
            hidden_states=torch.zeros(2, FRAMES, 1, 1),
            context=context,
            framestep=torch.zeros(2, FRAMES),
            mask=torch.zeros(2, FRAMES),
            diffusion_time=torch.full((2,), time),
            freqs_rot=rotation,
        )
        unguided, guided = (float(half.mean()) for half in answer)
        answers.append((unguided, guided))
    return answers


def change(name: str) -> Callable[[Any], None]:
    from actionmesh_wrapper.engines.actionmesh.accelerate import changes_of

    return changes_of("scheduler", torch.bfloat16)[name]


def test_outside_its_interval_both_halves_are_the_guided_one() -> None:
    scheduler = Scheduler()
    change("guidance_interval")(scheduler)
    answers = window(scheduler, [1000, 841, 839, 500, 221, 219, 1])
    assert scheduler.halves == [1, 1, 2, 2, 2, 1, 1]
    assert answers[1] == (1682, 1682)
    assert answers[2] == (839, 1678)
    assert scheduler.tables == [None, None, None, *[[2 * FRAMES] * 2] * 2, *[[FRAMES] * 2] * 2]


def test_what_guidance_added_is_taken_once_more() -> None:
    scheduler = Scheduler()
    change("cached_guidance")(scheduler)
    for _ in range(2):
        assert window(scheduler, [800, 600, 400]) == [(800, 1600), (400, 1200), (400, 800)]
    assert scheduler.halves == [2, 1, 2] * 2, "a window begins anew"


def test_the_two_together() -> None:
    scheduler = Scheduler()
    from actionmesh_wrapper.engines.actionmesh.accelerate import accelerate

    accelerate("scheduler", scheduler, {"guidance_interval", "cached_guidance"}, torch.bfloat16)
    window(scheduler, [1000, 800, 700, 600, 500, 100])
    assert scheduler.halves == [1, 2, 1, 2, 1, 1]
