"""Removing objects from a bucket."""

import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from functools import partial
from threading import Event

from actionmesh_wrapper.storage.bucket import Bucket
from actionmesh_wrapper.storage.persist import persist

REMOVALS = 16  # at a time
QUIET_S = 1.5  # without any answer but to come again; then the server is not there


def remove(bucket: Bucket, keys: Sequence[str], *, within_s: float) -> list[str]:
    """Deletes objects side by side, a request each: not every server knows the one that deletes many.

    It goes on while it gets on, and ends with the requests that are on their way then.

    Args:
        bucket: where they lie.
        keys: theirs; it is no error if there is no such object.
        within_s: seconds after which it gives up.

    Returns:
        The keys of those that may still be there.
    """
    left, stop, ends = dict.fromkeys(keys), Event(), time.monotonic() + within_s

    def delete(key: str) -> None:
        persist(partial(bucket.delete, key), patience_s=within_s, stop=stop)
        left.pop(key)

    with ThreadPoolExecutor(REMOVALS, thread_name_prefix="remove") as pool:
        running = {pool.submit(delete, key) for key in keys}
        while running and time.monotonic() < ends:
            done, running = wait(running, QUIET_S, FIRST_COMPLETED)
            if not done:
                break
        stop.set()
        pool.shutdown(cancel_futures=True)
    return list(left)
