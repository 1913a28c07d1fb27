"""Who the workers are and how they do, as ``/health`` counts them."""

from collections.abc import Collection
from enum import Enum, auto


class _Condition(Enum):
    STARTING = auto()  # started, and has not asked for work yet
    READY = auto()
    LEAVING = auto()  # gets no more work
    BROKEN = auto()  # ended before it ever asked for work


class Fleet:
    """The workers, by id. One that was not announced is known from its first call on."""

    def __init__(self) -> None:
        self._conditions: dict[str, _Condition] = {}

    def announce(self, worker: str) -> None:
        """A worker was started."""
        self._conditions[worker] = _Condition.STARTING

    def called(self, worker: str) -> None:
        """A worker asked for work."""
        if self._conditions.get(worker) is not _Condition.LEAVING:
            self._conditions[worker] = _Condition.READY

    def dismiss(self, worker: str) -> None:
        """A worker gets no more work; its polls are answered at once, so that it can end."""
        self._conditions[worker] = _Condition.LEAVING

    def leaving(self, worker: str) -> bool:
        """Whether a worker gets no more work."""
        return self._conditions.get(worker) is _Condition.LEAVING

    def ended(self, worker: str) -> bool:
        """A worker has ended. Returns whether it had ever asked for work; if not, it stays as unhealthy."""
        if self._conditions.get(worker) is _Condition.STARTING:
            self._conditions[worker] = _Condition.BROKEN
            return False
        self._conditions.pop(worker, None)
        return True

    def forget(self, worker: str) -> None:
        """An unhealthy worker was replaced."""
        self._conditions.pop(worker, None)

    def counts(self, busy: Collection[str]) -> dict[str, int]:
        """The workers by condition, as ``/health`` names them.

        Args:
            busy: the ids of those that are at a job.
        """
        conditions = self._conditions
        ready = {worker for worker, condition in conditions.items() if condition is _Condition.READY}
        idle = len(ready.difference(busy))
        return {
            "idle": idle,
            "initializing": list(conditions.values()).count(_Condition.STARTING),
            "ready": idle,
            "running": len(set(busy)),
            "throttled": 0,
            "unhealthy": list(conditions.values()).count(_Condition.BROKEN),
        }
