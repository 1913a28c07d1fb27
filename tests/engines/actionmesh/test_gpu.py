import weakref
from typing import Any, get_args

import pytest

from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)

from actionmesh_wrapper.contract.engines import ACTIONMESH, Mode  # noqa: E402
from actionmesh_wrapper.engines.actionmesh.gpu import (  # noqa: E402
    check_mode,
    compute_dtype,
    fault_of,
    memory_gb,
    named_faults,
)
from actionmesh_wrapper.errors import (  # noqa: E402
    Cancelled,
    EngineError,
    GpuFailed,
    GpuTooSmall,
    OutOfMemory,
    SubjectNotFound,
)

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


@pytest.mark.parametrize(
    ("mode", "bytes_"),
    [
        ("fast_low_ram", 12_516_000_000),  # what cards of 12, 16 and 24 GB report, a little less or more
        ("low_ram", 12_516_000_000),
        ("fast", 16_900_000_000),
        ("default", 25_300_000_000),
    ],
)
def test_a_mode_fits_the_card_that_it_is_said_to_need(mode: Mode, bytes_: int) -> None:
    check_mode(mode, bytes_ / 1e9)


@pytest.mark.parametrize(
    ("mode", "have", "told"),
    [
        (
            "default",
            17.2,
            (
                "mode default needs a GPU with 24 GB; this worker's has 17 GB: fast and low_ram and "
                "fast_low_ram fit."
            ),
        ),
        (
            "fast",
            15.8,
            "mode fast needs a GPU with 16 GB; this worker's has 16 GB: low_ram and fast_low_ram fit.",
        ),
        (
            "fast_low_ram",
            8.4,
            "mode fast_low_ram needs a GPU with 12 GB; this worker's has 8 GB: no mode fits.",
        ),
    ],
)
def test_one_that_does_not_fit_is_refused_with_those_that_do(mode: Mode, have: float, told: str) -> None:
    with pytest.raises(GpuTooSmall) as caught:
        check_mode(mode, have)
    assert caught.value.message == told


def test_every_mode_has_its_need() -> None:
    assert all(ACTIONMESH.modes[mode].gpu_gb for mode in get_args(Mode))


def test_a_processor_is_measured_against_nothing() -> None:
    cpu = torch.device("cpu")
    assert memory_gb(cpu) == float("inf")
    assert compute_dtype(cpu) is torch.bfloat16
