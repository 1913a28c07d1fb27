"""The GPU: its memory, what each mode needs, its number format, and what a job that fails leaves there."""

import gc
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from actionmesh_wrapper.contract.engines import ACTIONMESH, Mode
from actionmesh_wrapper.errors import GpuTooSmall
from actionmesh_wrapper.system import accelerator

# From here on all models stay on the GPU. Tensors take 15.7 GB at most, and 20.1 without the changes that
# make them faster; mask models take 0.4, CUDA about 0.5. Cards of 24 GB report 23.6 to 25.4.
RESIDENT_GB = 22
log = logging.getLogger(__name__)


def memory_gb(device: torch.device) -> float:
    """A device's memory in 10⁹ bytes; infinite for a processor, which no mode is measured against."""
    if device.type != "cuda":
        return float("inf")
    return float(torch.cuda.get_device_properties(device).total_memory) / 1e9


def check_mode(mode: Mode, have_gb: float) -> None:
    """Checks a mode against a GPU's memory, in whole GB: the size that a card is sold with, or nearly.

    Args:
        mode: the mode.
        have_gb: what the GPU reports, in 10⁹ bytes.

    Raises:
        GpuTooSmall: naming the modes that fit.
    """
    fitting = ACTIONMESH.modes_within(have_gb)
    if mode in fitting:
        return
    needed = ACTIONMESH.modes[mode].gpu_gb
    instead = f"{' and '.join(fitting)} fit" if fitting else "no mode fits"
    raise GpuTooSmall(
        f"mode {mode} needs a GPU with {needed} GB; this worker's has {have_gb:.0f} GB: {instead}."
    )


def compute_dtype(device: torch.device) -> torch.dtype:
    """ActionMesh's bfloat16 where the GPU has it (from Ampere on), else float16."""
    if device.type == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.float16
    return torch.bfloat16


@contextmanager
def named_faults(device: torch.device) -> Iterator[None]:
    """Turns what the GPU raises into errors of the tree; frees what a job that ends early held of its memory.

    Raises:
        OutOfMemory: for the GPU's memory, or the processor's.
        GpuFailed: for any other error of the GPU, and whatever ended the job where freeing fails: until its
            process ends, the GPU is of no use to it.
    """
    try:
        yield
    except BaseException as error:  # a cancel is one
        fault = accelerator.note(error)
        if fault is not None:
            log.warning("%s", fault.code, exc_info=True)
        for each in accelerator.chain(error, hidden=True):
            traceback.clear_frames(each.__traceback__)  # they hold the tensors
        try:
            free(device)
        except Exception as failure:
            log.warning("the GPU's memory cannot be freed", exc_info=True)
            fault = accelerator.fail(failure)
        if fault is None:
            raise
        raise fault from None  # it is logged


def free(device: torch.device) -> None:
    """Gives memory that nothing uses any more back to the GPU."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
