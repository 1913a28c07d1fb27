"""Floating-point operations of a job by stage, and the time that a GPU would need for them at its best.

Matrix products, convolutions and attention are counted, as PyTorch does; norms and the like are not.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count

from actionmesh_wrapper.data.progress import Step
from bench.by_stage import ByStage

SCALED = "stage_1"  # whose steps are all alike, and which takes longest

PEAK_TFLOPS: Mapping[str, int] = MappingProxyType(
    {
        "B200": 2250,
        "H200": 989,
        "H100 80GB HBM3": 989,
        "H100 NVL": 835,
        "H100 PCIe": 756,
        "RTX 6000 Ada Generation": 364,
        "L40S": 362,
        "A100-SXM4-[48]0GB|A100-PCIE-40GB|A100 80GB PCIe": 312,
        "RTX 4090": 165,
        "A10": 125,
        "L4": 121,
        "RTX 3090": 71,
    }
)
"""By the name that the driver tells: 10¹² operations a second in bfloat16, dense, of the datasheets."""


ON_A_PROCESSOR = {
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: (  # noqa: SLF001 – its only name
        lambda query, key, value, *_, **__: sdpa_flop_count(query, key, value)
    )
}
"""How a processor's attention is counted: PyTorch knows the formulas of a GPU's kernels alone."""


class _Counter:
    """Reads a counter at each stage's end, and at each step of the stage that is scaled."""

    def __init__(self, read: Callable[[], int]) -> None:
        self._read = read
        self._by_stage = ByStage(read)
        self._readings: list[int] = []
        self._steps = 0

    def __call__(self, stage: str, index: int, of: int) -> None:
        """A step of the engine's."""
        self._by_stage(stage, index, of)
        if stage == SCALED:
            self._readings.append(self._read())
            self._steps = of

    def end(self, steps: int) -> dict[str, float]:
        """By stage, as if the one that is scaled had had so many steps."""
        self._by_stage.end()
        a_step = self._readings[-1] - self._readings[-2]
        gained = self._by_stage.gained
        return gained | {SCALED: gained[SCALED] + (steps - self._steps) * a_step}


def count(run: Callable[[Step], object], steps: int) -> dict[str, float]:
    """Operations of a job, by stage.

    Args:
        run: runs it, with two or more steps of Stage I, and tells of each.
        steps: how many steps Stage I is to be taken for, of all windows together.
    """
    with FlopCounterMode(display=False, custom_mapping=ON_A_PROCESSOR) as counter:
        step = _Counter(counter.get_total_flops)
        run(step)
        return step.end(steps)


def peak_tflops(device: str) -> int | None:
    """A device's peak by its name; None if it is not known, as of part of a GPU."""
    name = re.sub("^(NVIDIA |GeForce )*", "", device)
    return next((peak for pattern, peak in PEAK_TFLOPS.items() if re.fullmatch(pattern, name)), None)


def bound_s(operations: float, device: str) -> float | None:
    """Seconds that so many operations take at least; None if the device's peak is not known."""
    peak = peak_tflops(device)
    return None if peak is None else operations / (peak * 1e12)
