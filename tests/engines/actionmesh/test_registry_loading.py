"""How the registry loads the engine where nothing is lacking: the fake, on a processor in the GPU's place."""

from typing import Any

import pytest

from actionmesh_wrapper.engines import registry
from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.host import Host
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.weights import Weights
from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)


@pytest.fixture
def checks(weights: Weights, fake: Any, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Weights, str, int]]:
    """What is verified, how, and how many models were loaded by then."""
    fake.CALLS.clear()
    done: list[tuple[Weights, str, int]] = []
    monkeypatch.setattr(registry, "PACKAGES", ("actionmesh", "triposg"))
    monkeypatch.setattr(registry, "DEVICE", "cpu")
    monkeypatch.setattr(registry, "_has_gpu", lambda: True)
    monkeypatch.setattr(registry, "find", lambda _: weights)
    monkeypatch.setattr(registry, "verify", lambda found, check: done.append((found, check, len(fake.CALLS))))
    return done


@pytest.mark.parametrize("environ", [{}, {"ENGINE": "actionmesh"}])
def test_weights_are_verified_before_anything_of_them_is_loaded(
    checks: list[Any], weights: Weights, environ: dict[str, str]
) -> None:
    engine = registry.load(Settings.from_env({"WEIGHTS_CHECK": "sizes"} | environ))
    assert engine.facts.name == "actionmesh"
    assert checks == [(weights, "sizes", 0)]


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """A GPU that fails the start's check; what was checked, and whether with diso."""
    from actionmesh_wrapper.engines.actionmesh import self_test

    checked: list[tuple[str, bool]] = []

    def fail(device: Any, *, diso: bool = True) -> None:
        checked.append((str(device), diso))
        raise StartError("the GPU failed the start's check of a convolution")

    monkeypatch.setattr(self_test, "check_gpu", fail)
    return checked


@pytest.mark.parametrize(("engine", "diso"), [("actionmesh", True), ("silhouette", False)])
def test_a_gpu_that_fails_its_check_does_not_start(
    checks: list[Any], fake: Any, faulty: list[tuple[str, bool]], engine: str, diso: bool
) -> None:
    """Nor does silhouette, whose masks come from models on it."""
    with pytest.raises(StartError, match="check of a convolution"):
        registry.load(Settings.from_env({"ENGINE": engine}))
    assert faulty == [("cpu", diso)]
    assert fake.CALLS == []


@pytest.mark.parametrize(
    "raised", [RuntimeError("CUDA error: lost"), torch.OutOfMemoryError("CUDA out of memory.")]
)
def test_a_gpu_that_fails_while_models_are_loaded_does_not_start(
    checks: list[Any], monkeypatch: pytest.MonkeyPatch, raised: Exception
) -> None:
    from actionmesh_wrapper.engines.actionmesh.model_pool import ModelPool

    def fail(*_: object) -> None:
        raise raised

    monkeypatch.setattr(ModelPool, "fill", fail)
    told = f"the models cannot be loaded onto the GPU: {type(raised).__name__}: {raised}"
    with pytest.raises(StartError, match=told):
        registry.load(Settings.from_env({}))


def test_what_else_fails_then_is_no_fault_of_the_gpus(
    checks: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from actionmesh_wrapper.engines.actionmesh.model_pool import ModelPool

    def fail(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(ModelPool, "fill", fail)
    with pytest.raises(KeyError):
        registry.load(Settings.from_env({}))


def test_the_setting_says_what_makes_it_faster(checks: list[Any]) -> None:
    engine = registry.load(Settings.from_env({"ACCELERATE": "mesh_beside,decode_once"}))
    assert engine.accelerated == ("decode_once", "mesh_beside")


def test_without_a_gpu_a_pod_does_not_start(checks: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_has_gpu", lambda: False)
    with pytest.raises(StartError, match="PyTorch finds no GPU"):
        registry.load(Settings.from_env({}), Host("a cloud", is_serverless=True))
    assert checks == []


def test_silhouette_takes_the_mask_models_that_are_there(checks: list[Any]) -> None:
    engine = registry.load(Settings.from_env({"ENGINE": "silhouette"}))
    [(verified, check, _)] = checks
    assert (list(verified.paths), check) == (["RMBG"], "full")
    assert all(not repository.required for repository in verified.repositories)
    assert engine.revision == "2ceba5a5"
