"""Stage I's model."""

from typing import Any

import torch
from actionmesh.parts import fail, filled
from torch import nn


class Attention(nn.Module):
    """Answers with the mean of what it attends to, through its output layer."""

    def __init__(self) -> None:
        super().__init__()
        self.to_out = nn.ModuleList([nn.Linear(1, 1), nn.Identity()])

    def forward(
        self, hidden_states: torch.Tensor, encoder_hidden_states: torch.Tensor | None = None, **_: Any
    ) -> torch.Tensor:
        seen = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        answer: torch.Tensor = self.to_out[0](seen.mean(dim=1, keepdim=True)).expand_as(hidden_states)
        return answer


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.s_attn, self.x_attn = Attention(), Attention()

    def forward(
        self, hidden_states: torch.Tensor, encoder_hidden_states: torch.Tensor, **given: Any
    ) -> torch.Tensor:
        hidden_states = hidden_states + self.s_attn(hidden_states, **given)
        moved: torch.Tensor = hidden_states + self.x_attn(
            hidden_states, encoder_hidden_states=encoder_hidden_states
        )
        return moved


class ActionMeshDenoiser(nn.Module):
    """Gives the context back, in as many tokens as it is handed; its blocks only work."""

    clear_autocast = False

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([Block(), Block()])
        self.proj_out = nn.Linear(1, 1)

    @classmethod
    def from_pretrained(cls, folder: str) -> "ActionMeshDenoiser":
        return filled(cls(), folder, "model.safetensors")

    def forward(
        self,
        hidden_states: torch.Tensor,
        context: torch.Tensor,
        framestep: torch.Tensor,
        diffusion_time: torch.Tensor,
        mask: torch.Tensor | None = None,
        freqs_rot: tuple[torch.Tensor, torch.Tensor] | None = None,
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor]]:
        fail("stage_1")
        frames = hidden_states.shape[1]
        table = freqs_rot or (framestep.flatten()[:, None], framestep.flatten()[:, None])
        tokens = hidden_states.flatten(0, 1)[..., :1]
        for block in self.blocks:
            tokens = block(
                tokens, encoder_hidden_states=context.flatten(0, 1), n_frames=frames, freqs_rot=table
            )
        return context.expand_as(hidden_states), table
