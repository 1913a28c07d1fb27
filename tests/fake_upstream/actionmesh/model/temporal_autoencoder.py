"""Stage II's model."""

from collections.abc import Callable
from typing import Any

import torch
from actionmesh.parts import filled
from torch import nn


def tqdm(*_: object, **__: object) -> Any:
    raise AssertionError("a worker draws no bars")


class ActionMeshAutoencoder(nn.Module):
    out_dim = 3

    def __init__(self) -> None:
        super().__init__()
        self.post_quant, self.blocks = nn.Linear(64, 64), nn.ModuleList()
        nn.init.eye_(self.post_quant.weight)
        nn.init.zeros_(self.post_quant.bias)
        self.proj_out = nn.Linear(64, 3)
        nn.init.constant_(self.proj_out.weight, 1 / 256)
        nn.init.zeros_(self.proj_out.bias)

    @classmethod
    def from_pretrained(cls, folder: str) -> "ActionMeshAutoencoder":
        return filled(cls(), folder, "model.safetensors")

    def fwd_kv_cache(
        self, hidden_states: torch.Tensor, freqs_rot: tuple[torch.Tensor, torch.Tensor]
    ) -> torch.Tensor:
        return hidden_states

    def fwd_cross_attn(self, kv_cache: torch.Tensor, queries: torch.Tensor) -> torch.Tensor:
        """(B, V, 3): the shape, as far to the side as the latents (B, T N, 64) say."""
        shape = queries[..., :3] - queries[..., :3].mean(dim=1, keepdim=True)
        moved: torch.Tensor = shape + self.proj_out(kv_cache).mean(dim=1, keepdim=True)
        return moved

    def forward(
        self,
        latent: torch.Tensor,
        framestep: torch.Tensor,
        source_alpha: torch.Tensor,
        target_alphas: torch.Tensor,
        query: torch.Tensor,
        step_callback: Callable[[int, int], None] | None = None,
    ) -> torch.Tensor:
        """(B, T_out, V, 3) from latents (B, T, N, 64), times, and vertices (B, V, 6).

        Between two frames of the window, by their times, is what is between their latents.
        """
        batch, targets = target_alphas.shape
        assert source_alpha.shape == (batch,)
        assert framestep.shape == latent.shape[:2]
        assert ((target_alphas >= 0) & (target_alphas <= 1)).all()
        order = framestep[0].argsort()
        times, latent = framestep[0, order], self.post_quant(latent)[:, order]
        moved = torch.empty(batch, targets, query.shape[1], 3, device=latent.device)
        for index in tqdm(range(targets), disable=False, desc=""):
            time = times[0] + (times[-1] - times[0]) * target_alphas[0, index : index + 1]
            after = torch.searchsorted(times, time).clamp(1, len(times) - 1)
            share = (time - times[after - 1]) / (times[after] - times[after - 1])
            tokens = ((1 - share) * latent[:, after - 1] + share * latent[:, after])[:, 0]
            moved[:, index] = self.fwd_cross_attn(self.fwd_kv_cache(tokens, (tokens, tokens)), query)
        return moved.clamp(-1, 1)
