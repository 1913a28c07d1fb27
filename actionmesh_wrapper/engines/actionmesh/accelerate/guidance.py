"""Guidance with fewer passes of Stage I's model: an unguided half costs as much as a guided one.

ActionMesh hands its scheduler both halves, the unguided one first, and takes *unguided + scale · (guided −
unguided)*. Each of these changes the output.
"""

from collections.abc import Callable
from typing import Any

import torch

Rotation = tuple[torch.Tensor, torch.Tensor]
Answer = tuple[torch.Tensor, Rotation | None]

INTERVAL = (0.22, 0.84)
"""Diffusion times, of 1, in which guidance is on.

They are σ = 0.28 and 5.42, found for SDXL by Kynkäänniemi et al., "Applying Guidance in a Limited Interval
Improves Sample and Distribution Quality in Diffusion Models" (2024), as t = σ / (1 + σ). They have not been
tried with ActionMesh's real weights.
"""


def guidance_interval(scheduler: Any) -> None:
    """Leaves guidance out of steps whose time is not in `INTERVAL`.

    Args:
        scheduler: a ``SchedulerFlow``. ``_diffusion_forward`` is replaced.
    """
    compute = scheduler._diffusion_forward  # noqa: SLF001 – it alone has both halves, in turn or together
    low, high = INTERVAL

    def forward(**given: Any) -> Answer:
        time = float(given["diffusion_time"][0]) / scheduler.num_train_timesteps
        if low <= time <= high:
            both: Answer = compute(**given)
            return both
        guided = _guided(compute, given)
        return torch.cat([guided, guided]), given["freqs_rot"]

    scheduler._diffusion_forward = forward  # noqa: SLF001


def cached_guidance(scheduler: Any) -> None:
    """Takes what guidance added in a step for the next one, too: every other step has a guided half alone.

    Args:
        scheduler: a ``SchedulerFlow``. ``_diffusion_forward`` is replaced.
    """
    compute = scheduler._diffusion_forward  # noqa: SLF001 – as above
    added: torch.Tensor | None = None

    def forward(**given: Any) -> Answer:
        nonlocal added
        if len(given["hidden_states"]) == 1:  # left without guidance already
            alone: Answer = compute(**given)
            return alone
        if given["freqs_rot"] is None:  # the first step of a window
            added = None
        if added is None:
            answer, rotation = compute(**given)
            unguided, guided = answer.chunk(2)
            added = guided - unguided
            return answer, rotation
        guided = _guided(compute, given)
        answer = torch.cat([guided - added, guided])
        added = None
        return answer, given["freqs_rot"]

    scheduler._diffusion_forward = forward  # noqa: SLF001


def _guided(compute: Callable[..., Answer], given: dict[str, Any]) -> torch.Tensor:
    """The guided half of an answer, (1, T, N, D), by itself."""
    frames = given["framestep"].shape[1]
    halved = {
        name: value[-1:] if isinstance(value, torch.Tensor) else value
        for name, value in given.items()
        if name != "freqs_rot"
    }
    rotation = given["freqs_rot"] and tuple(table[-frames:] for table in given["freqs_rot"])
    return compute(**halved, freqs_rot=rotation)[0]
