"""A served endpoint, with workers or without, and a caller of it."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import urllib3

from local_runpod.endpoint import Endpoint, Settings
from local_runpod.faults import Fault
from local_runpod.limits import Limits
from local_runpod.server import Server
from local_runpod.workers import Workers

WORKER = [sys.executable, str(Path(__file__).with_name("obedient_worker.py"))]
PATIENCE_S = 120.0  # far more than anything takes, on a busy machine, too
# Held polls are short, so that a worker ends soon when it is told to; all else is as hosted.
QUICK = Limits(poll_s=0.5, ping_s=1, webhook_pause_s=0.1)


T = TypeVar("T")


@dataclass
class Scene:
    """What a test talks to.

    Attributes:
        url: the endpoint, ``http://127.0.0.1:…/v2/local``.
        settings: what it is made of.
        workers: its workers, if it has any.
        marks: what the workers note.
    """

    url: str
    settings: Settings
    workers: Workers | None
    marks: Path

    def ask(self, method: str, path: str, json: Any = None, *, key: str | None = "local") -> tuple[int, Any]:
        """Calls the public API; gives status and answer."""
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        with urllib3.PoolManager(retries=False, timeout=PATIENCE_S) as pool:
            answer = pool.request(method, f"{self.url}/{path}", json=json, headers=headers)
            return answer.status, answer.json()

    def work(self, method: str, path: str, json: Any = None) -> tuple[int, Any]:
        """Calls the workers' side, as a worker would."""
        separator = "&" if "?" in path else "?"
        path = f"{path}{separator}key={self.settings.worker_key}"
        with urllib3.PoolManager(retries=False, timeout=PATIENCE_S) as pool:
            answer = pool.request(method, f"{self.url}/{path}", json=json)
            return answer.status, answer.json() if answer.data else None

    def run(self, beside: dict[str, Any] | None = None, /, **order: Any) -> str:
        """Submits a job for the obedient worker, with what stands beside its input; gives its id."""
        status, answer = self.ask("POST", "run", {"input": order} | (beside or {}))
        assert (status, answer["status"]) == (200, "IN_QUEUE")
        return str(answer["id"])

    def status(self, job_id: str) -> dict[str, Any]:
        """A job's status."""
        code, answer = self.ask("GET", f"status/{job_id}")
        assert code == 200
        return dict(answer)

    def wait(self, job_id: str, *states: str) -> dict[str, Any]:
        """Polls a job until it is in one of these states; by default, until it has ended."""
        wanted = states or ("COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT")
        return until(lambda: self.status(job_id), lambda status: status["status"] in wanted)

    def marked(self, job_id: str) -> list[tuple[str, str, int]]:
        """What the workers noted of a job: (what, worker, process)."""
        if not self.marks.exists():
            return []
        rows = [line.split() for line in self.marks.read_text().splitlines()]
        return [(what, worker, int(pid)) for what, job, worker, pid in rows if job == job_id]


def until(ask: Callable[[], T], holds: Callable[[T], bool]) -> T:
    """Asks again and again until the answer is as wanted."""
    end = time.monotonic() + PATIENCE_S
    while not holds(answer := ask()):
        assert time.monotonic() < end, f"still {answer}"
        time.sleep(0.03)
    return answer


def has_left(group: int) -> bool:
    """Whether no process of this group is there any more."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@contextmanager
def served(
    folder: Path,
    *,
    workers: int = 0,
    limits: Limits = QUICK,
    faults: Sequence[Fault] = (),
    command: Sequence[str] = WORKER,
    **environ: str,
) -> Iterator[Scene]:
    """Serves an endpoint on a free port, from a thread."""
    endpoint = Endpoint(Settings(limits=limits, faults=tuple(faults)))
    marks = folder / "marks"
    given = {
        **os.environ,
        "RUNPOD_SKIP_AUTO_SYSTEM_CHECKS": "true",
        "RUNPOD_LOG_LEVEL": "INFO",
        "MARKS": str(marks),
        **environ,
    }
    staff = Workers(endpoint, command, given, workers, grace_s=0.1) if workers else None
    server = Server(endpoint, "127.0.0.1", 0, staff)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started or not thread.is_alive(), bool)
        yield Scene(f"{server.url}/v2/local", endpoint.settings, staff, marks)
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


@dataclass
class Receiver:
    """A receiver of webhooks.

    Attributes:
        url: its address.
        answers: the statuses it answers with, one after the other; then 200.
        posted: what it was sent.
    """

    url: str
    answers: list[int]
    posted: list[bytes] = field(default_factory=list)


@contextmanager
def receiver(*answers: int) -> Iterator[Receiver]:
    """Serves a receiver of webhooks on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            it.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(it.answers.pop(0) if it.answers else 200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Logs nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        it = Receiver(f"http://127.0.0.1:{server.server_port}/", list(answers))
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield it
        server.shutdown()
        thread.join()
