"""Work done ahead by threads, and taken in order."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

THREADS = 2
# All jobs share them: of every thread that ever worked, glibc keeps some of the memory that it had.
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="ahead")


def ahead(make: Callable[[T], R], items: Iterable[T], number: int) -> Generator[R, None, None]:
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
    made: deque[Future[R]] = deque()
    try:
        for item in items:
            made.append(_threads.submit(make, item))
            if len(made) > number:
                yield made.popleft().result()
        while made:
            yield made.popleft().result()
    finally:
        for one in made:
            one.cancel()
        wait(made)
