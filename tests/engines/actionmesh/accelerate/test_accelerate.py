"""Which changes do anything where."""

import pytest

from actionmesh_wrapper.contract.acceleration import CLOSE, EXACT, LOSSY
from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)

PARTS = ("image_to_3d_pipe", "vae", "image_encoder", "temporal_3D_denoiser", "temporal_3D_vae", "scheduler")
NOT_OF_A_MODEL = {"swift_load", "skip_known_meshes", "mesh_beside"}


def names_in_effect(on: set[str], device: str, *, resident: bool) -> set[str]:
    from actionmesh_wrapper.engines.actionmesh.accelerate import in_effect

    return set(in_effect(on, torch.device(device), resident=resident))


def test_every_change_of_a_model_is_made_by_one_and_there_are_no_others() -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate import changes_of

    made = {name for part in PARTS for name in changes_of(part, torch.bfloat16)}
    assert made == (EXACT.keys() | CLOSE.keys() | LOSSY.keys()) - NOT_OF_A_MODEL


def test_what_takes_a_gpu_is_off_without_one_and_what_takes_weights_that_stay_where_they_move() -> None:
    on = {*EXACT, *CLOSE, "cuda_graph"}
    assert names_in_effect(on, "cuda", resident=True) == on
    assert names_in_effect(on, "cuda", resident=False) == on - {"cuda_graph"}
    assert names_in_effect(on, "cpu", resident=True) == {*EXACT, *CLOSE} - {"sixteen_bit_weights"}


@pytest.mark.parametrize(
    ("capability", "helps"),
    [((7, 5), False), ((8, 0), False), ((8, 6), False), ((8, 9), True), ((9, 0), False), ((12, 0), False)],
)
def test_cudnn_is_asked_first_where_that_helps(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], helps: bool
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _device: capability)
    assert names_in_effect({"cudnn_attention"}, "cuda", resident=True) == (
        {"cudnn_attention"} if helps else set()
    )
    assert names_in_effect({"cudnn_attention"}, "cpu", resident=True) == set()
