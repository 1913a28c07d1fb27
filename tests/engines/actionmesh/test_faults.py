import weakref
from typing import Any

import pytest

from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)

from actionmesh_wrapper.engines.actionmesh.faults import fault_of, named_faults  # noqa: E402
from actionmesh_wrapper.errors import Cancelled, EngineError, GpuFailed, OutOfMemory, SubjectNotFound  # noqa: E402

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("raised", "fault"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), OutOfMemory),
        (MemoryError(), OutOfMemory),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"), OutOfMemory),
        (RuntimeError("CUDA error: out of memory"), OutOfMemory),
        (torch.AcceleratorError("CUDA error: unspecified launch failure"), GpuFailed),
        (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), GpuFailed),
        (RuntimeError("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling cublasSgemm"), GpuFailed),
        (RuntimeError("shape '[1]' is invalid for input of size 2"), None),
        (ValueError("CUDA error in the name of a file"), None),
        (SubjectNotFound("none."), None),
    ],
)
def test_names_what_is_the_gpus(raised: Exception, fault: type[EngineError] | None) -> None:
    found = fault_of(raised)
    assert (None if found is None else type(found)) is fault


def test_the_caller_reads_no_internals_and_the_log_does() -> None:
    found = fault_of(torch.OutOfMemoryError("CUDA out of memory. GPU 0 has 79.1 GiB"))
    assert found is not None
    assert "GiB" not in str(found)
    assert found.detail == "OutOfMemoryError: CUDA out of memory. GPU 0 has 79.1 GiB"


def end_early(error: BaseException, seen: list[weakref.ref[Any]]) -> None:
    large = torch.zeros(1000)
    seen.append(weakref.ref(large))
    raise error


@pytest.mark.parametrize(
    ("raised", "seen_as"),
    [(torch.OutOfMemoryError("CUDA out of memory."), OutOfMemory), (Cancelled(), Cancelled)],
)
def test_the_jobs_tensors_are_gone_before_its_end_is_seen(
    raised: BaseException, seen_as: type[BaseException]
) -> None:
    seen: list[weakref.ref[Any]] = []
    with pytest.raises(seen_as), named_faults(CPU):
        end_early(raised, seen)
    assert seen[0]() is None


@pytest.mark.parametrize("raised", [Cancelled(), SubjectNotFound("none."), KeyError("a bug")])
def test_all_else_passes(raised: BaseException) -> None:
    with pytest.raises(type(raised)) as caught, named_faults(CPU):
        raise raised
    assert caught.value is raised
