"""Which threads are at work on a bucket."""

import threading

POOLS = ("upload", "remove")


def at_work() -> set[str]:
    """The names of the threads that upload or remove; servers of other tests have threads of their own."""
    return {thread.name for thread in threading.enumerate() if thread.name.startswith(POOLS)}
