"""Which changes do anything where."""

from importlib.util import find_spec
from typing import Any

import pytest

from actionmesh_wrapper.contract.acceleration import EXACT, LOSSY
from actionmesh_wrapper.errors import StartError
from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)

PARTS = ("image_to_3d_pipe", "vae", "image_encoder", "temporal_3D_denoiser", "temporal_3D_vae")
NOT_OF_A_MODEL = {"swift_load", "skip_known_meshes", "mesh_beside"}


def names_in_effect(on: set[str], device: str, *, resident: bool) -> set[str]:
    from actionmesh_wrapper.engines.actionmesh.accelerate import in_effect

    return set(in_effect(on, torch.device(device), resident=resident))


def test_every_change_of_a_model_is_made_by_one_and_there_are_no_others() -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate import changes_of

    made = {name for part in PARTS for name in changes_of(part, torch.bfloat16)}
    assert made == (EXACT.keys() | LOSSY.keys()) - NOT_OF_A_MODEL


def test_what_takes_a_gpu_is_off_without_one_and_what_takes_weights_that_stay_where_they_move() -> None:
    on = set(EXACT) | {"cudnn_attention", "cuda_graph"}
    assert names_in_effect(on, "cuda", resident=True) == on
    assert names_in_effect(on, "cuda", resident=False) == on - {"cuda_graph"}
    assert names_in_effect(on, "cpu", resident=True) == EXACT.keys() - {"sixteen_bit_weights"}


def test_without_its_package_flash_attention_3_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_spec("flash_attn_interface") is None
    assert names_in_effect({"flash_attention_3"}, "cpu", resident=True) == set()
    with pytest.raises(StartError, match="flash_attention_3 needs the package flash_attn_3"):
        names_in_effect({"flash_attention_3"}, "cuda", resident=True)
    found: Any = object()
    monkeypatch.setattr(
        "actionmesh_wrapper.engines.actionmesh.accelerate.kernels.find_spec", lambda _name: found
    )
    assert names_in_effect({"flash_attention_3"}, "cuda", resident=True) == {"flash_attention_3"}
