"""The engine on the fake of upstream's code; needs torch, for a processor."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames, Source
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.engines import Task
from actionmesh_wrapper.weights import Weights
from tests.fakes import Seen

FAKE = Path(__file__).parents[2] / "fake_upstream"


NO_TORCH = "torch is not installed here; `make pytest-image` runs these tests"


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The fake as upstream's packages; gives its module of calls and faults."""
    monkeypatch.syspath_prepend(FAKE)
    _forget()
    import actionmesh.parts

    yield actionmesh.parts
    _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in {"actionmesh", "triposg"}]:
        del sys.modules[name]


@pytest.fixture
def weights(fake: Any, tmp_path: Path) -> Weights:
    """Folders with the tensors that the fake's models have."""
    from actionmesh.model.temporal_autoencoder import ActionMeshAutoencoder
    from actionmesh.model.temporal_denoiser import ActionMeshDenoiser
    from safetensors.torch import save_model

    triposg = fake.TripoSG()
    for path, model in {
        "TripoSG/transformer/diffusion_pytorch_model.safetensors": triposg.transformer,
        "TripoSG/vae/diffusion_pytorch_model.safetensors": triposg.vae,
        "ActionMesh/denoiser/model.safetensors": ActionMeshDenoiser(),
        "ActionMesh/autoencoder/model.safetensors": ActionMeshAutoencoder(),
    }.items():
        (tmp_path / path).parent.mkdir(parents=True)
        save_model(model, str(tmp_path / path))
    return Weights({name: tmp_path / name for name in ("ActionMesh", "TripoSG", "dinov2", "RMBG")})


class Rig:
    """An engine on the fake, and what became of its last job."""

    def __init__(self, fake: Any, weights: Weights, device: str = "cpu", **how: Any) -> None:
        import torch

        from actionmesh_wrapper.engines.actionmesh.engine import ActionMesh
        from actionmesh_wrapper.masking import NO_MODELS

        fake.CALLS.clear()
        fake.FAULTS.clear()
        self.fake = fake
        self.engine = ActionMesh.load(weights, NO_MODELS, torch.device(device), **how)
        self.loads = self.taken()
        self.steps: list[tuple[str, int, int]] = []
        self.notices: list[Notice] = []

    def taken(self) -> list[Any]:
        """The calls since the last time, which are forgotten."""
        calls = list(self.fake.CALLS)
        self.fake.CALLS.clear()
        return calls

    def run(
        self,
        clip: Frames,
        *,
        seen: Seen | None = None,
        step: Callable[[str, int, int], None] = lambda *_: None,
        mesh: Animation | None = None,
        **options: object,
    ) -> Animation:
        self.steps, self.notices = [], []

        def note(stage: str, index: int, of: int) -> None:
            self.steps.append((stage, index, of))
            step(stage, index, of)

        asked = Options.model_validate(options)
        listener = (seen or Seen()).listener(note, self.notices.append)
        return self.engine.animate(Task(clip, asked, mesh), listener)


@pytest.fixture
def rig(fake: Any, weights: Weights) -> Rig:
    return Rig(fake, weights)


A_LEVEL = 1 / 4 / 255
"""How far the fake moves the mesh for a picture that is brighter by one level."""


def clip_of(count: int) -> Frames:
    """A square that grows brighter by a level a frame, (count, 48, 64, 4), with its mask for alpha."""
    images = np.zeros((count, 48, 64, 4), np.uint8)
    images[:, 10:30, 20:50, 3] = 255
    images[..., :3] = np.arange(count, dtype=np.uint8)[:, None, None, None]
    source = Source(duration_s=count / 8, width=64, height=48, fps=8.0, frames=count)
    return Frames(images, np.arange(count) / 8, source)


@pytest.fixture
def lent(fake: Any, weights: Weights) -> Rig:
    """One whose models take turns."""
    return Rig(fake, weights, resident=False)


def stumble() -> IndexError:
    """PyTorch's own words for what upstream's extraction does where nothing is near the surface."""
    import torch

    with pytest.raises(IndexError) as caught:
        torch.empty(0, 3).min(axis=0)
    return caught.value
