"""The GPU's failures by name, told from an exception alone, and whether it still works in this process.

All that compute on it use this (engine, masks, preview), so that PyTorch is not imported here: its errors are
known by their types' names and by their words.
"""

import re
import threading
from collections.abc import Iterator

from actionmesh_wrapper.errors import EngineError, GpuFailed, OutOfMemory

GPU_TYPES = frozenset({"AcceleratorError", "CudaError", "DeferredCudaCallError"})  # PyTorch's
GPU_WORDS = re.compile(
    r"CUDA (?:driver |runtime |kernel |unknown )?error"  # PyTorch's and PyTorch3D's, with cuBLAS's codes
    r"|cu(?:BLAS|BLASLt|DNN|FFT|RAND|SOLVER|SPARSE)(?: error|_STATUS)"
    r"|unable to find an engine|valid cuDNN algorithm"  # cuDNN's, where no kernel of its can run
    r"|CUDA driver initialization failed|No CUDA GPUs are available|no NVIDIA driver"
    r"|Triton Error|NVRTC|NVML_",
    re.IGNORECASE,
)
"""What a ``RuntimeError`` of the GPU's says; CUDA's own libraries have no types of their own."""
NO_MEMORY_WORDS = re.compile(
    r"out of memory|can't allocate memory|not enough memory|ALLOC_FAILED|ALLOCATION_FAILED|bad_alloc",
    re.IGNORECASE,
)
"""The same of memory, the GPU's or the host's."""

_failed = threading.Event()


def chain(error: BaseException, *, hidden: bool = False) -> Iterator[BaseException]:
    """An exception and those that led to it, the newest first.

    Args:
        error: the exception.
        hidden: whether those count that ``raise … from None`` leaves out.
    """
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or (each.__context__ if hidden or not each.__suppress_context__ else None)


def fault_of(error: BaseException) -> EngineError | None:
    """The error of the tree that an exception stands for, or None if it is no fault of the GPU or its memory.

    What it was raised from, and what was being handled, counts as well: cleaning up after a fault of the GPU
    raises errors of its own, which need not say so.

    Returns:
        `GpuFailed` if one of them is of the GPU itself, else `OutOfMemory` if one is of memory.
    """
    faults = [fault for each in chain(error) if (fault := _own_fault(each)) is not None]
    return next((fault for fault in faults if isinstance(fault, GpuFailed)), next(iter(faults), None))


def note(error: BaseException) -> EngineError | None:
    """As `fault_of`; if the GPU has failed, `has_failed` says so from now on."""
    fault = fault_of(error)
    if isinstance(fault, GpuFailed):
        _failed.set()
    return fault


def fail(error: BaseException) -> GpuFailed:
    """Notes that the GPU has failed, whatever the exception says, and gives the error of the tree."""
    _failed.set()
    return _failure(error)


def has_failed() -> bool:
    """Whether the GPU has failed in this process: until that ends, the GPU is of no use to it."""
    return _failed.is_set()


def check() -> None:
    """Checks that the GPU has not failed in this process.

    Raises:
        GpuFailed: if it has.
    """
    if has_failed():
        raise GpuFailed("The GPU stopped working in an earlier job; the worker is replaced.")


def _own_fault(error: BaseException) -> EngineError | None:
    words = str(error) if isinstance(error, RuntimeError) else ""
    types = {kind.__name__ for kind in type(error).__mro__ if kind.__module__.partition(".")[0] == "torch"}
    if isinstance(error, MemoryError) or "OutOfMemoryError" in types or NO_MEMORY_WORDS.search(words):
        return OutOfMemory(
            "The memory ran out on the way; fast_low_ram needs the least.", detail=_detail(error)
        )
    if types & GPU_TYPES or GPU_WORDS.search(words):
        return _failure(error)
    return None


def _failure(error: BaseException) -> GpuFailed:
    return GpuFailed("The GPU stopped working; the worker is replaced.", detail=_detail(error))


def _detail(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
