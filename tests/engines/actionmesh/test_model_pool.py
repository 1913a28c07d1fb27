from collections.abc import Sequence
from typing import Any

import pytest

from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)

from actionmesh_wrapper.engines.actionmesh import model_pool  # noqa: E402
from actionmesh_wrapper.engines.actionmesh.model_pool import ModelPool, PooledModel  # noqa: E402

CPU = torch.device("cpu")


class Model:
    """A part with a parameter and a buffer, and what was done to it."""

    def __init__(self) -> None:
        self.module: Any = None
        self.done: list[str] = []

    def load(self) -> Sequence[Any]:
        self.done.append("load")
        self.module = torch.nn.BatchNorm1d(3)
        return [self.module]

    def drop(self) -> None:
        self.done.append("drop")
        self.module = None

    def pool(self, *, resident: bool, hosted: bool) -> ModelPool:
        return ModelPool({"norm": PooledModel(self.load, self.drop)}, CPU, resident=resident, hosted=hosted)


def test_what_is_resident_is_loaded_once() -> None:
    model = Model()
    pool = model.pool(resident=True, hosted=False)
    pool.fill(["norm"])
    for _ in range(2):
        with pool.lend("norm"):
            assert model.module is not None
    assert model.done == ["load"]


def test_what_is_kept_in_host_memory_is_loaded_once_and_unchanged() -> None:
    model = Model()
    pool = model.pool(resident=False, hosted=True)
    pool.fill(["norm"])
    assert model.module is not None
    before = {name: tensor.clone() for name, tensor in model.module.state_dict().items()}
    with pool.lend("norm"):
        model.module(torch.randn(4, 3))  # changes the statistics, as no model of ours does in a job
        model.module.weight.data = torch.full((3,), 7.0)  # what a move to a GPU does: other storage
    after = model.module.state_dict()
    assert torch.equal(after["weight"], before["weight"])
    assert model.done == ["load"]


def test_what_is_kept_on_disk_is_loaded_for_each_turn() -> None:
    model = Model()
    pool = model.pool(resident=False, hosted=False)
    pool.fill(["norm"])
    with pool.lend("norm"):
        assert model.module is not None
    assert model.module is None
    assert model.done == ["load", "drop", "load", "drop"]


def test_what_fails_in_its_turn_is_taken_back() -> None:
    model = Model()
    with pytest.raises(KeyError), model.pool(resident=False, hosted=False).lend("norm"):
        raise KeyError
    assert model.done == ["load", "drop"]


@pytest.mark.parametrize(
    ("resident", "hosted", "done"),
    [
        (False, False, ["load", "drop", "free cpu"]),
        (False, True, ["load", "free cpu"]),
        (True, False, ["load"]),
    ],
    ids=["on disk", "in host memory", "resident"],
)
def test_the_devices_memory_is_freed_once_what_was_lent_is_gone(
    monkeypatch: pytest.MonkeyPatch, resident: bool, hosted: bool, done: list[str]
) -> None:
    model = Model()
    monkeypatch.setattr(model_pool, "free", lambda device: model.done.append(f"free {device}"))
    with model.pool(resident=resident, hosted=hosted).lend("norm"):
        assert model.done == ["load"]
    assert model.done == done
