"""Hundreds of jobs in one worker process, a fifth of them bad: does it grow, and do all end as they should?

    python -m bench.soak [--jobs 500] [--outage 60]

The real handler with the silhouette engine runs behind the local RunPod and stores into a real S3 server
(JuiceFS, where it is installed; else results ride in the answers), with a proxy between. With ``--outage``
the proxy resets every connection for so many seconds once half of the jobs have ended. Prints a table, writes
it with all figures to ``bench/results/``, and exits with 1 if a check fails; the folder with the worker's log
is kept then. Linux alone.
"""

import argparse
import json
import os
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from bench.machine import about
from bench.mix import CACHED, CANCELLED, COMPLETED, Planned, empty_clip, plan, sample_clip
from bench.soak_report import growth, started, table, told
from bench.store import Store, open_store
from bench.vitals import Vitals, adopt_orphans, descendants, vitals
from tests.local_runpod.scene import QUICK, Scene, served

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench/results"
WORKER = ["sh", "-c", 'exec "$@" >>"$WORKER_LOG" 2>&1', "sh", sys.executable, str(ROOT / "handler.py")]
SAMPLE_S, POLL_S = 0.25, 0.05
LONGEST_S = 600  # without any job's end
KEPT = replace(QUICK, run_kept_s=24 * 3600)  # statuses are asked for again at the end


@dataclass
class Soak:
    """A run.

    Attributes:
        jobs: what is submitted.
        scene: to whom.
        store: where results go, if not into the answers.
        outage_s: how long the store is away in the middle; 0 is not at all.
        ids: each job's id, in order.
        ended: each ended job's status, by id.
        too_late: jobs that had ended when they were to be cancelled.
        in_outage: jobs at work while the store was away.
        samples: how many jobs had ended, and what the worker held.
        pids: the worker's processes.
    """

    jobs: Sequence[Planned]
    scene: Scene
    store: Store | None
    outage_s: float
    ids: list[str] = field(default_factory=list)
    ended: dict[str, dict[str, Any]] = field(default_factory=dict)
    too_late: set[str] = field(default_factory=set)
    in_outage: set[str] = field(default_factory=set)
    samples: list[tuple[int, Vitals]] = field(default_factory=list)
    pids: set[int] = field(default_factory=set)

    def run(self, width: int) -> None:
        """Submits the jobs, so many at a time, cancels those that are to be, and waits for the last.

        Raises:
            TimeoutError: if none ends any more.
        """
        at_work: dict[str, Planned] = {}
        waiting = list(reversed(self.jobs))
        last = time.monotonic()
        while waiting or at_work:
            while waiting and len(at_work) < width:
                job = waiting.pop()
                self.ids.append(self.scene.run(**job.input))
                at_work[self.ids[-1]] = job
            for job_id, job in list(at_work.items()):
                if self._has_ended(job_id, job):
                    del at_work[job_id]
                    last = time.monotonic()
            self._mind_outage(at_work)
            if time.monotonic() - last > LONGEST_S:
                raise TimeoutError(f"no job has ended for {LONGEST_S} s; at work: {list(at_work)}")
            time.sleep(POLL_S)

    def _has_ended(self, job_id: str, job: Planned) -> bool:
        status = self.scene.status(job_id)
        if status["status"] not in {"IN_QUEUE", "IN_PROGRESS"}:
            self.ended[job_id] = status
            return True
        if job.cancel_at is not None and (status.get("output") or {}).get("stage") == job.cancel_at:
            answer = self.scene.ask("POST", f"cancel/{job_id}")[1]
            if answer["status"] != CANCELLED:
                self.too_late.add(job_id)
        return False

    def _mind_outage(self, at_work: Mapping[str, Planned]) -> None:
        if not self.outage_s or self.store is None:
            return
        if not self.store.proxy.is_out and not self.in_outage and 2 * len(self.ended) >= len(self.jobs):
            self.store.proxy.go_out(self.outage_s)
        if self.store.proxy.is_out:
            self.in_outage.update(at_work)

    @contextmanager
    def watched(self, jobs_dir: Path, temp_dir: Path) -> Iterator[None]:
        """Samples what the worker holds, meanwhile."""
        over = threading.Event()

        def watch() -> None:
            workers = self.scene.workers
            assert workers is not None
            while not over.wait(SAMPLE_S):
                for process in list(workers.processes.values()):
                    self.pids.add(process.pid)
                    if held := vitals(process.pid, jobs_dir, temp_dir):
                        self.samples.append((len(self.ended), held))

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def outcome(self, job_id: str) -> str:
        """How a job ended: its state, its error's code, or that its result was found again."""
        status = self.ended[job_id]
        if status["status"] == COMPLETED and status["output"]["cached"]:
            return CACHED
        return str(status.get("error", status["status"])).partition(":")[0]

    def is_as_expected(self, job_id: str, job: Planned) -> bool:
        """Whether a job ended as it should; while its store was away it may have failed or found nothing."""
        outcome = self.outcome(job_id)
        expected = job.expects
        if job_id in self.too_late or (expected == CACHED and self.store is None):
            expected = COMPLETED
        may_fail = job_id in self.in_outage and expected in {COMPLETED, CACHED}
        return outcome == expected or (may_fail and outcome in {COMPLETED, "STORAGE_FAILED"})

    def checks(self, log: Path, jobs_dir: Path) -> dict[str, str]:
        """What was checked, each with what is wrong about it; "" is nothing."""
        both = zip(self.ids, self.jobs, strict=True)
        wrong = [f"{job.kind}: {self.outcome(one)}" for one, job in both if not self.is_as_expected(one, job)]
        again = [one for one in self.ids if self.scene.status(one)["status"] != self.ended[one]["status"]]
        starts = Counter(started(log.read_text()))
        retried = self.scene.ask("GET", "health")[1]["jobs"]["retried"]
        temp_mb = self.samples[-1][1].temp_mb
        found = {
            "every job ended as expected": ", ".join(wrong),
            "no state changed after its end": ", ".join(again),
            "every job ran once": told({one: starts[one] for one in self.ids if starts[one] != 1}),
            "none was taken for lost": f"{retried} retried" if retried else "",
            "one process served all": "" if len(self.pids) == 1 else f"{len(self.pids)} processes",
            "no working folder is left": ", ".join(path.name for path in jobs_dir.iterdir()),
            "no temporary file is left": f"{temp_mb:.3f} MB" if temp_mb else "",
        }
        if self.store is not None:
            results = {one: self.ended[one]["output"] for one in self.ids if self.outcome(one) == COMPLETED}
            cancelled = {one for one in self.ids if self.outcome(one) == CANCELLED}
            found["the bucket holds the good jobs' files, all of them, and nothing else"] = ", ".join(
                self.store.wrong(results, self.in_outage, cancelled)
            )
        return found


