"""A task beside another."""

import threading
from contextvars import ContextVar

import pytest

from actionmesh_wrapper.engines.actionmesh.beside import beside


def test_goes_on_while_the_block_runs() -> None:
    go, done = threading.Event(), threading.Event()

    def task() -> None:
        assert go.wait(10)
        done.set()

    with beside(task, threaded=True) as other:
        other.look()
        go.set()
        other.wait()
        assert done.is_set()


def test_the_block_ends_after_the_task_whatever_happens() -> None:
    go, done = threading.Event(), threading.Event()

    def task() -> None:
        assert go.wait(10)
        done.set()

    with pytest.raises(KeyError), beside(task, threaded=True):
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

    with beside(task, threaded=True) as other:
        assert ended.wait(10)
        with pytest.raises(ValueError, match="no"):
            for _ in range(1000):
                getattr(other, look)()
                threading.Event().wait(0.01)


def test_it_is_told_of_as_the_same_job() -> None:
    job, told = ContextVar[str]("job"), list[str]()
    job.set("mine")
    with beside(lambda: told.append(job.get()), threaded=True):
        pass
    assert told == ["mine"]


def test_without_a_thread_it_is_done_before() -> None:
    done: list[str] = []
    with beside(lambda: done.append(threading.current_thread().name), threaded=False) as other:
        assert done == [threading.current_thread().name]
        other.look()
        other.wait()


def test_without_a_thread_what_it_raises_comes_at_once() -> None:
    def task() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"), beside(task, threaded=False):
        raise AssertionError("it must not come to this")
