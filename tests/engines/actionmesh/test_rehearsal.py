"""The engine on the fake of upstream, on a simulated GPU: where models and tensors are at each stage.

`tests/upstream/test_rehearsal.py` has the real code, and the memory that it takes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from actionmesh_wrapper.contract.acceleration import choose
from actionmesh_wrapper.weights import Weights
from tests.engines.actionmesh.conftest import NO_TORCH, Rig, clip_of
from tests.engines.actionmesh.test_own_mesh import a_box

pytest.importorskip("torch", reason=NO_TORCH)

import safetensors.torch
import torch

from tests.rehearsal.device_guard import why_not

pytestmark = [
    pytest.mark.skipif(why_not() is not None, reason=str(why_not())),
    pytest.mark.filterwarnings("ignore:Accessing the data pointer of FakeTensor"),  # safetensors does
]


def tensors_of(file: str | Path, device: str = "cpu", **_: object) -> dict[str, Any]:
    """In place of `safetensors.torch.load_file`: a file's tensors, without their content."""
    with safetensors.safe_open(file, "pt") as opened:
        shapes = {name: opened.get_slice(name).get_shape() for name in opened.keys()}  # noqa: SIM118 – no mapping
    return {name: torch.empty(shape, device=device) for name, shape in shapes.items()}


@pytest.fixture
def watch(fake: Any) -> Iterator[Any]:
    """The GPU, and models that are large enough to tell where they are."""
    from tests.rehearsal.host import rehearsal

    with mock.patch.object(safetensors.torch, "load_file", tensors_of), rehearsal() as watch:
        yield watch


def rig_on(
    fake: Any,
    weights: Weights,
    *,
    resident: bool,
) -> Rig:
    return Rig(fake, weights, device="cuda:0", resident=resident, accelerate=choose("all"))


@pytest.mark.parametrize("resident", [True, False])
def test_jobs_of_any_mode_run(fake: Any, weights: Weights, watch: Any, resident: bool) -> None:
    rig = rig_on(fake, weights, resident=resident)
    left = watch.now
    for count, mode in ((16, "default"), (20, "low_ram"), (121, "default")):
        assert rig.run(clip_of(count), mode=mode, anchor_idx=count // 2).num_frames == count
    assert rig.run(clip_of(16), mesh=a_box(), mode="fast").num_frames == 16
    assert watch.now - left < 4096, (
        "but for the shape encoder, where models stay, and what is kept of a latent"
    )


def test_a_model_that_is_lent_is_there_for_its_stage_alone(fake: Any, weights: Weights, watch: Any) -> None:
    rig = rig_on(fake, weights, resident=False)
    pipe = rig.engine._pipe
    there: dict[str, set[str]] = {}

    def step(stage: str, _index: int, _of: int) -> None:
        models = {
            "image_to_3d_pipe": pipe.image_to_3d_pipe.transformer,
            "image_encoder": pipe.image_encoder,
            "temporal_3D_denoiser": pipe.temporal_3D_denoiser,
            "temporal_3D_vae": pipe.temporal_3D_vae,
        }
        there.setdefault(stage, set()).update(
            name for name, model in models.items() if next(model.parameters()).is_cuda
        )

    rig.run(clip_of(16), step=step)
    assert there == {
        "masks": set(),
        "stage_0": {"image_to_3d_pipe"},
        "extraction": {"image_to_3d_pipe"},
        "context": {"image_encoder"},
        "stage_1": {"temporal_3D_denoiser"},
        "stage_2": {"temporal_3D_vae"},
    }


def test_a_tensor_left_on_the_host_fails(fake: Any, weights: Weights, watch: Any) -> None:
    rig = rig_on(fake, weights, resident=True)

    def leave(stage: str, index: int, _of: int) -> None:
        if (stage, index) == ("stage_1", 0):
            rig.engine._pipe.temporal_3D_denoiser.blocks[0].x_attn.to_out[0].to("cpu")

    with pytest.raises(RuntimeError, match="device"):
        rig.run(clip_of(16), step=leave)
