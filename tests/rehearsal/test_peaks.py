"""Peaks by stage."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.engines.actionmesh.conftest import NO_TORCH

pytest.importorskip("torch", reason=NO_TORCH)

from tests.rehearsal.peaks import Peaks, beyond


def test_a_stage_has_the_most_from_its_first_step_to_its_last() -> None:
    watch: Any = SimpleNamespace(now=1, peak=1)
    peaks = Peaks(watch)
    for stage, now, peak in [("a", 1, 1), ("a", 2, 9), ("b", 3, 4), ("b", 3, 7), ("b", 1, 5)]:
        watch.now, watch.peak = now, max(watch.peak, peak)
        peaks(stage, 0, 1)
    assert peaks.stages == {"a": 9, "b": 7}
    assert peaks.between == {"a": 1, "b": 4}


@pytest.mark.parametrize(
    ("peak", "told"), [(10.0, []), (10.1, []), (10.3, ["a: 10.3, not 10.0"]), (8.9, ["a: 8.9, not 10.0"])]
)
def test_what_is_more_than_a_little_off_is_named(peak: float, told: list[str]) -> None:
    assert beyond({"a": peak, "b": 2.0}, {"a": 10.0, "b": 2.0}) == told


def test_a_stage_that_is_missing_is_named() -> None:
    assert beyond({"a": 1.0}, {"a": 1.0, "b": 2.0}) == ["b: 0.0, not 2.0"]
