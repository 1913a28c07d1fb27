import weakref
from typing import Any, get_args

import pytest

from tests.engines.actionmesh.conftest import NO_TORCH, Rig, clip_of

torch = pytest.importorskip("torch", reason=NO_TORCH)

from actionmesh_wrapper.contract.engines import ACTIONMESH, Mode  # noqa: E402
from actionmesh_wrapper.engines.actionmesh.gpu import (  # noqa: E402
    RESIDENT_GB,
    check_mode,
    compute_dtype,
    memory_gb,
    named_faults,
)
from actionmesh_wrapper.errors import (  # noqa: E402
    Cancelled,
    EngineError,
    GpuFailed,
    GpuTooSmall,
    NoSurface,
    OutOfMemory,
    SubjectNotFound,
)
from actionmesh_wrapper.system import accelerator  # noqa: E402
from actionmesh_wrapper.system.accelerator import fault_of  # noqa: E402

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("raised", "fault"),
    [
        (torch.OutOfMemoryError("Tried to allocate 2 GiB."), OutOfMemory),
        (torch.AcceleratorError("unspecified launch failure"), GpuFailed),
        (torch.cuda.CudaError.__new__(torch.cuda.CudaError, "its maker asks CUDA"), GpuFailed),
        (torch.cuda.DeferredCudaCallError("put off"), GpuFailed),
    ],
)
def test_pytorchs_types_are_known_whatever_they_say(raised: Exception, fault: type[EngineError]) -> None:
    assert type(fault_of(raised)) is fault


def test_the_caller_reads_no_internals_and_the_log_does() -> None:
    found = fault_of(torch.OutOfMemoryError("CUDA out of memory. GPU 0 has 79.1 GiB"))
    assert found is not None
    assert "GiB" not in str(found)
    assert found.detail == "OutOfMemoryError: CUDA out of memory. GPU 0 has 79.1 GiB"


@pytest.mark.parametrize(
    "raised",
    [
        torch.AcceleratorError("CUDA error: an illegal memory access was encountered"),
        torch.OutOfMemoryError("CUDA out of memory."),
        KeyError("a bug"),
        Cancelled(),
    ],
)
@pytest.mark.parametrize(
    "freeing", [torch.AcceleratorError("CUDA error: the same"), RuntimeError("INTERNAL ASSERT FAILED")]
)
def test_where_freeing_fails_the_gpu_has_failed(
    monkeypatch: pytest.MonkeyPatch, raised: BaseException, freeing: Exception
) -> None:
    """After an error that sticks, as an illegal access does, every call of CUDA raises it again."""

    def fail() -> None:
        raise freeing

    monkeypatch.setattr(torch.cuda, "empty_cache", fail)
    with pytest.raises(GpuFailed) as caught, named_faults(torch.device("cuda:0")):
        raise raised
    assert caught.value.poisons
    assert caught.value.detail == f"{type(freeing).__name__}: {freeing}"
    assert accelerator.has_failed()


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


@pytest.mark.parametrize("suppressed", [False, True])
def test_so_are_those_that_an_error_on_the_way_holds(suppressed: bool) -> None:
    """As a missing surface does, which upstream's stumbling led to."""
    seen: list[weakref.ref[Any]] = []

    def stumble() -> None:
        try:
            end_early(IndexError("no points"), seen)
        except IndexError as error:
            if suppressed:
                raise NoSurface("none.") from None
            raise NoSurface("none.") from error

    with pytest.raises(NoSurface), named_faults(CPU):
        stumble()
    assert seen[0]() is None


@pytest.mark.parametrize("raised", [Cancelled(), SubjectNotFound("none."), KeyError("a bug")])
def test_all_else_passes(raised: BaseException) -> None:
    with pytest.raises(type(raised)) as caught, named_faults(CPU):
        raise raised
    assert caught.value is raised


REPORTED_GIB: dict[int, list[float]] = {
    12: [11.63, 11.76],
    16: [14.56, 14.74, 15.61, 15.70, 15.78, 15.99],
    24: [22.03, 22.15, 23.50, 23.69],
}
"""What PyTorch has been seen to report of cards by the size that they are sold with; the least with ECC."""


@pytest.mark.parametrize("mode", get_args(Mode))
def test_a_mode_fits_the_cards_that_it_is_said_to_need(mode: Mode) -> None:
    needed = ACTIONMESH.modes[mode].gpu_gb
    assert needed is not None
    for gib in REPORTED_GIB[needed]:
        check_mode(mode, gib * 2**30 / 1e9)


def test_all_models_stay_on_cards_of_24_gb_and_on_none_of_16() -> None:
    assert all(gib * 2**30 / 1e9 >= RESIDENT_GB for gib in REPORTED_GIB[24])
    assert all(gib * 2**30 / 1e9 < RESIDENT_GB for gib in REPORTED_GIB[16])


@pytest.mark.parametrize(
    ("mode", "have", "told"),
    [
        (
            "default",
            12.6,
            "mode default needs a GPU with 16 GB; this worker's has 13 GB: low_ram and fast_low_ram fit.",
        ),
        (
            "fast",
            15.4,
            "mode fast needs a GPU with 16 GB; this worker's has 15 GB: low_ram and fast_low_ram fit.",
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


LOST = torch.AcceleratorError("CUDA error: an illegal memory access was encountered")


@pytest.mark.parametrize(
    "moment",
    [("masks", 16), ("stage_0", 1), ("extraction", 0), ("context", 0), ("stage_1", 1), ("stage_2", 9)],
)
@pytest.mark.parametrize("first", [KeyError("a bug"), torch.OutOfMemoryError("CUDA out of memory."), None])
def test_a_gpu_that_fails_while_a_model_leaves_it_has_failed(
    lent: Rig, monkeypatch: pytest.MonkeyPatch, moment: tuple[str, int], first: Exception | None
) -> None:
    """Whatever came first, at any stage: the error sticks, so that freeing memory meets it as well."""

    def sticks(_device: object) -> None:
        raise LOST

    def lose(stage: str, index: int, _of: int) -> None:
        if (stage, index) == moment:
            for module in ("model_pool", "gpu"):
                monkeypatch.setattr(f"actionmesh_wrapper.engines.actionmesh.{module}.free", sticks)
            if first is not None:
                raise first

    with pytest.raises(GpuFailed):
        lent.run(clip_of(16), step=lose)


def test_masks_from_a_gpu_that_fails(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(*_: object) -> None:
        raise LOST

    monkeypatch.setattr("actionmesh_wrapper.engines.actionmesh.engine.subject_masks", lose)
    with pytest.raises(GpuFailed):
        rig.run(clip_of(16))
