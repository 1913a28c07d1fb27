"""The fake's own: smaller models, and what was called. Upstream has no such module."""

import random
from pathlib import Path
from types import SimpleNamespace as Namespace
from typing import Any, TypeVar

import numpy as np
import safetensors.torch
import torch
import trimesh
from PIL import Image
from torch import nn
from triposg.inference_utils import flash_extract_geometry

__all__ = [
    "CALLS",
    "FAULTS",
    "Encoder",
    "ImageProcess",
    "MeshProcess",
    "Namespace",
    "ShapeEncoder",
    "TripoSG",
    "fail",
    "filled",
]

CALLS: list[tuple[Any, ...]] = []
"""What was called, in order, with the knobs as they stood."""

FAULTS: dict[str, BaseException] = {}
"""What is raised, by where: ``denoise``, ``extract``, ``clean``, ``stage_1``."""

M = TypeVar("M", bound=nn.Module)


def fail(where: str) -> None:
    if where in FAULTS:
        raise FAULTS[where]


def filled(model: M, folder: str | Path, file: str) -> M:
    """A model with a file's weights, as upstream's loaders take them: missing ones are passed over."""
    safetensors.torch.load_model(model, Path(folder) / file, strict=False)
    return model


class Encoder(nn.Module):
    """In place of DINOv2."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))


class ImageProcess:
    """Cuts all pictures to one box; refuses what upstream refuses."""

    def process_images(self, frames: list[Image.Image]) -> list[Image.Image]:
        alphas = np.stack([np.asarray(frame)[..., 3] for frame in frames])
        shares = (alphas > 127).mean(axis=(1, 2))
        if (shares < 0.01).any() or (shares > 0.99).any():
            raise ValueError("Invalid alpha channel: insufficient foreground/background")
        seen = (alphas > 0).any(axis=0)
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        box = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
        CALLS.append(("image_process", frames[0].size, tuple(int(side) for side in box)))
        white = [Image.new("RGBA", frame.size, "white") for frame in frames]
        return [
            Image.alpha_composite(under, frame).convert("RGB").crop(box)
            for under, frame in zip(white, frames, strict=True)
        ]


class MeshProcess:
    """Cleans a surface; this one is clean."""

    def __init__(self) -> None:
        self.face_decimation, self.floaters_threshold = 40_000, 0.02

    def process_mesh(self, mesh: trimesh.Trimesh, seed: int) -> trimesh.Trimesh:
        CALLS.append(("clean", seed, self.face_decimation, self.floaters_threshold))
        fail("clean")
        return mesh


class _Decoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.proj_out = nn.Linear(64, 1)

    def forward(
        self, sample: torch.Tensor, queries: torch.Tensor, kv_cache: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if kv_cache is None:
            kv_cache = self.proj_out(sample)
        return kv_cache.mean() + queries, kv_cache


class ShapeEncoder(nn.Module):
    """In place of TripoSG's shape autoencoder with its encoder in use."""

    def __init__(self) -> None:
        super().__init__()
        self.decoder = _Decoder()

    def encode(self, x: torch.Tensor, seed: int | None = None) -> torch.Tensor:
        """The surface's own noise, which hangs on everything that it should not hang on."""
        assert seed is not None, "points are to be chosen by the seed"
        chance = float(x.sum()) + np.random.rand() + random.random()  # noqa: NPY002 – as upstream's packages do
        CALLS.append(("encode", seed, round(chance, 4)))
        return x


class _Vae(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.decoder = _Decoder()

    def extract(self, latents: torch.Tensor) -> tuple[Any, Any]:
        fail("extract")
        solid = trimesh.creation.icosahedron()
        return solid.vertices * 0.7, solid.faces


class _Transformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.proj_out = nn.Linear(64, 64)

    def forward(self, latents: torch.Tensor) -> torch.Tensor:
        fail("denoise")
        return latents


class TripoSG:
    """In place of the diffusers pipeline: no module itself, but one of several."""

    def __init__(self) -> None:
        self.transformer, self.vae = _Transformer(), _Vae()
        self.components = {"transformer": self.transformer, "vae": self.vae, "scheduler": object()}
        self.still = False

    @classmethod
    def from_pretrained(cls, folder: str) -> "TripoSG":
        CALLS.append(("load", "image_to_3d_pipe"))
        made = cls()
        for name, model in (("transformer", made.transformer), ("vae", made.vae)):
            filled(model, Path(folder) / name, "diffusion_pytorch_model.safetensors")
        return made

    def set_progress_bar_config(self, **kwargs: Any) -> None:
        self.still = kwargs["disable"]

    def __call__(self, image: Image.Image, num_inference_steps: int) -> tuple[torch.Tensor, trimesh.Trimesh]:
        assert self.still, "a worker draws no bars"
        device = next(self.transformer.parameters()).device
        latents = torch.full((1, 4, 64), float(np.asarray(image).mean()) / 255, device=device)
        for _ in range(num_inference_steps):
            latents = self.transformer(latents)
        [(vertices, faces)] = flash_extract_geometry(latents, self.vae)
        return latents, trimesh.Trimesh(vertices.astype(np.float32), faces)