def soak(count: int, outage_s: float, concurrency: int, folder: Path) -> dict[str, Any]:
    """Runs the jobs in a folder and reports."""
    jobs_dir, temp_dir, log = folder / "jobs", folder / "temp", folder / "log"
    for path in (jobs_dir, temp_dir):
        path.mkdir()
    jobs = plan(count, sample_clip(folder / "clip.mp4"), empty_clip(folder / "empty.mp4"))
    environ = {
        "ENGINE": "silhouette",
        "JOBS_DIR": str(jobs_dir),
        "TMPDIR": str(temp_dir),
        "WORKER_LOG": str(log),
    }
    environ |= {"MAX_CONCURRENT_JOBS": str(concurrency), "LOG_FORMAT": "json"}
    start = time.monotonic()
    with ExitStack() as stack:
        store = stack.enter_context(open_store(folder))
        if store is not None:
            environ |= store.environ
        scene = stack.enter_context(
            served(folder, workers=1, limits=KEPT, faults=(), command=WORKER, **environ)
        )
        run = Soak(jobs, scene, store, outage_s)
        with run.watched(jobs_dir, temp_dir):
            run.run(concurrency + 2)
            seconds = time.monotonic() - start
            time.sleep(4 * SAMPLE_S)  # the last job's end is seen, too
        found = run.checks(log, jobs_dir)
        requests = {**store.proxy.requests, "in the outage": store.proxy.met["outage"]} if store else {}
    left = descendants(os.getpid())
    rows, grown = growth(run.samples)
    found |= {"nothing grows": ", ".join(grown), "no process is left": ", ".join(map(str, left))}
    outcomes = Counter((job.kind, run.outcome(one)) for one, job in zip(run.ids, jobs, strict=True))
    return {
        "machine": about(),
        "jobs": count,
        "seconds": seconds,
        "outage_s": outage_s,
        "concurrency": concurrency,
        "store": f"S3, requests: {told(requests)}" if store else "in the answers",
        "too_late_to_cancel": len(run.too_late),
        "growth": rows,
        "outcomes": [(*key, number) for key, number in sorted(outcomes.items())],
        "checks": found,
    }


def main() -> None:
    """Prints the table, writes the figures, and fails if a check does."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=500, help="how many (default: %(default)s)")
    parser.add_argument(
        "--outage", type=float, default=0, metavar="S", help="of the S3 server, in the middle"
    )
    parser.add_argument("--concurrency", type=int, default=2, help="jobs at a time (default: %(default)s)")
    options = parser.parse_args()
    adopt_orphans()
    folder = Path(mkdtemp(prefix="soak-"))
    report = soak(options.jobs, options.outage, options.concurrency, folder)
    RESULTS.mkdir(exist_ok=True)
    name = "soak-outage" if options.outage else "soak"
    (RESULTS / f"{name}.json").write_text(json.dumps(report, indent=2) + "\n")
    print(table(report))
    if any(report["checks"].values()):
        sys.exit(f"A check failed; see {folder}.")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
