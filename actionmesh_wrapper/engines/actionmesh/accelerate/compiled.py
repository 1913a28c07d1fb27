"""Blocks compiled by PyTorch, which fuses norms, rotations and casts."""

import shutil
from typing import Any

from actionmesh_wrapper.errors import StartError

COMPILERS = ("gcc", "cc", "clang")

OPTIONS = {"emulate_precision_casts": True}
"""Roundings to 16 bits are kept where fused code could leave them out."""


def check_compiler() -> None:
    """Checks that there is what PyTorch compiles with; else it would tell only in the first job.

    Raises:
        StartError: if there is none.
    """
    if not any(shutil.which(name) for name in COMPILERS):
        raise StartError("ACCELERATE: compile needs a C compiler, as in an image built with COMPILER=1.")


def compile_blocks(model: Any) -> None:
    """Compiles all blocks but the last, as ActionMesh's own switch does, but once the weights are loaded.

    The first job waits for it; ``TORCHINDUCTOR_CACHE_DIR`` on a volume spares the next worker's.

    Args:
        model: an ``ActionMeshDenoiser`` or ``ActionMeshAutoencoder``.
    """
    for block in model.blocks[:-1]:
        block.compile(dynamic=False, options=OPTIONS)
