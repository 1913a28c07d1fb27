"""Compiled blocks in a worker that serves every mode: each is compiled once, and all the way.

Without PyTorch's code generator, which takes minutes: what is compiled anew, and where a graph breaks, is
decided before it. `test_accelerate` has what it computes.
"""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from actionmesh_wrapper.contract.acceleration import choose
from actionmesh_wrapper.contract.engines import Mode
from tests.upstream.home import lay
from tests.upstream.likeness import same
from tests.upstream.scenes import swing
from tests.upstream.sizes import TINY

if TYPE_CHECKING:
    from tests.upstream.pipelines import Ours

pytest.importorskip("torch", reason="torch is not installed here; `make test-upstream` runs these")

import torch
from torch._dynamo import config
from torch._dynamo.utils import counters

JOBS: list[tuple[int, Mode]] = [(16, "default"), (16, "low_ram"), (31, "fast"), (20, "fast_low_ram")]


@pytest.fixture
def compiling(tiny: Any, sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Ours":
    """Our engine with blocks of every kind compiled; where PyTorch would give up compiling, it fails."""
    from tests.upstream.pipelines import Ours

    lay(
        tmp_path, sources, replace(TINY, layers=5)
    )  # the fourth has a skip connection; the last is not compiled

    compile_it = torch.nn.Module.compile

    def without_generator(module: Any, **how: Any) -> None:
        del how["options"]
        compile_it(module, backend="eager", **how)

    monkeypatch.setattr(torch.nn.Module, "compile", without_generator)
    monkeypatch.setattr(config, "fail_on_recompile_limit_hit", True)
    torch.compiler.reset()
    counters.clear()
    return Ours(tmp_path, accelerate=choose("all,compile"))


def compiled() -> int:
    return int(counters["stats"]["unique_graphs"])


def test_a_mix_of_jobs_compiles_each_block_once_and_whole(compiling: "Ours") -> None:
    first = [compiling(swing(count), mode=mode) for count, mode in JOBS]
    ways = compiled()
    assert 8 < ways < 20, "more than PyTorch's own limit, far fewer than ours"
    assert counters["graph_break"] == {}
    again = [compiling(swing(count), mode=mode, subsampling=1) for count, mode in reversed(JOBS)]
    assert compiled() == ways
    assert all(same(one, other) for one, other in zip(first, reversed(again), strict=True))
