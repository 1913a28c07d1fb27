"""Rotation, norm and the order of heads against their definitions; `tests/upstream/` has the real models."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)

BATCH, TOKENS, HEADS, WIDTH = 2, 5, 3, 8


def chance(*shape: int, dtype: Any = torch.float32) -> Any:
    return torch.randn(shape, generator=torch.Generator().manual_seed(len(shape))).to(dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("tables", [1, BATCH])
def test_each_pair_of_numbers_is_turned_by_its_angle(dtype: Any, tables: int) -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate.attention import rotate

    heads, angles = chance(BATCH, TOKENS, HEADS, WIDTH, dtype=dtype), chance(tables, TOKENS, WIDTH // 2)
    twice = angles.repeat_interleave(2, dim=-1)
    turned = rotate(heads, (twice.cos(), twice.sin()))
    cosine, sine = angles.cos()[:, :, None], angles.sin()[:, :, None]
    first, second = heads.float()[..., ::2], heads.float()[..., 1::2]
    torch.testing.assert_close(turned[..., ::2], (first * cosine - second * sine).to(dtype))
    torch.testing.assert_close(turned[..., 1::2], (second * cosine + first * sine).to(dtype))


def test_a_norm_is_of_the_root_mean_square_and_answers_in_32_bits() -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate.attention import norm

    layer = SimpleNamespace(weight=chance(WIDTH), eps=1e-6)
    heads = chance(BATCH, TOKENS, HEADS, WIDTH, dtype=torch.bfloat16)
    answer = norm(layer, heads)
    exact = heads.double()
    exact = exact / (exact.square().mean(-1, keepdim=True) + layer.eps).sqrt() * layer.weight
    assert answer.dtype == torch.float32
    torch.testing.assert_close(answer, exact.float())


@pytest.mark.parametrize("cross", [False, True])
def test_projections_come_out_as_heads_that_were_joined_and_cut(cross: bool) -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate.attention import sort_heads

    width = HEADS * WIDTH
    layers = {name: torch.nn.Linear(width, width, bias=False) for name in ("to_q", "to_k", "to_v")}
    given, parts = chance(BATCH, TOKENS, width), [*layers][cross:]
    joined = torch.cat([layers[name](given) for name in parts], dim=-1)
    cut = joined.unflatten(-1, (HEADS, -1)).split(WIDTH, dim=-1)
    query = layers["to_q"](given)
    attn = SimpleNamespace(**layers, heads=HEADS, is_cross_attention=cross)
    sort_heads(attn)
    for name, expected in zip(parts, cut, strict=True):
        torch.testing.assert_close(layers[name](given).unflatten(-1, (HEADS, -1)), expected)
    assert torch.equal(layers["to_q"](given), query) is cross
