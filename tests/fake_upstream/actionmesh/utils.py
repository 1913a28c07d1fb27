"""Configurations, and the download that the worker must not start."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any


def download_if_missing(repo_id: str, local_dir: str) -> str:
    raise AssertionError(f"the worker is offline, and {repo_id} is not to be fetched")


def load_config(config_name: str, config_dir: str, updates: dict[str, Any] = {}) -> Any:  # noqa: B006 – theirs
    """The presets by their file's name: the file itself only has to be there."""
    assert (Path(config_dir) / config_name).is_file()
    fast, low_ram = "fast" in config_name, "lowram" in config_name
    steps = (2, 2) if fast else (4, 3)
    return SimpleNamespace(
        anchor_idx=0,
        stage_0_steps=steps[0],
        stage_1_steps=steps[1],
        guidance_scales=[7.5],
        face_decimation=40_000,
        floaters_threshold=0.02,
        model=SimpleNamespace(
            image_to_3D_denoiser=SimpleNamespace(num_inference_steps=steps[0]),
            image_encoder=SimpleNamespace(
                pretrained_dino_feature_extractor="pretrained_weights/dinov2",
                pretrained_dino_model="pretrained_weights/dinov2",
            ),
            temporal_3D_denoiser=SimpleNamespace(temporal_context_size=16, clear_autocast=low_ram),
            temporal_3D_vae=SimpleNamespace(temporal_context_size=16),
            scheduler=SimpleNamespace(split_cfg_batch=low_ram),
        ),
    )
