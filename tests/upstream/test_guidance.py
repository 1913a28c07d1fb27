"""Changes of guidance on upstream's real scheduler and denoiser: which passes are left out."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pytest

from actionmesh_wrapper.contract.engines import Mode
from tests.upstream.scenes import swing

if TYPE_CHECKING:
    from tests.upstream.pipelines import Ours

torch = pytest.importorskip("torch", reason="torch is not installed here; `make test-upstream` runs these")

STEPS = 8


@pytest.fixture(scope="module")
def clip() -> Any:
    return swing(16)


class Passes:
    """Counts halves that a denoiser computes."""

    def __init__(self, denoiser: Any) -> None:
        self.count = 0
        self._denoiser, self._forward = denoiser, denoiser.forward

    def __enter__(self) -> Self:
        def forward(*, hidden_states: Any, **given: Any) -> Any:
            self.count += len(hidden_states)
            return self._forward(hidden_states=hidden_states, **given)

        self._denoiser.forward = forward
        return self

    def __exit__(self, *_: object) -> None:
        self._denoiser.forward = self._forward


def changed(home: Path, *names: str) -> "Ours":
    from tests.upstream.pipelines import Ours

    return Ours(home, accelerate=names)


@pytest.fixture(scope="module")
def plain(tiny: Any, upstream_home: Path) -> "Ours":
    return changed(upstream_home)


def outside(scheduler: Any) -> int:
    """How many of its steps have no guidance with ``guidance_interval``."""
    from actionmesh_wrapper.engines.actionmesh.accelerate.guidance import INTERVAL

    times = scheduler.get_schedule()[0][:-1] / scheduler.num_train_timesteps
    return int(((times < INTERVAL[0]) | (times > INTERVAL[1])).sum())


@pytest.mark.parametrize("mode", ["default", "low_ram"])
@pytest.mark.parametrize("name", ["guidance_interval", "cached_guidance"])
def test_halves_are_left_out_together_and_in_turn(
    upstream_home: Path, plain: "Ours", clip: Any, mode: Mode, name: str
) -> None:
    ours = changed(upstream_home, name)
    pipe = ours.engine._pipe
    with Passes(pipe.temporal_3D_denoiser) as passes:
        animation = ours(clip, mode=mode, stage_1_steps=STEPS)
    left_out = {"guidance_interval": outside(pipe.scheduler), "cached_guidance": STEPS // 2}[name]
    assert 0 < left_out < STEPS
    assert passes.count == 2 * STEPS - left_out
    whole = plain(clip, mode=mode, stage_1_steps=STEPS)
    assert np.array_equal(animation.faces, whole.faces)
    assert 0 < np.abs(animation.vertices - whole.vertices).max() < np.ptp(whole.vertices)


@pytest.mark.parametrize("name", ["guidance_interval", "cached_guidance"])
def test_where_guidance_adds_nothing_the_output_is_the_same(
    upstream_home: Path, plain: "Ours", clip: Any, name: str
) -> None:
    """At a scale of 1 the unguided half goes out of the sum, but for rounding."""
    whole, part = (ours(clip, guidance_scale=1.0) for ours in (plain, changed(upstream_home, name)))
    np.testing.assert_allclose(part.vertices, whole.vertices, rtol=0, atol=1e-5)
