"""What goes wrong on the GPU, by name, and the cleaning up after it."""

import gc
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from actionmesh_wrapper.errors import EngineError, GpuFailed, OutOfMemory

log = logging.getLogger(__name__)

GPU_WORDS = ("CUDA error", "CUBLAS_STATUS", "cuDNN error", "CUDNN_STATUS", "NCCL error")
NO_MEMORY_WORDS = ("out of memory", "can't allocate memory", "CUBLAS_STATUS_ALLOC_FAILED")


@contextmanager
def named_faults(device: torch.device) -> Iterator[None]:
    """Turns what the GPU raises into errors of the tree; frees what a job that ends early held of its memory.

    Raises:
        OutOfMemory: for the GPU's memory, or the processor's.
        GpuFailed: for any other error of the GPU; until its process ends, the GPU is of no use to it.
    """
    try:
        yield
    except BaseException as error:  # a cancel is one
        fault = fault_of(error)
        if fault is not None:
            log.warning("%s", fault.code, exc_info=True)
        traceback.clear_frames(error.__traceback__)  # they hold the tensors
        free(device)
        if fault is None:
            raise
        raise fault from None  # it is logged


def fault_of(error: BaseException) -> EngineError | None:
    """The error of the tree that an exception stands for, or None if it is no fault of the GPU."""
    words = str(error)
    detail = f"{type(error).__name__}: {words}"
    if isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError) and any(part in words for part in NO_MEMORY_WORDS)
    ):
        return OutOfMemory("The memory ran out on the way; fast_low_ram needs the least.", detail=detail)
    if isinstance(error, torch.AcceleratorError) or (
        isinstance(error, RuntimeError) and any(part in words for part in GPU_WORDS)
    ):
        return GpuFailed("The GPU stopped working; the worker is replaced.", detail=detail)
    return None


def free(device: torch.device) -> None:
    """Gives memory that nothing uses any more back to the GPU."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
