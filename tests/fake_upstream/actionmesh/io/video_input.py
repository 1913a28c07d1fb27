"""What the pipeline is given."""

from dataclasses import dataclass

import torch
from PIL import Image


@dataclass
class ActionMeshInput:
    frames: list[Image.Image]
    timesteps: torch.Tensor

    def __post_init__(self) -> None:
        assert len(self.frames) >= 16
        assert self.timesteps.shape == (len(self.frames),)
        assert self.timesteps.dtype == torch.float32

    @property
    def n_frames(self) -> int:
        return len(self.frames)

    def get(self, indices: torch.Tensor | list[int]) -> "ActionMeshInput":
        listed = indices.tolist() if isinstance(indices, torch.Tensor) else indices
        return ActionMeshInput([self.frames[index] for index in listed], self.timesteps[indices])
