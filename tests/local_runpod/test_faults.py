from local_runpod.faults import Fault, Faults


def hits(fault: Fault, calls: int) -> list[bool]:
    faults = Faults([fault])
    return [faults.next(fault.operation) is fault for _ in range(calls)]


def test_a_fault_is_of_its_operation() -> None:
    faults = Faults([Fault("run", status=500)])
    assert faults.next("status") is None
    assert faults.next("run") == Fault("run", status=500)


def test_without_faults_there_is_nothing_to_look_for() -> None:
    assert not Faults()
    assert Faults([Fault("run")])


def test_a_fault_happens_so_often_or_always() -> None:
    assert hits(Fault("run", times=2), 4) == [True, True, False, False]
    assert hits(Fault("run"), 3) == [True, True, True]


def test_a_fault_may_meet_every_second_call() -> None:
    assert hits(Fault("run", every=2), 5) == [True, False, True, False, True]
    assert hits(Fault("run", every=2, times=1), 4) == [True, False, False, False]


def test_the_first_fault_that_fits_is_taken_then_the_next() -> None:
    first, second = Fault("run", status=500, times=1), Fault("run", status=429)
    faults = Faults([first, second])
    assert [faults.next("run") for _ in range(3)] == [first, second, second]
