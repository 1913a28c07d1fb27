"""The start's checks, on a processor, with a stand-in for diso."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import trimesh

from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)

from actionmesh_wrapper.engines.actionmesh import self_test  # noqa: E402
from actionmesh_wrapper.engines.actionmesh.self_test import check_gpu, run_checks  # noqa: E402
from actionmesh_wrapper.errors import StartError  # noqa: E402
from actionmesh_wrapper.system import accelerator  # noqa: E402

CPU = torch.device("cpu")
MADE: list[Any] = []


class Extractor:
    """In place of diso's: the ball that the grid shows, found by its values."""

    def __init__(self, dtype: Any) -> None:
        assert dtype is torch.float32
        MADE.append(self)

    def to(self, device: Any) -> "Extractor":
        assert device == CPU
        return self

    def __call__(self, grid: Any, *, deform: None, return_quads: bool, normalize: bool) -> Any:
        """As upstream calls it: vertices (V, 3) in the grid's cells, and triangles."""
        assert deform is None
        assert not return_quads
        assert not normalize
        assert grid.is_contiguous(), "which diso asks for"
        assert grid.dtype is torch.float32
        inside = (grid < 0).nonzero().float()
        radius = (inside - inside.mean(dim=0)).norm(dim=1).max()
        ball = trimesh.creation.icosphere(subdivisions=4)
        vertices = torch.from_numpy(ball.vertices).float() * radius + inside.mean(dim=0)
        return vertices, torch.from_numpy(np.asarray(ball.faces, np.int64))


@pytest.fixture(autouse=True)
def _diso(monkeypatch: pytest.MonkeyPatch) -> None:
    MADE.clear()
    answers_with(monkeypatch, lambda vertices, faces: (vertices, faces))


def answers_with(monkeypatch: pytest.MonkeyPatch, change: Callable[[Any, Any], Any]) -> None:
    """Has the stand-in for diso answer with something else."""

    class Changed(Extractor):
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            return change(*super().__call__(*args, **kwargs))

    monkeypatch.setitem(__import__("sys").modules, "diso", SimpleNamespace(DiffDMC=Changed))


def test_a_device_that_computes_is_taken() -> None:
    assert run_checks(CPU) == [
        "a convolution",
        "attention",
        "a product in mixed precision",
        "the extraction of a surface (diso)",
    ]
    assert len(MADE) == 1


def test_masks_alone_need_no_diso(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "diso", None)
    run_checks(CPU, diso=False)
    with pytest.raises(StartError, match=r"the extraction of a surface \(diso\): ModuleNotFoundError"):
        run_checks(CPU)


def test_a_processor_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[Any] = []

    def note(device: Any, *, diso: bool) -> list[str]:
        ran.append((device, diso))
        return ["a look"]

    monkeypatch.setattr(self_test, "run_checks", note)
    check_gpu(CPU)
    assert not ran
    with caplog.at_level("INFO"):
        check_gpu(torch.device("cuda:0"), diso=False)
    assert ran == [(torch.device("cuda:0"), False)]
    assert "the GPU has passed: a look" in caplog.text


EMPTY = (torch.zeros(0, 3), torch.zeros(0, 4, dtype=torch.int32))


@pytest.mark.parametrize(
    "change",
    [
        lambda _vertices, _faces: EMPTY,
        lambda vertices, faces: (vertices * 0, faces),
        lambda vertices, faces: (vertices * float("nan"), faces),
        lambda vertices, faces: (vertices * 1.2, faces),
        lambda vertices, faces: (vertices, faces + 1),
        lambda vertices, faces: (vertices, faces - 1),
        lambda vertices, faces: (vertices, faces[:100]),
    ],
    ids=["nothing", "a point", "no numbers", "too large", "beyond", "below", "a part"],
)
def test_a_surface_that_is_no_ball_is_refused(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[Any, Any], Any]
) -> None:
    """diso prints what CUDA tells it and goes on: with kernels for another card it answers with nothing."""
    answers_with(monkeypatch, change)
    with pytest.raises(StartError, match="the extraction of a surface"):
        run_checks(CPU)


NO_KERNEL = RuntimeError("CUDA error: no kernel image is available for execution on the device")


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("torch.nn.functional.conv3d", "a convolution"),
        ("torch.nn.functional.scaled_dot_product_attention", "attention"),
        ("torch.autocast", "a product in mixed precision"),
    ],
)
def test_what_fails_is_named(monkeypatch: pytest.MonkeyPatch, place: str, name: str) -> None:
    def fail(*_: object, **__: object) -> None:
        raise NO_KERNEL

    monkeypatch.setattr(place, fail)
    with pytest.raises(StartError) as caught:
        run_checks(CPU)
    assert str(caught.value) == (
        f"the GPU failed the start's check of {name}: RuntimeError: {NO_KERNEL}\nThe device is cpu."
    )
    assert accelerator.has_failed()


@pytest.mark.parametrize(
    ("function", "name"), [("conv3d", "a convolution"), ("scaled_dot_product_attention", "attention")]
)
@pytest.mark.parametrize("factor", [0, 1.1, float("nan")])
def test_so_is_what_comes_out_wrong(
    monkeypatch: pytest.MonkeyPatch, function: str, name: str, factor: float
) -> None:
    place = torch.nn.functional
    compute = getattr(place, function)
    monkeypatch.setattr(place, function, lambda *args, **kwargs: compute(*args, **kwargs) * factor)
    with pytest.raises(StartError, match=f"check of {name}: ArithmeticError: .* came out, not"):
        run_checks(CPU)


def test_mixed_precision_that_is_not_mixed_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    autocast = torch.autocast
    monkeypatch.setattr(torch, "autocast", lambda *args, **kwargs: autocast(*args, enabled=False, **kwargs))
    with pytest.raises(StartError, match=r"torch\.float32 came out, not torch\.bfloat16"):
        run_checks(CPU)


def test_a_gpu_that_does_not_even_tell_its_name_is_named_as_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_device: object) -> None:
        raise RuntimeError("CUDA driver initialization failed")

    monkeypatch.setattr(self_test, "_about", fail)
    with pytest.raises(StartError) as caught:
        run_checks(CPU)
    assert str(caught.value) == (
        "the GPU failed the start's check of its name: RuntimeError: CUDA driver initialization failed"
    )


def test_the_card_and_what_pytorch_is_built_for_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (7, 5))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "a card")
    monkeypatch.setattr(torch.cuda, "get_arch_list", lambda: ["sm_80", "sm_90"])
    assert self_test._about(torch.device("cuda:0")) == (
        "The GPU is a card, of compute capability 7.5; PyTorch is built for sm_80 sm_90."
    )


def test_a_fault_that_comes_late_is_the_checks_that_it_comes_after(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(_device: Any) -> None:
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    for check in ("_convolution", "_attention", "_mixed_product", "_extraction"):
        monkeypatch.setattr(self_test, check, lambda _device: None)
    monkeypatch.setattr(self_test, "_about", lambda _device: "The GPU is one that is slow to tell.")
    monkeypatch.setattr(torch.cuda, "synchronize", late)
    with pytest.raises(StartError, match="check of a convolution: RuntimeError: CUDA error"):
        check_gpu(torch.device("cuda:0"))
    assert accelerator.has_failed()
