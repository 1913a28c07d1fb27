"""Blocks compiled by PyTorch, which fuses norms, rotations and casts."""

from typing import Any

OPTIONS = {"emulate_precision_casts": True}
"""Roundings to 16 bits are kept where fused code could leave them out."""


def compile_blocks(model: Any) -> None:
    """Compiles all blocks but the last, as ActionMesh's own switch does, but once the weights are loaded.

    The first job waits for it; ``TORCHINDUCTOR_CACHE_DIR`` on a volume spares the next worker's.

    Args:
        model: an ``ActionMeshDenoiser`` or ``ActionMeshAutoencoder``.
    """
    for block in model.blocks[:-1]:
        block.compile(dynamic=False, options=OPTIONS)
