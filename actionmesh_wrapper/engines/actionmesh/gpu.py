"""The GPU: what it has, what each mode needs, and which number format it computes in."""

from collections.abc import Mapping
from types import MappingProxyType

import torch

from actionmesh_wrapper.errors import GpuTooSmall
from actionmesh_wrapper.request import Mode

NEEDS_GB: Mapping[Mode, int] = MappingProxyType(
    {"default": 24, "fast": 16, "low_ram": 12, "fast_low_ram": 12}
)
"""Memory that a GPU must be sold with, in 10⁹ bytes: a card of "16 GB" reports a little over 16 × 10⁹.

Upstream's own, but for ``default``: it asks for 32 with all models on the GPU. Here they take turns on one
that cannot hold them, and a step of Stage I is then counted to take 11 (`bench/step.py`), in ``fast`` as
well: the two differ in their number of steps alone.
"""

RESIDENT_GB = 28  # from here on all models stay on the GPU: 12 GB of weights, and Stage I beside them


def memory_gb(device: torch.device) -> float:
    """A device's memory in 10⁹ bytes; infinite for a processor, which no mode is measured against."""
    if device.type != "cuda":
        return float("inf")
    return float(torch.cuda.get_device_properties(device).total_memory) / 1e9


def check_mode(mode: Mode, have_gb: float) -> None:
    """Checks a mode against a GPU's memory.

    Raises:
        GpuTooSmall: naming the modes that fit.
    """
    if have_gb >= NEEDS_GB[mode]:
        return
    fitting = [name for name, needed in NEEDS_GB.items() if needed <= have_gb]
    instead = f"{' and '.join(fitting)} fit" if fitting else "no mode fits"
    raise GpuTooSmall(
        f"mode {mode} needs a GPU with {NEEDS_GB[mode]} GB; this worker's has {have_gb:.0f} GB: {instead}."
    )


def compute_dtype(device: torch.device) -> torch.dtype:
    """ActionMesh's bfloat16 where the GPU has it (from Ampere on), else float16."""
    if device.type == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.float16
    return torch.bfloat16
