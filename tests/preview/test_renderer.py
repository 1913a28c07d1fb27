from importlib.util import find_spec

import pytest

from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.preview import renderer as module
from actionmesh_wrapper.preview.renderer import NUMPY, Renderer, load
from actionmesh_wrapper.settings import Settings

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="needs PyTorch")


def settings(value: str) -> Settings:
    return Settings.from_env({"PREVIEW_RENDERER": value})


def test_numpy_is_there_everywhere() -> None:
    assert load(settings("numpy")) is NUMPY
    assert NUMPY.name == "numpy"


def test_without_a_gpu_auto_is_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_has_gpu", lambda: False)
    assert load(settings("auto")) is NUMPY


@needs_torch
def test_with_a_gpu_auto_is_torch_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_has_gpu", lambda: True)
    renderer = load(settings("auto"))
    assert renderer.name == "torch"
    assert str(renderer.xp.device) == "cuda"  # type: ignore[attr-defined]  # of PyTorch's arrays alone


@needs_torch
def test_torch_does_without_a_gpu_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_has_gpu", lambda: False)
    renderer = load(settings("torch"))
    assert renderer.name == "torch"
    assert str(renderer.xp.device) == "cpu"  # type: ignore[attr-defined]  # as above


@pytest.mark.parametrize("missing", ["torch", "pytorch3d"])
def test_a_library_that_is_missing_stops_the_start(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == missing else object())
    with pytest.raises(StartError) as caught:
        load(settings(missing))
    assert str(caught.value) == f"PREVIEW_RENDERER='{missing}': {missing} is not installed"


def test_pytorch3d_without_a_gpu_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: object())
    monkeypatch.setattr(module, "_has_gpu", lambda: False)
    with pytest.raises(StartError) as caught:
        load(settings("pytorch3d"))
    assert str(caught.value) == (
        "PREVIEW_RENDERER='pytorch3d': PyTorch finds no GPU, and PyTorch3D is slow without one"
    )


def test_pytorch3d_draws_where_it_is_installed_and_there_is_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Renderer("pytorch3d", NUMPY.xp)
    monkeypatch.setattr(module, "find_spec", lambda _: object())
    monkeypatch.setattr(module, "_has_gpu", lambda: True)
    monkeypatch.setattr(module, "pytorch3d_renderer", {"cuda": made}.__getitem__)
    assert load(settings("pytorch3d")) is made


def test_an_unknown_renderer_is_refused() -> None:
    with pytest.raises(StartError, match=r"PREVIEW_RENDERER='vulkan': Input should be 'auto', 'numpy'"):
        settings("vulkan")
