"""Latents and meshes by their time."""

from dataclasses import dataclass, field
from typing import Any

import torch


@dataclass
class _Bank:
    items: list[Any] = field(default_factory=list)
    timesteps: list[float] = field(default_factory=list)

    def get_timestep_index(self, timestep: float, eps: float = 1e-5) -> int | None:
        near = (index for index, known in enumerate(self.timesteps) if abs(known - timestep) < eps)
        return next(near, None)

    def get_ordered_timesteps(self) -> torch.Tensor:
        return torch.tensor(sorted(self.timesteps))

    def _add(self, timesteps: torch.Tensor, items: list[Any]) -> None:
        for timestep, item in zip(timesteps.tolist(), items, strict=True):
            if self.get_timestep_index(timestep) is None:
                self.timesteps.append(timestep)
                self.items.append(item)

    def _order(self) -> list[int]:
        return sorted(range(len(self.timesteps)), key=lambda index: self.timesteps[index])


@dataclass
class LatentBank(_Bank):
    empty_dims: tuple[int, int] = (4, 64)

    def update(self, timesteps: torch.Tensor, latents: torch.Tensor, replace: bool = False) -> None:
        assert not replace
        self._add(timesteps, list(latents.reshape(len(timesteps), *self.empty_dims)))

    def get(
        self, timesteps: torch.Tensor, device: str, add_batch_dim: bool = False
    ) -> tuple[torch.Tensor, torch.Tensor]:
        assert add_batch_dim
        indices = [self.get_timestep_index(timestep) for timestep in timesteps.tolist()]
        found = [
            torch.zeros(self.empty_dims) if index is None else self.items[index].cpu() for index in indices
        ]
        known = torch.tensor([index is not None for index in indices], dtype=torch.int32)
        return torch.stack(found)[None].to(device), known[None].to(device)


@dataclass
class MeshBank(_Bank):
    def update(self, timesteps: torch.Tensor, meshes: list[Any], replace: bool = False) -> None:
        assert not replace
        assert timesteps.shape == (len(meshes),)
        self._add(timesteps, meshes)

    def get(self, timesteps: torch.Tensor) -> list[Any]:
        indices = [self.get_timestep_index(timestep) for timestep in timesteps.tolist()]
        return [None if index is None else self.items[index] for index in indices]

    def get_ordered(self, device: str) -> tuple[list[Any], torch.Tensor]:
        return [self.items[index] for index in self._order()], self.get_ordered_timesteps()
