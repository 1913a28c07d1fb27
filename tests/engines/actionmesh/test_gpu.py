from typing import get_args

import pytest

from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)

from actionmesh_wrapper.engines.actionmesh.gpu import NEEDS_GB, check_mode, compute_dtype, memory_gb  # noqa: E402
from actionmesh_wrapper.errors import GpuTooSmall  # noqa: E402
from actionmesh_wrapper.request import Mode  # noqa: E402


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
    assert set(NEEDS_GB) == set(get_args(Mode))


def test_a_processor_is_measured_against_nothing() -> None:
    cpu = torch.device("cpu")
    assert memory_gb(cpu) == float("inf")
    assert compute_dtype(cpu) is torch.bfloat16
