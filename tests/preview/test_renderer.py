import pytest

from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.preview import renderer as module
from actionmesh_wrapper.preview.renderer import NUMPY, Renderer, load
from actionmesh_wrapper.settings import Settings

PYTORCH3D = Renderer("pytorch3d")


def settings(value: str) -> Settings:
    return Settings.from_env({"PREVIEW_RENDERER": value})


@pytest.fixture(autouse=True)
def a_machine_with_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: object())
    monkeypatch.setattr(module, "_has_gpu", lambda: True)
    monkeypatch.setattr(module, "pytorch3d_renderer", {"cuda": PYTORCH3D}.__getitem__)


def without(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """Takes a package away; then nobody may ask it for a GPU."""
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == package else object())
    monkeypatch.delattr(module, "_has_gpu")


def test_numpy_is_there_everywhere() -> None:
    assert load(settings("numpy")) is NUMPY
    assert NUMPY.name == "numpy"


@pytest.mark.parametrize("value", ["auto", "pytorch3d"])
def test_pytorch3d_draws_where_it_is_installed_and_there_is_a_gpu(value: str) -> None:
    assert load(settings(value)) is PYTORCH3D


@pytest.mark.parametrize("package", ["torch", "pytorch3d"])
def test_without_a_package_auto_is_numpy(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, package)
    assert load(settings("auto")) is NUMPY


def test_without_a_gpu_auto_is_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_has_gpu", lambda: False)
    assert load(settings("auto")) is NUMPY


@pytest.mark.parametrize("package", ["torch", "pytorch3d"])
def test_a_package_that_is_missing_stops_the_start(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, package)
    with pytest.raises(StartError) as caught:
        load(settings("pytorch3d"))
    assert str(caught.value) == f"PREVIEW_RENDERER='pytorch3d': {package} is not installed"


def test_pytorch3d_without_a_gpu_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_has_gpu", lambda: False)
    with pytest.raises(StartError) as caught:
        load(settings("pytorch3d"))
    assert str(caught.value) == (
        "PREVIEW_RENDERER='pytorch3d': PyTorch finds no GPU, and PyTorch3D is slow without one"
    )


@pytest.mark.parametrize("value", ["torch", "vulkan"])
def test_an_unknown_renderer_is_refused(value: str) -> None:
    expected = f"PREVIEW_RENDERER='{value}': Input should be 'auto', 'numpy' or 'pytorch3d'"
    with pytest.raises(StartError, match=expected):
        settings(value)
