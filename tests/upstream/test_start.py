"""The benchmark of the cold start, with tiny models in processes of their own."""

from pathlib import Path

import pytest

from bench.start import CODE, HANDLER, LOADERS, Clock, measured, table

STEPS = [HANDLER, CODE, *(f"load {name}" for name in LOADERS)]


@pytest.mark.parametrize("which", ["ours", "theirs"])
def test_a_process_tells_what_each_step_takes(sources: Path, upstream_home: Path, which: str) -> None:
    found = measured(which, upstream_home)
    assert list(found["seconds"]) == STEPS
    assert min(found["seconds"].values()) > 0
    assert found["peak"] > 100


def test_what_lies_between_two_steps_counts_for_neither() -> None:
    clock = Clock(0.0)
    clock.lap("long ago")
    clock.skip()
    clock.lap("now")
    assert clock.seconds["long ago"] > 10**9
    assert clock.seconds["now"] < 10


def test_the_table_has_medians_and_the_median_of_the_ratios() -> None:
    ours = [{"seconds": {"import": one, "load": 1.0}, "peak": 100.0} for one in (1.0, 2.0, 9.0)]
    theirs = [{"seconds": {"import": one, "load": 4.0}, "peak": 400.0} for one in (2.0, 8.0, 9.0)]
    assert table(list(zip(ours, theirs, strict=True))).splitlines()[2:] == [
        "| import | 2.00 | 8.00 | 0.50 |",
        "| load | 1.00 | 4.00 | 0.25 |",
        "| all | 3.00 | 12.00 | 0.33 |",
        "| peak memory, MB | 100 | 400 | 0.25 |",
    ]
