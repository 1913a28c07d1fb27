import pytest

from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.errors import TimeoutTooShort
from actionmesh_wrapper.job.pace import KEPT, Pace, TimeLimit, Work

SHORT = Work("default", {"masks": 16.0, "denoise": 1.0}, 16)
LONG = Work("default", {"masks": 160.0, "denoise": 11.0}, 160)
TOOK = {"fetch": 9.0, "sample": 5.0, "masks": 2.0, "denoise": 50.0, "export": 1.0, "preview": 4.0}
LONG_TAKES = 20 + 550 + 10 + 4


def limit(pace: Pace, seconds: float | None) -> TimeLimit:
    """So much of it is left."""
    return TimeLimit(pace, seconds, clock=lambda: 0.0, since=0.0)


def check(pace: Pace, seconds: float | None, work: Work = LONG) -> list[Notice]:
    notices: list[Notice] = []
    limit(pace, seconds).check(work, notices.append)
    return notices


def paced(*factors: float) -> Pace:
    """A worker that has done short jobs, so many times as slow as `TOOK`."""
    pace = Pace()
    for factor in factors:
        pace.note(SHORT, {stage: factor * taken for stage, taken in TOOK.items()})
    return pace


def test_earlier_jobs_are_scaled_by_the_engines_work_and_by_frames() -> None:
    assert paced(1, 2).seconds(LONG) == [LONG_TAKES, 2 * LONG_TAKES]
    assert paced(1).seconds(SHORT) == [57]


def test_what_a_job_waited_for_another_says_nothing_of_the_next() -> None:
    pace = Pace()
    pace.note(SHORT, TOOK | {"wait": 500.0})
    assert pace.seconds(SHORT) == [57]


def test_jobs_of_another_kind_say_nothing() -> None:
    assert paced(1).seconds(Work("fast", LONG.stages, LONG.frames)) == []


def test_the_last_jobs_are_kept() -> None:
    assert paced(*range(1, KEPT + 3)).seconds(SHORT)[0] == 3 * 57


def test_a_job_that_has_the_time_is_not_spoken_of() -> None:
    assert check(paced(1, 0.5), LONG_TAKES) == []


@pytest.mark.parametrize("seconds", [None, 1.0])
def test_without_a_limit_or_without_earlier_jobs_nothing_is_known(seconds: float | None) -> None:
    pace = paced(1, 1) if seconds is None else Pace()
    assert check(pace, seconds) == []


def test_a_job_that_is_too_long_by_every_earlier_one_is_refused() -> None:
    with pytest.raises(TimeoutTooShort) as caught:
        check(paced(1, 2, 3), 300)
    assert str(caught.value) == (
        "TIMEOUT_TOO_SHORT: 160 frames would take 584 s or more by the 3 jobs of its kind that this worker "
        "has done; its time-out leaves 300 s. Allow the job more time, or take fewer frames or a faster mode."
    )


def test_one_job_is_too_few_to_refuse_another() -> None:
    assert check(paced(1), 300) == [
        Notice(
            "TIMEOUT_NEAR",
            "160 frames may take up to 584 s by the one job of its kind that this worker has done; its "
            "time-out leaves 300 s.",
        )
    ]


def test_a_job_that_is_too_long_by_the_slowest_alone_is_warned_of() -> None:
    assert [notice.code for notice in check(paced(0.4, 1), 300)] == ["TIMEOUT_NEAR"]


def test_what_is_over_is_not_left() -> None:
    late = TimeLimit(paced(1, 1), LONG_TAKES + 10, clock=lambda: 25.0, since=5.0)
    with pytest.raises(TimeoutTooShort):
        late.check(LONG, lambda _: None)
