"""The fake that the other tests use, against upstream's real code."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.upstream.signatures import found

if TYPE_CHECKING:
    from tests.upstream.pipelines import Ours

TESTS = Path(__file__).parents[1]
FAKE = TESTS / "fake_upstream"

ATTRIBUTES = [
    "cfg.anchor_idx",
    "cfg.stage_0_steps",
    "cfg.stage_1_steps",
    "cfg.guidance_scales",
    "cfg.face_decimation",
    "cfg.floaters_threshold",
    "cfg.model.image_to_3D_denoiser.num_inference_steps",
    "cfg.model.image_encoder.pretrained_dino_feature_extractor",
    "cfg.model.image_encoder.pretrained_dino_model",
    "cfg.model.temporal_3D_denoiser.temporal_context_size",
    "cfg.model.temporal_3D_denoiser.clear_autocast",
    "cfg.model.temporal_3D_vae.temporal_context_size",
    "cfg.model.scheduler.split_cfg_batch",
    "device",
    "_dtype",
    "_triposg_weights_dir",
    "_dinov2_weights_dir",
    "_rmbg_weights_dir",
    "_actionmesh_weights_dir",
    "scheduler.num_inference_steps",
    "scheduler.split_cfg_batch",
    "scheduler.num_train_timesteps",
    "scheduler._diffusion_forward",
    "cf_guidance.guidance_scales",
    "mesh_process.face_decimation",
    "mesh_process.floaters_threshold",
    "mesh_process.process_mesh",
    "image_process.process_images",
    "image_to_3d_pipe.components",
    "image_to_3d_pipe.set_progress_bar_config",
    "image_to_3d_pipe.transformer.register_forward_hook",
    "image_to_3d_pipe.vae.decoder.register_forward_hook",
    "temporal_3D_denoiser.clear_autocast",
    "temporal_3D_denoiser.blocks",
    "temporal_3D_vae.out_dim",
]
"""What the engine reads or sets in a pipeline that is loaded."""


def test_signatures_are_the_real_ones(sources: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(FAKE)}
    script = [sys.executable, str(TESTS / "upstream/signatures.py")]
    fake = json.loads(subprocess.run(script, env=environment, check=True, capture_output=True).stdout)
    assert fake == found()


@pytest.mark.parametrize("path", ATTRIBUTES)
def test_the_real_pipeline_has_what_the_engine_uses(ours: "Ours", path: str) -> None:
    thing: Any = ours.engine._pipe
    for name in path.split("."):
        assert hasattr(thing, name), f"{path}: no {name}"
        thing = getattr(thing, name)
