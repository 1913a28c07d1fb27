"""Faults of the GPU by name, without PyTorch; `tests/engines/actionmesh/test_gpu.py` has its real types."""

import pytest

from actionmesh_wrapper.errors import (
    Cancelled,
    EngineError,
    GpuFailed,
    NoSurface,
    OutOfMemory,
    SubjectNotFound,
)
from actionmesh_wrapper.system import accelerator
from actionmesh_wrapper.system.accelerator import fault_of


def pytorchs(name: str, base: type[Exception] = RuntimeError) -> type[Exception]:
    """A type of error as PyTorch would have it."""
    return type(name, (base,), {"__module__": "torch.cuda"})


LOST, NO_ROOM = pytorchs("AcceleratorError"), pytorchs("OutOfMemoryError")


@pytest.mark.parametrize(
    ("raised", "fault"),
    [
        (LOST("anything"), GpuFailed),
        (pytorchs("CudaError")("driver shutting down (4)"), GpuFailed),
        (pytorchs("DeferredCudaCallError", Exception)("a call that was put off"), GpuFailed),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), GpuFailed),
        (RuntimeError("CUDA driver error: unknown error"), GpuFailed),
        (RuntimeError("CUDA unknown error - this may be due to an incorrect environment"), GpuFailed),
        (RuntimeError("CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate`"), GpuFailed),
        (RuntimeError("cuBLAS error: CUBLAS_STATUS_INTERNAL_ERROR"), GpuFailed),
        (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), GpuFailed),
        (RuntimeError("GET was unable to find an engine to execute this computation"), GpuFailed),
        (RuntimeError("Unable to find a valid cuDNN algorithm to run convolution"), GpuFailed),
        (RuntimeError("cusolver error: CUSOLVER_STATUS_INTERNAL_ERROR, when calling x"), GpuFailed),
        (RuntimeError("cuFFT error: CUFFT_INTERNAL_ERROR"), GpuFailed),
        (RuntimeError("CUDA error: CUSPARSE_STATUS_EXECUTION_FAILED"), GpuFailed),
        (RuntimeError("CURAND_STATUS_LAUNCH_FAILURE"), GpuFailed),
        (RuntimeError("No CUDA GPUs are available"), GpuFailed),
        (RuntimeError("Found no NVIDIA driver on your system."), GpuFailed),
        (RuntimeError("Triton Error [CUDA]: device kernel image is invalid"), GpuFailed),
        (RuntimeError("NVRTC_ERROR_COMPILATION: nvrtc: error: invalid value"), GpuFailed),
        (RuntimeError("NVML_SUCCESS == r INTERNAL ASSERT FAILED"), GpuFailed),
        (NO_ROOM("anything"), OutOfMemory),
        (MemoryError(), OutOfMemory),
        (RuntimeError("CUDA error: out of memory"), OutOfMemory),
        (RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"), OutOfMemory),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"), OutOfMemory),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: 8 bytes"), OutOfMemory),
        (RuntimeError("std::bad_alloc"), OutOfMemory),
        (RuntimeError("Expected all tensors to be on the same device, found cuda:0 and cpu!"), None),
        (NotImplementedError("Could not run 'aten::x' with arguments from the 'CUDA' backend."), None),
        (RuntimeError("shape '[1]' is invalid for input of size 2"), None),
        (ValueError("CUDA error in the name of a file"), None),
        (type("AcceleratorError", (Exception,), {})("of someone else's"), None),
        (SubjectNotFound("none."), None),
        (Cancelled(), None),
    ],
)
def test_names_what_is_the_gpus(raised: BaseException, fault: type[EngineError] | None) -> None:
    found = fault_of(raised)
    assert (None if found is None else type(found)) is fault


def led_to(first: Exception, second: Exception, *, by: str) -> Exception:
    """The second, raised after the first."""
    with pytest.raises(type(second)) as caught:
        try:
            raise first
        except type(first) as error:
            if by == "cause":
                raise second from error
            if by == "nothing":
                raise second from None
            raise second  # noqa: B904 – as an error while another is being handled
    return caught.value


@pytest.mark.parametrize("by", ["cause", "context"])
def test_what_a_fault_led_to_is_that_fault(by: str) -> None:
    found = fault_of(led_to(LOST("lost"), KeyError("while cleaning up"), by=by))
    assert isinstance(found, GpuFailed)
    assert found.detail == "AcceleratorError: lost"
    assert isinstance(fault_of(led_to(NO_ROOM("full"), NoSurface("none."), by=by)), OutOfMemory)
    assert fault_of(led_to(KeyError("a bug"), ValueError("another"), by=by)) is None


def test_unless_that_was_dealt_with() -> None:
    assert fault_of(led_to(LOST("lost"), KeyError("of its own"), by="nothing")) is None


def test_a_gpu_that_failed_is_worse_than_one_that_is_full() -> None:
    for first, second in ((LOST("lost"), NO_ROOM("full")), (NO_ROOM("full"), LOST("lost"))):
        assert isinstance(fault_of(led_to(first, second, by="context")), GpuFailed)


def test_errors_in_a_circle_are_looked_at_once() -> None:
    first, second = KeyError("first"), KeyError("second")
    first.__context__, second.__context__ = second, first
    assert fault_of(first) is None


def test_a_failure_is_remembered_and_want_of_memory_is_not() -> None:
    accelerator.note(NO_ROOM("full"))
    accelerator.note(KeyError("a bug"))
    accelerator.check()
    assert not accelerator.has_failed()
    accelerator.note(LOST("lost"))
    assert accelerator.has_failed()
    with pytest.raises(GpuFailed, match="in an earlier job; the worker is replaced"):
        accelerator.check()


def test_what_must_be_the_gpus_is_named_whatever_it_says() -> None:
    assert accelerator.fail(ValueError("odd")).detail == "ValueError: odd"
    assert accelerator.has_failed()
