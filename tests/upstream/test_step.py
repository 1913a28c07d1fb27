"""A step counted, on a small denoiser of upstream's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed here; `make test-upstream` runs these")

GAIN = ("sixteen_bit_weights",)


@pytest.fixture
def make(sources: Path) -> Callable[[], Any]:
    from actionmesh.model.temporal_denoiser import ActionMeshDenoiser

    return lambda: ActionMeshDenoiser(
        num_tokens_nominal=64, num_layers=3, num_attention_heads=2, width=64, cross_attention_dim=32
    )


def test_weights_are_counted_as_they_are_kept(make: Callable[[], Any]) -> None:
    from bench.step import memory_of

    parameters = list(make().parameters())
    assert memory_of(make, 2, ()).weights == sum(4 * one.numel() for one in parameters)
    kept = memory_of(make, 2, GAIN).weights
    norms = sum(4 * one.numel() for one in parameters if one.ndim == 1)
    matrices = sum(2 * one.numel() for one in parameters if one.ndim > 1)
    assert matrices < kept < matrices + norms


def test_what_a_step_takes_besides_grows_with_the_batch(make: Callable[[], Any]) -> None:
    from bench.step import memory_of

    one, both = (memory_of(make, halves, ()) for halves in (1, 2))
    assert both.weights == one.weights
    assert 1.7 < (both.peak - both.weights) / (one.peak - one.weights) < 2.1


def test_shares_that_are_left_out_are_those_that_a_run_leaves_out(make: Callable[[], Any]) -> None:
    """Held to a count of the real changes on real tensors."""
    from torch.utils.flop_counter import FlopCounterMode

    from actionmesh_wrapper.engines.actionmesh.accelerate import accelerate
    from bench.flops import ON_A_PROCESSOR
    from bench.step import shares_of

    def operations(*changes: str) -> int:
        denoiser = make().eval()
        accelerate("temporal_3D_denoiser", denoiser, changes, torch.bfloat16)
        context = torch.ones(2, 16, 257, 32)
        context[0] = 0
        with FlopCounterMode(display=False, custom_mapping=ON_A_PROCESSOR) as counter, torch.inference_mode():
            denoiser.forward(
                hidden_states=torch.ones(2, 16, 64, 64),
                context=context,
                framestep=torch.zeros(2, 16),
                mask=torch.zeros(2, 16),
                diffusion_time=torch.zeros(2),
            )
        return int(counter.get_total_flops())

    whole = operations()
    for name, share in shares_of(make).items():
        assert share == pytest.approx(1 - operations(name) / whole, rel=1e-6)
        assert share > 0.01


def test_a_tensor_counts_once_and_until_it_is_gone() -> None:
    from bench.step import Count

    with Count() as count:
        kept = torch.zeros(1000)
        view = kept[:10]
        assert count.now == 4000
        del kept
        assert count.now == 4000
        gone = view + 1
        assert count.now == 4040
        del gone
        assert (count.now, count.peak) == (4000, 4040)
        del view
        assert count.now == 0


def test_what_kernels_read_and_write_is_traffic_and_a_view_is_none() -> None:
    from bench.traffic import Traffic

    with Traffic() as traffic:
        row = torch.zeros(1000)
        assert traffic.moved == 4000
        wide = row[None].expand(5, -1)
        assert traffic.moved == 4000
        row.add_(1)
        assert traffic.moved == 12_000
        wide + 1
        assert traffic.moved == 12_000 + 4000 + 20_000


def test_lean_attention_moves_less_and_fused_attention_least(make: Callable[[], Any]) -> None:
    from bench.step import traffic_of

    plain, lean, fused = (
        traffic_of(make, names) for names in ((), ("lean_attention",), ("fused_attention",))
    )
    assert fused < 0.8 * plain
    assert fused < lean < plain


def test_the_table_has_a_row_for_each_case() -> None:
    from bench.step import Memory, table

    told = table([("ours", Memory(2_500_000_000, 4_000_000_000))])
    assert told.splitlines()[-1] == "| ours | 2.50 | 1.50 | 4.00 |"
