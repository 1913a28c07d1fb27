"""Stage 0 on the fake of upstream: what is a missing surface, and what extraction leaves."""

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import trimesh

from actionmesh_wrapper.errors import NoSurface
from tests.engines.actionmesh.conftest import NO_TORCH, Rig, clip_of, stumble

torch = pytest.importorskip("torch", reason=NO_TORCH)


@pytest.mark.parametrize(
    ("where", "fault"),
    [
        ("denoise", KeyError("a bug")),
        ("denoise", stumble()),
        ("extract", KeyError("a bug")),
        ("extract", IndexError("list index out of range")),
        ("extract", ImportError("libcudart.so.13: cannot open shared object file")),
        ("clean", IndexError("list index out of range")),
        ("clean", ValueError("a bug")),
    ],
)
def test_a_fault_of_our_own_is_no_missing_surface(rig: Rig, where: str, fault: Exception) -> None:
    rig.fake.FAULTS[where] = fault
    with pytest.raises(type(fault)) as caught:
        rig.run(clip_of(16))
    assert caught.value is fault


def test_what_is_extracted_without_faces_is_a_missing_surface(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As diso answers where no value changes its sign; cleaning such a mesh would fail."""
    vae = rig.engine._pipe.image_to_3d_pipe.vae
    monkeypatch.setattr(vae, "extract", lambda _: (np.zeros((0, 3)), np.zeros((0, 4), np.int64)))
    with pytest.raises(NoSurface):
        rig.run(clip_of(16))
    assert "clean" not in {call[0] for call in rig.taken()}


def test_what_cleaning_leaves_nothing_of_is_a_missing_surface(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As upstream does with faces that have no area."""
    process = rig.engine._pipe.mesh_process
    monkeypatch.setattr(process, "process_mesh", lambda *_, **__: trimesh.Trimesh())
    with pytest.raises(NoSurface):
        rig.run(clip_of(16))


class Held:
    """Memory of the GPU's that its owner took by itself."""


class Extractor:
    """In place of diso's: it defines a class of its own, which holds the memory and, as all do, itself."""

    def __init__(self, held: list[weakref.ref[Held]]) -> None:
        memory = Held()
        held.append(weakref.ref(memory))

        class Extraction(torch.autograd.Function):  # type: ignore[misc, name-defined]  # mypy has no PyTorch
            @staticmethod
            def forward(_ctx: Any, grid: Any) -> Any:
                assert memory
                return grid * 1

        self.function = Extraction


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Nothing is collected but where it is asked for."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
def test_what_extraction_holds_of_the_gpu_is_let_go_with_it(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[weakref.ref[Held]] = []
    Extractor(held).function.apply(torch.ones(1))
    assert held[0]() is not None, "a class is in a circle with itself: it goes by a collection alone"
    extract = rig.engine._pipe.image_to_3d_pipe.vae.extract

    def extract_by_it(latents: Any) -> Any:
        Extractor(held).function.apply(latents)
        return extract(latents)

    monkeypatch.setattr(rig.engine._pipe.image_to_3d_pipe.vae, "extract", extract_by_it)
    left: list[int] = []

    def step(stage: str, index: int, _of: int) -> None:
        if (stage, index) == ("context", 0):
            left.append(sum(each() is not None for each in held))

    for _ in range(3):
        rig.run(clip_of(16), step=step)
    assert (len(held), left) == (4, [0, 0, 0])
