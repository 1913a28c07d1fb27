from local_runpod.fleet import Fleet

NONE = {"idle": 0, "initializing": 0, "ready": 0, "running": 0, "throttled": 0, "unhealthy": 0}


def test_a_worker_starts_asks_works_and_ends() -> None:
    fleet = Fleet()
    fleet.announce("w1")
    assert fleet.counts(()) == NONE | {"initializing": 1}
    fleet.called("w1")
    assert fleet.counts(()) == NONE | {"idle": 1, "ready": 1}
    assert fleet.counts({"w1"}) == NONE | {"running": 1}
    assert fleet.ended("w1") is True
    assert fleet.counts(()) == NONE


def test_a_worker_that_never_asked_for_work_is_unhealthy_until_it_is_replaced() -> None:
    fleet = Fleet()
    fleet.announce("w1")
    assert fleet.ended("w1") is False
    assert fleet.counts(()) == NONE | {"unhealthy": 1}
    fleet.forget("w1")
    assert fleet.counts(()) == NONE


def test_a_dismissed_worker_stays_dismissed_though_it_still_calls() -> None:
    fleet = Fleet()
    fleet.called("w1")
    fleet.dismiss("w1")
    fleet.called("w1")
    assert fleet.leaving("w1")
    assert not fleet.leaving("w2")
    assert fleet.counts(()) == NONE
