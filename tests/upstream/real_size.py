"""Upstream's real classes for tensors without content: nothing is read from disk, nothing takes memory."""

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np
import torch
import trimesh
from numpy.typing import NDArray
from torch import nn

from actionmesh_wrapper.engines.actionmesh import engine, upstream
from actionmesh_wrapper.engines.actionmesh.engine import ActionMesh
from actionmesh_wrapper.masking import NO_MODELS, MaskModels
from actionmesh_wrapper.weights import Weights
from tests.rehearsal.host import GPU
from tests.upstream.sizes import REAL, Sizes

FEW_LAYERS = replace(REAL, layers=3, decoder_layers=1, encoder_layers=1, context_layers=1)
"""As wide as the real ones; a layer is like the next."""
FOLDERS = ("ActionMesh", "TripoSG", "dinov2", "RMBG")
HOST_GB = 64.0  # free in host memory
BALL = 6  # subdivisions: 81,920 faces, which cleaning brings down to 40,000


class DiffDMC(nn.Module):  # type: ignore[misc]  # Module has no types here
    """In place of diso's: it asks for the same input, takes its raw memory, and answers with a ball."""

    def __init__(self, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()

    def forward(self, grid: torch.Tensor, **_: object) -> tuple[Any, Any]:
        """Vertices and faces, on the host."""
        assert grid.is_cuda
        assert grid.dtype is torch.float32
        assert grid.is_contiguous()
        padded = nn.functional.pad(grid, (1,) * 6, "constant", 1.0)
        cells = torch.empty(int(padded.numel() * 1.2), dtype=torch.int32, device=grid.device)
        ball = trimesh.creation.icosphere(subdivisions=BALL)
        side = grid.shape[0] - 1
        assert cells.is_cuda
        return _array((np.asarray(ball.vertices) * 0.8 + 1) / 2 * side), _array(np.asarray(ball.faces))


def _array(values: NDArray[Any]) -> Any:
    """What upstream calls of a tensor."""
    host = SimpleNamespace(numpy=lambda: values)
    return SimpleNamespace(detach=lambda: SimpleNamespace(cpu=lambda: host))


def _dinov2(sizes: Sizes) -> Any:
    from transformers import Dinov2Config, Dinov2Model

    config = Dinov2Config(
        hidden_size=sizes.context_width,
        num_hidden_layers=sizes.context_layers,
        num_attention_heads=sizes.context_heads,
        mlp_ratio=sizes.mlp_ratio,
        image_size=sizes.context_picture,
        patch_size=14,
        attn_implementation="sdpa",
    )
    return Dinov2Model(config).eval()


def _processor() -> Any:
    from transformers import BitImageProcessor

    return BitImageProcessor(size={"shortest_edge": 256}, crop_size={"height": 224, "width": 224})


def _vae(kind: Any, sizes: Sizes) -> Any:
    return kind(
        num_attention_heads=sizes.decoder_heads,
        width_encoder=sizes.encoder_width,
        width_decoder=sizes.decoder_width,
        num_layers_encoder=sizes.encoder_layers,
        num_layers_decoder=sizes.decoder_layers,
    ).eval()


def _triposg(sizes: Sizes) -> Any:
    from actionmesh.external.triposg import TripoSGPipelinePlus
    from triposg.models.autoencoders import TripoSGVAEModel
    from triposg.models.transformers import TripoSGDiTModel
    from triposg.schedulers import RectifiedFlowScheduler

    transformer = TripoSGDiTModel(
        num_attention_heads=sizes.heads,
        width=sizes.width,
        num_layers=sizes.layers,
        cross_attention_dim=sizes.context_width,
    )
    models = (_vae(TripoSGVAEModel, sizes), transformer.eval())
    scheduler = RectifiedFlowScheduler(shift=1.0)
    return TripoSGPipelinePlus(*models, scheduler, _dinov2(sizes), _processor())


def _denoiser(sizes: Sizes) -> Any:
    from actionmesh.model.temporal_denoiser import ActionMeshDenoiser

    return ActionMeshDenoiser(
        num_tokens_nominal=sizes.tokens,
        num_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        width=sizes.width,
        mlp_ratio=sizes.mlp_ratio,
        cross_attention_dim=sizes.context_width,
        inflated_layers=tuple(range(sizes.layers)),
    )


def _autoencoder(sizes: Sizes) -> Any:
    from actionmesh.model.temporal_autoencoder import ActionMeshAutoencoder

    return ActionMeshAutoencoder(
        width=sizes.decoder_width, num_layers=sizes.decoder_layers, num_attention_heads=sizes.decoder_heads
    )


@contextmanager
def without_files(sizes: Sizes = REAL) -> Iterator[None]:
    """Has upstream's loaders make models in the place of those that they would read.

    What they do besides stays: to which dtype a model goes, and on which device.
    """
    import actionmesh.external.triposg as triposg_plus
    import actionmesh.model.image_encoder as encoder
    import triposg.inference_utils
    from actionmesh.model.temporal_autoencoder import ActionMeshAutoencoder
    from actionmesh.model.temporal_denoiser import ActionMeshDenoiser

    loaders: list[tuple[Any, str, Any]] = [
        (triposg_plus.TripoSGPipelinePlus, "from_pretrained", lambda *_, **__: _triposg(sizes)),
        (triposg_plus.TripoSGVAE, "from_pretrained", lambda *_, **__: _vae(triposg_plus.TripoSGVAE, sizes)),
        (encoder.Dinov2Model, "from_pretrained", lambda *_, **__: _dinov2(sizes)),
        (encoder.BitImageProcessor, "from_pretrained", lambda *_, **__: _processor()),
        (ActionMeshDenoiser, "from_pretrained", lambda *_, **__: _denoiser(sizes)),
        (ActionMeshAutoencoder, "from_pretrained", lambda *_, **__: _autoencoder(sizes)),
        (triposg.inference_utils, "DiffDMC", DiffDMC),
        (upstream, "check_tensors", lambda *_: None),
        (engine, "available_gb", lambda: HOST_GB),
        (upstream, "_file", lambda folder: folder),
    ]
    with contextlib.ExitStack() as stack:
        for where, name, stand_in in loaders:
            stack.enter_context(mock.patch.object(where, name, stand_in))
        yield


def load(changes: frozenset[str], *, resident: bool, masks: MaskModels = NO_MODELS) -> Any:
    """The engine on the simulated GPU."""
    paths: Mapping[str, Path] = dict.fromkeys(FOLDERS, Path("/none"))
    return ActionMesh.load(Weights(paths), masks, GPU, resident=resident, accelerate=changes)
