"""A task beside another."""

import threading
from contextlib import closing
from contextvars import ContextVar
from itertools import count

import pytest

from actionmesh_wrapper.system.threads import in_background, map_in_order


def test_goes_on_while_the_block_runs() -> None:
    go, done = threading.Event(), threading.Event()

    def task() -> None:
        assert go.wait(10)
        done.set()

    with in_background(task, threaded=True) as other:
        other.look()
        go.set()
        other.wait()
        assert done.is_set()


def test_the_block_ends_after_the_task_whatever_happens() -> None:
    go, done = threading.Event(), threading.Event()

    def task() -> None:
        assert go.wait(10)
        done.set()

    with pytest.raises(KeyError), in_background(task, threaded=True):
        threading.Timer(0.05, go.set).start()
        raise KeyError
    assert done.is_set()


@pytest.mark.parametrize("look", ["look", "wait"])
def test_what_it_raises_comes_out_where_one_asks(look: str) -> None:
    ended = threading.Event()

    def task() -> None:
        try:
            raise ValueError("no")
        finally:
            ended.set()

    with in_background(task, threaded=True) as other:
        assert ended.wait(10)
        with pytest.raises(ValueError, match="no"):
            for _ in range(1000):
                getattr(other, look)()
                threading.Event().wait(0.01)


def test_it_is_told_of_as_the_same_job() -> None:
    job, logged = ContextVar[str]("job"), list[str]()
    job.set("mine")
    with in_background(lambda: logged.append(job.get()), threaded=True):
        pass
    assert logged == ["mine"]


def test_without_a_thread_it_is_done_before() -> None:
    done: list[str] = []
    with in_background(lambda: done.append(threading.current_thread().name), threaded=False) as other:
        assert done == [threading.current_thread().name]
        other.look()
        other.wait()


def test_without_a_thread_what_it_raises_comes_at_once() -> None:
    def task() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"), in_background(task, threaded=False):
        raise AssertionError("it must not come to this")


def test_what_is_made_comes_in_order_whatever_is_done_first() -> None:
    second_is_made = threading.Event()

    def make(item: int) -> int:
        if item == 0:
            assert second_is_made.wait(10)
        else:
            second_is_made.set()
        return item * item

    assert list(map_in_order(make, range(5), 2)) == [0, 1, 4, 9, 16]


def test_no_more_is_made_ahead_than_was_said() -> None:
    begun: list[int] = []

    with closing(map_in_order(begun.append, count(), 3)) as made:
        for _ in range(5):
            next(made)
    assert set(range(5)) <= set(begun) <= set(range(8))


def test_nothing_ahead_is_made_by_the_caller_when_it_is_asked_for() -> None:
    threads: list[threading.Thread] = []
    made = map_in_order(lambda _: threads.append(threading.current_thread()), range(3), 0)
    next(made)
    assert threads == [threading.current_thread()]


def test_without_items_there_is_nothing() -> None:
    assert list(map_in_order(str, [], 2)) == []


def test_a_failure_is_raised_in_its_turn_and_what_waits_is_not_made() -> None:
    begun: list[int] = []

    def make(item: int) -> int:
        begun.append(item)
        if item == 1:
            raise ValueError("one")
        return item

    made = map_in_order(make, range(100), 2)
    assert next(made) == 0
    with pytest.raises(ValueError, match="one"):
        next(made)
    assert max(begun) <= 3


def test_what_is_being_made_ends_before_it_is_closed() -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def make(item: int) -> int:
        if item == 1:
            begun.set()
            assert may_end.wait(10)
            ended.set()
        return item

    made = map_in_order(make, range(100), 1)
    assert next(made) == 0
    assert begun.wait(10)
    threading.Timer(0.1, may_end.set).start()
    made.close()
    assert ended.is_set()
