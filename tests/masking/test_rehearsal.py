"""RMBG and SAM 2 at their real size on a simulated GPU: that they run there, and the memory they take.

RMBG's own code is not at hand: a model of the same kind and size stands for it.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="the models run on torch, which .venv-image has")
pytest.importorskip("transformers", reason="SAM 2 is transformers' Sam2VideoModel, which .venv-image has")

import torch

from actionmesh_wrapper.masking.rmbg import Rmbg
from actionmesh_wrapper.masking.sam2 import Sam2
from tests.rehearsal.device_guard import why_not

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

GPU = "cuda:0"
FULL_HD = np.zeros((3, 1080, 1920, 3), np.uint8)
RMBG_MILLIONS, SAM2_MILLIONS = 44, 46  # of parameters, as their authors state
SMALL = {
    "blocks_per_stage": [1, 2, 11, 2],
    "global_attention_blocks": [7, 10, 13],
}
"""What `sam2.1-hiera-small` has unlike transformers' default."""


def millions(model: Any) -> int:
    count: float = sum(tensor.numel() for tensor in model.parameters())
    return round(count / 1e6)


@pytest.fixture
def watch() -> Iterator[Any]:
    from tests.rehearsal.host import rehearsal

    with rehearsal() as watch:
        yield watch


def test_rmbg(watch: Any) -> None:
    from tests.rehearsal.isnet import Isnet

    model = Isnet().eval()
    assert millions(model) == RMBG_MILLIONS
    segment, weights = Rmbg(model.to(GPU), GPU), watch.now
    assert segment(FULL_HD[0]).shape == (1080, 1920)
    assert watch.peak < 0.8e9
    assert watch.now == weights


def test_sam2(watch: Any) -> None:
    from transformers import Sam2VideoConfig, Sam2VideoModel

    model = Sam2VideoModel(Sam2VideoConfig(vision_config={"backbone_config": SMALL})).eval()
    assert millions(model) == SAM2_MILLIONS
    track = Sam2(model.to(GPU), GPU)
    done: list[int] = []
    box, points = (0.2, 0.2, 0.8, 0.8), ((0.5, 0.5, True),)
    masks = track(FULL_HD, box, points, lambda index, _of: done.append(index))
    assert masks.shape == FULL_HD.shape[:3]
    assert done == [1, 2, 3]
    assert watch.peak < 0.7e9


def test_a_model_left_on_the_host_fails(watch: Any) -> None:
    from tests.rehearsal.isnet import Isnet

    with pytest.raises(RuntimeError, match="device"):
        Rmbg(Isnet().eval(), GPU)(FULL_HD[0])


def test_a_layer_in_another_dtype_fails(watch: Any) -> None:
    from tests.rehearsal.isnet import Isnet

    model = Isnet().eval().to(GPU)
    model.up[0].to(torch.bfloat16)
    with pytest.raises(RuntimeError, match="BFloat16"):
        Rmbg(model, GPU)(FULL_HD[0])
