import pytest

from actionmesh_wrapper.data.progress import Meter, Progress
from actionmesh_wrapper.errors import Cancelled


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_what_is_announced_is_told_at_once_and_kept() -> None:
    seen: list[Progress] = []
    meter = Meter({"track": 1}, seen.append, Clock())
    meter("track", 1, 4)
    meter.announce("anchor_mesh", "https://a")
    meter.announce("poster", "https://b")
    meter("track", 2, 4)
    both = {"anchor_mesh": "https://a", "poster": "https://b"}
    assert [progress.early for progress in seen] == [{}, {"anchor_mesh": "https://a"}, both, both]
    assert [progress.percent for progress in seen] == [25, 25, 25, 50]


def test_percent_is_of_the_whole_job() -> None:
    seen: list[Progress] = []
    meter = Meter({"fetch": 1, "track": 3}, seen.append, Clock())
    part = meter.stage("fetch")
    part(1, 2)
    meter("track", 0, 16)
    meter("track", 8, 16)
    meter("track", 16, 16)
    assert seen == [
        Progress("fetch", 0, 1, 0.0),
        Progress("fetch", 1, 2, 12.5, 0.0),
        Progress("track", 0, 16, 25.0, 0.0),
        Progress("track", 8, 16, 62.5, 0.0),
        Progress("track", 16, 16, 100.0, 0.0),
    ]


def test_shares_may_be_set_anew_once_more_is_known() -> None:
    seen: list[Progress] = []
    meter = Meter({"fetch": 1, "track": 3}, seen.append, clock := Clock())
    clock.now += 1
    meter("fetch", 1, 1)
    meter.plan({"fetch": 1, "track": 99})
    meter("track", 0, 1)
    clock.now += 59
    meter("track", 50, 100)
    assert [progress.percent for progress in seen] == [25, 25, 50.5]
    assert seen[-1].eta_s == pytest.approx(60 * 49.5 / 50.5, abs=0.1)


def test_percent_never_falls() -> None:
    seen: list[Progress] = []
    meter = Meter({"a": 1, "b": 1}, seen.append)
    for stage, index in (("a", 1), ("b", 1), ("a", 0), ("b", 0)):
        meter(stage, index, 2)
    assert [progress.percent for progress in seen] == [25.0, 75.0, 75.0, 75.0]


def test_timings_are_from_stage_to_stage() -> None:
    clock = Clock()
    meter = Meter({"fetch": 1, "sample": 1}, lambda _: None, clock)
    meter.stage("fetch")
    clock.now += 2
    part = meter.stage("sample")
    clock.now += 0.5
    part(1, 2)
    clock.now += 0.25
    assert meter.timings_s() == {"fetch": 2.0, "sample": 0.75}
    clock.now += 1
    assert meter.timings_s() == {"fetch": 2.0, "sample": 1.75}


def test_the_time_left_follows_from_the_share_done() -> None:
    clock, seen = Clock(), list[Progress]()
    meter = Meter({"a": 1, "b": 99}, seen.append, clock)
    meter("a", 1, 1)
    clock.now += 10
    meter("b", 24, 99)
    clock.now += 30
    meter("b", 99, 99)
    assert [(progress.percent, progress.eta_s) for progress in seen] == [
        (1.0, None),
        (25.0, 30.0),
        (100.0, 0.0),
    ]


def test_a_wait_for_a_turn_is_no_part_of_a_stage_nor_of_the_time_left() -> None:
    clock, seen = Clock(), list[Progress]()
    meter = Meter({"fetch": 1, "masks": 3}, seen.append, clock)
    meter("fetch", 0, 1)
    clock.now += 2
    for _ in range(3):
        meter("masks", 0, 4)
        clock.now += 10
    meter.waited(30.0)
    clock.now += 1
    meter("masks", 1, 3)
    assert meter.timings_s() == {"fetch": 2.0, "masks": 1.0, "wait": 30.0}
    assert (seen[-1].percent, seen[-1].eta_s) == (50.0, 3.0)


def test_an_unknown_stage_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        Meter({"fetch": 1}, lambda _: None)("dance", 0, 1)


def test_what_the_report_raises_passes_through() -> None:
    def cancel(_: Progress) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        Meter({"fetch": 1}, cancel).stage("fetch")


def test_stages_that_have_their_turns_add_up() -> None:
    seen: list[Progress] = []
    meter = Meter({"context": 20, "one": 60, "two": 20}, seen.append, turns={"one", "two"})
    for stage, index in (("context", 2), ("one", 1), ("two", 1), ("one", 2), ("two", 2)):
        meter(stage, index, 2)
    assert [progress.percent for progress in seen] == [20, 50, 60, 90, 100]
    assert list(meter.timings_s()) == ["context", "one", "two"]
