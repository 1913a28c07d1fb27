"""Work in other threads: results in order, made ahead of their use; and one task in the background."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
THREADS = 2

# All jobs share them: of every thread that ever worked, glibc keeps some of the memory that it had.
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="map")


def map_in_order(make: Callable[[T], R], items: Iterable[T], number: int) -> Generator[R, None, None]:
    """What is made of items, in their order.

    When it is closed, or something fails, what is being made is waited for.

    Args:
        make: is called with each item, by several threads at a time; what it raises is raised in its turn.
        items: what is to be made.
        number: how many are made before they are asked for; 0 has the caller's own thread make them.
    """
    if not number:
        yield from map(make, items)
        return
    futures: deque[Future[R]] = deque()
    try:
        for item in items:
            futures.append(_pool.submit(make, item))
            if len(futures) > number:
                yield futures.popleft().result()
        while futures:
            yield futures.popleft().result()
    finally:
        for future in futures:
            future.cancel()
        wait(futures)


class BackgroundTask:
    """A task under way, or done.

    Args:
        future: its outcome.
    """

    def __init__(self, future: "Future[None]") -> None:
        self._future = future

    def look(self) -> None:
        """Raises what the task has raised by now, if anything."""
        if self._future.done():
            self._future.result()

    def wait(self) -> None:
        """Waits for the task's end; raises what it raised."""
        self._future.result()


@contextmanager
def in_background(task: Callable[[], None], *, threaded: bool) -> Iterator[BackgroundTask]:
    """Starts a task and waits for its end, whatever happens meanwhile.

    Args:
        task: is called once.
        threaded: whether in a thread of its own; else it is done before the block begins.
    """
    if not threaded:
        task()
        done: Future[None] = Future()
        done.set_result(None)
        yield BackgroundTask(done)
        return
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="background") as thread:
        yield BackgroundTask(thread.submit(copy_context().run, task))
