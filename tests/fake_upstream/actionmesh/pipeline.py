"""The pipeline."""

from collections.abc import Callable

import numpy as np
import torch
import trimesh
from actionmesh.io.video_input import ActionMeshInput
from actionmesh.model.temporal_autoencoder import ActionMeshAutoencoder
from actionmesh.model.temporal_denoiser import ActionMeshDenoiser
from actionmesh.model.utils.storage import LatentBank, MeshBank
from actionmesh.parts import CALLS, Encoder, ImageProcess, MeshProcess, Namespace, TripoSG
from actionmesh.scheduler.scheduler import SchedulerFlow
from actionmesh.utils import download_if_missing, load_config
from torch import nn


class ActionMeshPipeline(nn.Module):
    def __init__(
        self,
        config_name: str,
        config_dir: str,
        dtype: torch.dtype = torch.bfloat16,
        lazy_loading: bool = False,
    ) -> None:
        super().__init__()
        self.cfg = load_config(config_name, config_dir)
        for repository in (
            "facebook/ActionMesh",
            "VAST-AI/TripoSG",
            "facebook/dinov2-large",
            "briaai/RMBG-1.4",
        ):
            download_if_missing(repo_id=repository, local_dir="pretrained_weights")
        self._triposg_weights_dir = "pretrained_weights/TripoSG"
        self._dinov2_weights_dir = "pretrained_weights/dinov2"
        self._rmbg_weights_dir = "pretrained_weights/RMBG"
        self._actionmesh_weights_dir = "pretrained_weights/ActionMesh"
        self.image_to_3d_pipe: TripoSG | None = None
        self.image_encoder: Encoder | None = None
        self.temporal_3D_denoiser: ActionMeshDenoiser | None = None
        self.temporal_3D_vae: ActionMeshAutoencoder | None = None
        self.image_process = ImageProcess()
        self.mesh_process = MeshProcess()
        self.scheduler = SchedulerFlow(self.cfg.stage_1_steps)
        self.cf_guidance = Namespace(guidance_scales=[7.5])
        self._target_device = torch.device("cpu")
        self._dtype = dtype
        assert lazy_loading, "the worker loads part by part"

    def _load_image_to_3d(self) -> None:
        self.image_to_3d_pipe = TripoSG.from_pretrained(self._triposg_weights_dir)

    def _load_image_encoder(self) -> None:
        CALLS.append(("load", "image_encoder"))
        assert self.cfg.model.image_encoder.pretrained_dino_model == self._dinov2_weights_dir
        self.image_encoder = Encoder()

    def _load_temporal_denoiser(self) -> None:
        CALLS.append(("load", "temporal_3D_denoiser"))
        self.temporal_3D_denoiser = ActionMeshDenoiser.from_pretrained(
            f"{self._actionmesh_weights_dir}/denoiser"
        )

    def _load_temporal_vae(self) -> None:
        CALLS.append(("load", "temporal_3D_vae"))
        self.temporal_3D_vae = ActionMeshAutoencoder.from_pretrained(
            f"{self._actionmesh_weights_dir}/autoencoder"
        )

    @property
    def device(self) -> torch.device:
        return self._target_device

    def to(self, device: str) -> "ActionMeshPipeline":  # type: ignore[override]  # theirs
        self._target_device = torch.device(device)
        return self

    def encode_all_frames(self, input: ActionMeshInput) -> torch.Tensor:
        """(T, 1, 1), the mean of each picture."""
        CALLS.append(("context", input.n_frames))
        assert torch.is_inference_mode_enabled()
        assert self.image_encoder is not None
        means = [np.asarray(frame).mean() / 255 for frame in input.frames]
        return torch.tensor(means, dtype=torch.float32, device=self.device).view(-1, 1, 1)

    def init_banks_from_anchor(self, input: ActionMeshInput, seed: int = 44) -> tuple[LatentBank, MeshBank]:
        """TripoSG on the anchor frame, then the clean-up of its mesh."""
        steps = self.cfg.model.image_to_3D_denoiser.num_inference_steps
        CALLS.append(("stage_0", self.cfg.anchor_idx, seed, steps))
        assert torch.is_inference_mode_enabled()
        assert self.image_to_3d_pipe is not None
        latent, mesh = self.image_to_3d_pipe(input.frames[self.cfg.anchor_idx], steps)
        mesh = self.mesh_process.process_mesh(mesh, seed=seed)
        timestep = input.timesteps[[self.cfg.anchor_idx]]
        latents, meshes = LatentBank(), MeshBank()
        latents.update(timesteps=timestep, latents=latent)
        meshes.update(meshes=[mesh], timesteps=timestep)
        return latents, meshes

    def _denoise_latents(
        self,
        input: ActionMeshInput,
        context: torch.Tensor,
        latent_bank: LatentBank,
        seed: int = 44,
        step_callback: Callable[[int, int], None] | None = None,
    ) -> torch.Tensor:
        """(1, T, 4, 64), each frame's what the encoder saw in it."""
        scheduler = self.scheduler
        assert self.temporal_3D_denoiser is not None
        knobs = (scheduler.num_inference_steps, *self.cf_guidance.guidance_scales, scheduler.split_cfg_batch)
        clear = self.temporal_3D_denoiser.clear_autocast
        CALLS.append(("stage_1", input.timesteps.tolist(), seed, *knobs, clear))
        assert torch.is_inference_mode_enabled()
        assert context.shape == (input.n_frames, 1, 1)
        _, known = latent_bank.get(input.timesteps, self.device, add_batch_dim=True)  # type: ignore[arg-type]
        assert known[0, 0], "a window starts from a frame that is known"
        both = torch.stack([torch.zeros_like(context), context])
        latents = torch.zeros(2, input.n_frames, 4, 64, device=self.device)
        for step in range(scheduler.num_inference_steps):
            latents, _ = self.temporal_3D_denoiser.forward(
                hidden_states=torch.zeros(2, input.n_frames, 4, 64, device=self.device),
                context=both,
                framestep=input.timesteps[None].repeat(2, 1).to(self.device),
                diffusion_time=torch.zeros(2, device=self.device),
            )
            if step_callback is not None:
                step_callback(step + 1, scheduler.num_inference_steps)
        return latents[1:].contiguous()

    def _decode_displacement(
        self,
        latents: torch.Tensor,
        window_timesteps: torch.Tensor,
        source_alpha: torch.Tensor,
        target_alphas: torch.Tensor,
        anchor_mesh: trimesh.Trimesh,
        step_callback: Callable[[int, int], None] | None = None,
    ) -> list[trimesh.Trimesh]:
        """A mesh for each target, of the anchor's topology."""
        CALLS.append(("stage_2", window_timesteps[0].tolist()))
        assert torch.is_inference_mode_enabled()
        assert self.temporal_3D_vae is not None
        assert latents.shape[:2] == window_timesteps.shape
        vertices = torch.from_numpy(np.array(anchor_mesh.vertices)).float().to(self.device)
        query = torch.cat([vertices, vertices], dim=-1)[None]
        moved = self.temporal_3D_vae(
            latents, window_timesteps, source_alpha, target_alphas, query, step_callback
        )
        faces = anchor_mesh.faces
        return [
            trimesh.Trimesh(vertices=places.cpu().numpy(), faces=faces, process=False) for places in moved[0]
        ]
