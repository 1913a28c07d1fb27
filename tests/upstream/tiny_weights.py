"""Random weights in the layout of ``pretrained_weights``, saved by upstream's own classes; tiny by default.

They are steered so that something can be seen: image-to-3D always gives a ball, and the temporal autoencoder
lets it breathe, by what the latents of the frames say.
"""

import math
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import BitImageProcessor, Dinov2Config, Dinov2Model

from tests.upstream.sizes import TINY, Sizes
from tests.upstream.tiny_rmbg import write_tiny_rmbg

LATENT = 64  # channels of a latent, as in the real ones
TOKENS = TINY.tokens
RADIUS_COSINES = 2.7  # cos x + cos y + cos z on the ball's surface: a radius of about 0.79
SHARPNESS = 8.0  # of the ball's surface, and of the displacement
QUIET, LOUD = 0.28, 1.13  # gains of a layer: what is denoised stays within float16; what is decoded says much


def write_tiny_weights(folder: Path, sizes: Sizes = TINY) -> Path:
    """Writes ``ActionMesh``, ``TripoSG``, ``dinov2`` and ``RMBG`` into a folder: tiny, about 1.5 MB.

    At the real sizes they take 16 GB; RMBG's are always tiny, for its code is not upstream's.
    """
    torch.manual_seed(0)
    _write_triposg(folder / "TripoSG", sizes)
    _write_dinov2(folder / "dinov2", sizes)
    _write_actionmesh(folder / "ActionMesh", sizes)
    write_tiny_rmbg(folder / "RMBG")
    return folder


def _scatter(model: nn.Module, gain: float) -> None:
    """Draws each weight so that a layer's output deviates by the gain, where its input deviates by 1."""
    for parameter in model.parameters():
        if parameter.ndim > 1:
            nn.init.normal_(parameter, std=gain / math.sqrt(parameter.shape[1]))


def _dinov2(sizes: Sizes) -> tuple[Any, Any]:
    config = Dinov2Config(
        hidden_size=sizes.context_width,
        num_hidden_layers=sizes.context_layers,
        num_attention_heads=sizes.context_heads,
        mlp_ratio=sizes.mlp_ratio,
        image_size=sizes.context_picture,
        patch_size=14,
    )
    processor = BitImageProcessor(
        size={"shortest_edge": 256},
        crop_size={"height": 224, "width": 224},
        image_mean=[0.485, 0.456, 0.406],
        image_std=[0.229, 0.224, 0.225],
    )
    return Dinov2Model(config).eval(), processor


def _write_dinov2(folder: Path, sizes: Sizes) -> None:
    for part in _dinov2(sizes):
        part.save_pretrained(folder)


def _write_triposg(folder: Path, sizes: Sizes) -> None:
    from triposg.models.transformers import TripoSGDiTModel
    from triposg.pipelines.pipeline_triposg import TripoSGPipeline
    from triposg.schedulers import RectifiedFlowScheduler

    transformer = TripoSGDiTModel(
        num_attention_heads=sizes.heads,
        width=sizes.width,
        in_channels=LATENT,
        num_layers=sizes.layers,
        cross_attention_dim=sizes.context_width,
    ).eval()
    _scatter(transformer, QUIET)
    encoder, processor = _dinov2(sizes)
    TripoSGPipeline(
        vae=_ball(sizes),
        transformer=transformer,
        scheduler=RectifiedFlowScheduler(shift=1.0),
        image_encoder_dinov2=encoder,
        feature_extractor_dinov2=processor,
    ).save_pretrained(folder)


@torch.no_grad()  # type: ignore[untyped-decorator]  # as everywhere without torch
def _ball(sizes: Sizes) -> Any:
    """A shape autoencoder whose decoder gives nearly the same ball for every latent."""
    from triposg.models.autoencoders import TripoSGVAEModel

    model = TripoSGVAEModel(
        latent_channels=LATENT,
        num_attention_heads=sizes.decoder_heads,
        width_encoder=sizes.encoder_width,
        width_decoder=sizes.decoder_width,
        num_layers_encoder=sizes.encoder_layers,
        num_layers_decoder=sizes.decoder_layers,
    ).eval()
    _scatter(model, LOUD)
    decoder, waves = model.decoder, 8
    decoder.proj_query.weight.zero_()
    decoder.proj_query.bias.zero_()
    for axis in range(3):  # places come as x, then sines, then cosines of each axis at 8 frequencies
        lowest_cosine = 3 + 3 * waves + axis * waves
        decoder.proj_query.weight[0, lowest_cosine] = 1.0
        decoder.proj_query.weight[1, lowest_cosine] = -1.0
    decoder.proj_query.bias[:4] = torch.tensor([-RADIUS_COSINES, RADIUS_COSINES, 3.0, -3.0])
    _pass_through(decoder.blocks[-1], decoder.blocks[-1].attn2, 0.05, channels=1)
    sharpness = SHARPNESS * math.sqrt(TINY.decoder_width / sizes.decoder_width)
    _read_out(decoder, [(0, 0, -sharpness)])  # the decoder turns the sign: inside is positive
    return model


def _write_actionmesh(folder: Path, sizes: Sizes) -> None:
    from actionmesh.model.temporal_denoiser import ActionMeshDenoiser

    denoiser = ActionMeshDenoiser(
        num_tokens_nominal=sizes.tokens,
        temporal_context_size=16,
        in_channels=LATENT,
        num_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        width=sizes.width,
        mlp_ratio=sizes.mlp_ratio,
        cross_attention_dim=sizes.context_width,
        inflated_layers=tuple(range(sizes.layers)),
    ).eval()
    _scatter(denoiser, QUIET)
    denoiser.save_pretrained(folder / "denoiser")
    _breath(sizes).save_pretrained(folder / "autoencoder")


@torch.no_grad()  # type: ignore[untyped-decorator]
def _breath(sizes: Sizes) -> Any:
    """An autoencoder that leaves a vertex where it is, but for what the latents add."""
    from actionmesh.model.temporal_autoencoder import ActionMeshAutoencoder

    model = ActionMeshAutoencoder(
        latent_channels=LATENT,
        width=sizes.decoder_width,
        num_layers=sizes.decoder_layers,
        num_attention_heads=sizes.decoder_heads,
    ).eval()
    _scatter(model, LOUD)
    model.proj_query.weight.zero_()
    model.proj_query.bias.zero_()
    model.proj_query.weight[range(3), range(3)] = 1.0
    model.proj_query.bias[4:6] = torch.tensor([SHARPNESS, -SHARPNESS])
    _pass_through(model.blocks[-1], model.blocks[-1].x_attn, 0.5, channels=3)
    scale = SHARPNESS * math.sqrt(2 / sizes.decoder_width)  # what the last normalisation divides by
    _read_out(model, [(axis, axis, -2 * scale) for axis in range(3)])
    return model


def _pass_through(block: Any, attention: Any, gain: float, *, channels: int) -> None:
    """Has a block add little: so much of its attention to the first channels, nothing of its feed-forward."""
    attention.to_out[0].weight.mul_(gain)
    attention.to_out[0].weight[channels:] = 0
    attention.to_out[0].bias.zero_()
    block.ff.net[2].weight.zero_()
    block.ff.net[2].bias.zero_()


def _read_out(model: Any, entries: list[tuple[int, int, float]]) -> None:
    """Has a model's last layer read these channels (row, column, weight) alone."""
    model.norm_out.weight.fill_(1.0)
    model.norm_out.bias.zero_()
    model.proj_out.weight.zero_()
    model.proj_out.bias.zero_()
    for row, column, weight in entries:
        model.proj_out.weight[row, column] = weight
