"""A task beside the engine's own thread: what needs no GPU, while that is at work."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context


class Beside:
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
def beside(task: Callable[[], None], *, threaded: bool) -> Iterator[Beside]:
    """Starts a task and waits for its end, whatever happens meanwhile.

    Args:
        task: is called once.
        threaded: whether in a thread of its own; else it is done before the block begins.
    """
    if not threaded:
        task()
        done: Future[None] = Future()
        done.set_result(None)
        yield Beside(done)
        return
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="beside") as thread:
        yield Beside(thread.submit(copy_context().run, task))
