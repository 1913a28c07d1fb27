"""ActionMesh's knobs, all of them set for every job: in the pipeline they stay as the last job left them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Self

from actionmesh_wrapper.contract.engines import Mode
from actionmesh_wrapper.contract.recipe import Options

CONFIGS: Mapping[Mode, str] = MappingProxyType(
    {
        "default": "actionmesh.yaml",
        "fast": "actionmesh_fast.yaml",
        "low_ram": "actionmesh_lowram.yaml",
        "fast_low_ram": "actionmesh_fast_lowram.yaml",
    }
)
"""Each mode's preset, a file of ActionMesh's own."""


@dataclass(frozen=True)
class Knobs:
    """One job's settings of the pipeline.

    Attributes:
        stage_0_steps: steps of image-to-3D.
        stage_1_steps: steps of the temporal denoiser, for each window.
        guidance_scale: its classifier-free guidance.
        face_decimation: target number of faces.
        floaters_threshold: loose parts with fewer faces than this share of the largest go.
        split_cfg_batch: whether guided and unguided halves run one after the other, which takes less memory.
        clear_autocast: whether each block's 16-bit copies of its weights are dropped after it.
    """

    stage_0_steps: int
    stage_1_steps: int
    guidance_scale: float
    face_decimation: int
    floaters_threshold: float
    split_cfg_batch: bool
    clear_autocast: bool

    @classmethod
    def of(cls, config: Any) -> Self:
        """Those of one of ActionMesh's configurations, resolved."""
        return cls(
            stage_0_steps=config.stage_0_steps,
            stage_1_steps=config.stage_1_steps,
            guidance_scale=config.guidance_scales[0],
            face_decimation=config.face_decimation,
            floaters_threshold=config.floaters_threshold,
            split_cfg_batch=config.model.scheduler.split_cfg_batch,
            clear_autocast=config.model.temporal_3D_denoiser.clear_autocast,
        )

    def with_options(self, options: Options) -> Self:
        """These, with what a request asks for instead."""
        names = (
            "stage_0_steps",
            "stage_1_steps",
            "guidance_scale",
            "face_decimation",
            "floaters_threshold",
        )
        asked = {name: getattr(options, name) for name in names}
        return replace(self, **{name: value for name, value in asked.items() if value is not None})

    def apply_to(self, pipe: Any, *, anchor: int) -> None:
        """Sets them in an ``ActionMeshPipeline``, and the anchor frame; all but its denoiser's own."""
        pipe.cfg.anchor_idx = anchor
        pipe.cfg.model.image_to_3D_denoiser.num_inference_steps = self.stage_0_steps
        pipe.scheduler.num_inference_steps = self.stage_1_steps
        pipe.scheduler.split_cfg_batch = self.split_cfg_batch
        pipe.cf_guidance.guidance_scales = [self.guidance_scale]
        pipe.mesh_process.face_decimation = self.face_decimation
        pipe.mesh_process.floaters_threshold = self.floaters_threshold

    def apply_to_denoiser(self, pipe: Any) -> None:
        """Sets the denoiser's own, once it is loaded: what the presets say of it upstream does not heed."""
        pipe.temporal_3D_denoiser.clear_autocast = self.clear_autocast
