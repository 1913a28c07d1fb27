"""How the registry loads the engine where nothing is lacking: the fake, on a processor in the GPU's place."""

from typing import Any

import pytest

from actionmesh_wrapper.engines import registry
from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.host import Host
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.weights import Weights
from tests.engines.actionmesh.conftest import NO_TORCH

pytest.importorskip("torch", reason=NO_TORCH)


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
