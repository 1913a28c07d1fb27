"""The simulated GPU: what it knows, what it refuses, what it counts."""

import gc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.engines.actionmesh.conftest import NO_TORCH

pytest.importorskip("torch", reason=NO_TORCH)

import torch

from tests.rehearsal.device_guard import why_not

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

GPU = "cuda:0"


@pytest.fixture
def watch() -> Iterator[Any]:
    from tests.rehearsal.host import rehearsal

    with rehearsal() as watch:
        yield watch


def test_small_tensors_keep_their_values(watch: Any) -> None:
    values = torch.arange(6.0, device=GPU).view(2, 3)
    values[1] = values[0] * 10
    values[:, 0] += 1
    assert values.tolist() == [[1.0, 1.0, 2.0], [1.0, 10.0, 20.0]]
    assert values[values > 5].tolist() == [10.0, 20.0]
    assert int(values.argmax()) == 5
    assert bool((values == 1).any())
    np.testing.assert_array_equal(values.cpu().numpy(), [[1, 1, 2], [1, 10, 20]])


def test_what_large_ones_are_written_into_is_not_known_any_more(watch: Any) -> None:
    small, large = torch.zeros(3, device=GPU), torch.zeros(10_000, device=GPU)
    assert small.tolist() == [0.0, 0.0, 0.0]
    small[1:].copy_(large[:2])
    assert small[:1].tolist() == [0.5], "a guess: all that looks at the same storage"


def test_what_hangs_on_large_ones_is_guessed(watch: Any) -> None:
    large = torch.rand(100, 1000, device=GPU)
    assert float(large.sum()) == 0.5
    assert not (large > 3).any()
    assert (large > 0.5).nonzero().shape == (2000, 2)
    assert torch.equal(large, torch.rand(100, 1000, device=GPU))


@pytest.mark.parametrize(
    ("run", "error", "words"),
    [
        (lambda gpu, host: gpu @ host, RuntimeError, "device"),
        (lambda gpu, host: gpu + host, RuntimeError, "device"),
        (torch.equal, AssertionError, "cuda:0 and cpu"),
        (lambda gpu, host: gpu @ gpu.half(), RuntimeError, "float16 and torch.float32"),
        (lambda gpu, host: torch.nn.functional.layer_norm(gpu, (8,), gpu[0].half()), RuntimeError, "float16"),
        (lambda gpu, host: attention(gpu, host.t()), RuntimeError, "attention"),
        (lambda gpu, host: attention(gpu, gpu.half()), RuntimeError, "attention"),
        (lambda gpu, host: gpu.numpy(), TypeError, "can't convert cuda:0"),
        (lambda gpu, host: np.asarray(gpu), TypeError, "can't convert cuda:0"),
        (lambda gpu, host: torch.randn(3, generator=torch.Generator(), device=GPU), TypeError, "generator"),
    ],
)
def test_what_a_gpu_would_refuse(watch: Any, run: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        run(torch.ones(8, 8, device=GPU), torch.ones(8, 8))


def attention(query: Any, key: Any) -> Any:
    query, key = query.view(1, 2, 4, 8), key.view(1, 2, 4, 8)
    return torch.nn.functional.scaled_dot_product_attention(query, key, key)


def test_mixed_precision_makes_dtypes_one(watch: Any) -> None:
    ones = torch.ones(8, 8, device=GPU)
    with torch.autocast("cuda", dtype=torch.bfloat16):
        assert (ones @ ones.half()).dtype == torch.bfloat16
        assert attention(ones, ones.half()).dtype == torch.bfloat16


def test_a_module_moves_and_its_weights_stay_the_same_objects(watch: Any) -> None:
    layer = torch.nn.Linear(8, 8)
    weight = layer.weight
    assert layer.to(GPU, torch.float16).weight is weight
    assert (weight.device.type, weight.dtype, watch.now) == ("cuda", torch.float16, 144)
    with pytest.raises(RuntimeError, match="device"):
        layer(torch.ones(8, 8, dtype=torch.float16))
    host = torch.ones(8, 8)
    weight.data = host
    assert weight.device.type == "cpu"
    assert watch.now == 16, "the bias"


def test_memory_counts_once_and_until_it_is_gone(watch: Any) -> None:
    kept = torch.zeros(1000, device=GPU)
    host = torch.zeros(1000)
    view = kept[:10]
    assert watch.now == 4000
    del kept
    assert watch.now == 4000
    gone = view + 1
    assert watch.now == 4040
    del gone, view
    gc.collect()
    assert (watch.now, watch.peak) == (0, 4040)
    assert host.device.type == "cpu"


def test_attention_keeps_no_matrix_of_all_pairs(watch: Any) -> None:
    query = torch.empty(1, 2, 5000, 64, device=GPU)
    answer = torch.nn.functional.scaled_dot_product_attention(query, query, query)
    assert answer.shape == query.shape
    assert watch.peak == 2 * watch.now / 2 == 2 * query.nbytes


def test_a_graph_keeps_the_memory_of_its_capture(watch: Any) -> None:
    given, graph = torch.ones(1000, device=GPU), torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        answer = (given + 1) * 2
    assert watch.now == 3 * 4000
    del graph
    gc.collect()
    assert watch.now == 2 * 4000
    assert answer.tolist()[:2] == [4.0, 4.0]


def test_everything_is_as_before_afterwards() -> None:
    from tests.rehearsal.host import rehearsal

    before = (torch.Generator, torch.cuda.is_available, torch.nn.Module._apply)
    with rehearsal(24) as watch:
        assert torch.cuda.is_available()
        assert torch.cuda.get_device_properties(0).total_memory == 24e9
    assert watch.now == 0
    assert before == (torch.Generator, torch.cuda.is_available, torch.nn.Module._apply)
    assert type(torch.ones(2)) is torch.Tensor
