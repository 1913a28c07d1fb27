"""The pipeline that can start from a mesh."""

from typing import Any

import numpy as np
import torch
import trimesh
from actionmesh.io.video_input import ActionMeshInput
from actionmesh.model.utils.storage import LatentBank, MeshBank
from actionmesh.parts import CALLS, ShapeEncoder, filled
from actionmesh.pipeline import ActionMeshPipeline
from actionmesh.preprocessing.mesh_processor import NormalizationParams


class ActionMeshPipelineWithMeshInput(ActionMeshPipeline):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.vae: ShapeEncoder | None = None

    def _load_vae(self) -> None:
        CALLS.append(("load", "vae"))
        folder = f"{self._triposg_weights_dir}/vae"
        self.vae = filled(ShapeEncoder(), folder, "diffusion_pytorch_model.safetensors")

    def init_banks_from_anchor(  # type: ignore[override]
        self, input: ActionMeshInput, anchor_mesh: trimesh.Trimesh, seed: int = 44
    ) -> tuple[LatentBank, MeshBank, NormalizationParams, np.ndarray, np.ndarray]:
        """As upstream: equal vertices are merged, and every one that no face uses is an error."""
        assert torch.is_inference_mode_enabled()
        assert self.vae is not None
        faces = anchor_mesh.faces.copy()
        merged, way = np.unique(anchor_mesh.vertices, axis=0, return_inverse=True)
        assert set(faces.ravel()) == set(range(len(anchor_mesh.vertices)))
        CALLS.append(("mesh", self.cfg.anchor_idx, seed, len(anchor_mesh.vertices), len(merged)))
        latent = self.vae.encode(torch.rand(1, 4, 64, device=self.device))
        timestep = input.timesteps[[self.cfg.anchor_idx]]
        latents, meshes = LatentBank(), MeshBank()
        latents.update(timesteps=timestep, latents=latent)
        welded = trimesh.Trimesh(merged, way.reshape(-1)[faces], process=False)
        meshes.update(meshes=[welded], timesteps=timestep)
        return latents, meshes, NormalizationParams(np.zeros(3), 2.0), way.reshape(-1), faces
