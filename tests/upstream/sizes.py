"""How large upstream's models are: tiny for tests, a quarter for a processor's benchmark, and as they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sizes:
    """Upstream's models and presets, by size.

    Attributes:
        tokens: of a latent.
        octree_depth: of the grid that image-to-3D's surface is extracted from.
        width, layers, heads: of image-to-3D's transformer, and of the temporal denoiser.
        decoder_width, decoder_layers, decoder_heads: of both autoencoders' decoders.
        encoder_width, encoder_layers: of image-to-3D's encoder, which only a mesh of the caller's needs.
        context_width, context_layers, context_heads: of DINOv2.
        context_picture: side of the pictures that DINOv2's positions were made for, in pixels.
        mlp_ratio: a feed-forward layer's width in widths.
        presets: what upstream's presets say, and what they say here.
    """

    tokens: int
    octree_depth: int
    width: int
    layers: int
    heads: int
    decoder_width: int
    decoder_layers: int
    decoder_heads: int
    encoder_width: int
    encoder_layers: int
    context_width: int
    context_layers: int
    context_heads: int
    context_picture: int
    mlp_ratio: float
    presets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


TINY = Sizes(
    tokens=64,
    octree_depth=5,
    width=32,
    layers=3,
    heads=2,
    decoder_width=32,
    decoder_layers=1,
    decoder_heads=2,
    encoder_width=32,
    encoder_layers=1,
    context_width=32,
    context_layers=1,
    context_heads=2,
    context_picture=224,
    mlp_ratio=2.0,
    presets={
        "stage_0_steps": {"100": 4, "50": 2},
        "stage_1_steps": {"30": 3, "15": 2},
        "face_decimation": {"40000": 2000},
    },
)

QUARTER = Sizes(
    tokens=160,
    octree_depth=5,
    width=512,
    layers=3,
    heads=4,
    decoder_width=256,
    decoder_layers=1,
    decoder_heads=2,
    encoder_width=128,
    encoder_layers=1,
    context_width=256,
    context_layers=4,
    context_heads=4,
    context_picture=224,
    mlp_ratio=4.0,
    presets={
        "stage_0_steps": {"100": 8, "50": 4},
        "stage_1_steps": {"30": 3, "15": 2},
        "face_decimation": {"40000": 2000},
    },
)
"""A quarter of each real width, and heads of the real width; fewer layers, tokens and steps."""

REAL = Sizes(
    tokens=2048,
    octree_depth=9,
    width=2048,
    layers=21,
    heads=16,
    decoder_width=1024,
    decoder_layers=16,
    decoder_heads=8,
    encoder_width=512,
    encoder_layers=8,
    context_width=1024,
    context_layers=24,
    context_heads=16,
    context_picture=518,
    mlp_ratio=4.0,
)

SIZES: Mapping[str, Sizes] = {"tiny": TINY, "quarter": QUARTER, "real": REAL}
"""By name."""
