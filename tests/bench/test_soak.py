"""The soak's own judgement: what it would find, were it there."""

import json
import math
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bench import soak
from bench.mix import ALL, CACHED, CANCELLED, COMPLETED, ONE, Planned, plan
from bench.soak_report import ALLOWED, growth, started, table
from bench.store import BUCKET, PREFIX, Store, open_store
from bench.vitals import Slope, Vitals, binned, descendants, slope, vitals
from tests.storage.s3_server import needed_executable

needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux has /proc")

CALM = Vitals(rss_mb=400, threads=6, files=36, processes=1, jobs_mb=0, temp_mb=0)


def test_a_fifth_of_the_jobs_is_bad_and_no_two_others_are_equal_by_chance() -> None:
    jobs = plan(500, b"a clip" * 9, b"grey")
    outcomes = Counter(job.expects for job in jobs)
    assert outcomes[COMPLETED] + outcomes[CACHED] == 400
    assert {job.expects for job in jobs[4::5]} == {
        *(CANCELLED, "URL_NOT_ALLOWED", "NOT_A_VIDEO", "VIDEO_UNREADABLE", "INVALID_BASE64"),
        *("INVALID_INPUT", "SUBJECT_NOT_FOUND"),
    }
    assert {job.cancel_at for job in jobs if job.expects == CANCELLED} == {"fetch", "sample", "masks"}
    seeds = [job.input["seed"] for job in jobs if job.expects != CACHED]
    assert len(set(seeds)) == len(seeds)
    assert all(job.input == jobs[0].input for job in jobs if job.expects == CACHED)
    files = Counter(tuple(job.input["outputs"]) for job in jobs if job.kind == "good")
    assert files[tuple(ALL["outputs"])] * 5 < files[tuple(ONE["outputs"])]


def test_a_plan_is_the_same_each_time() -> None:
    assert plan(60, b"clip", b"grey", seed=1) == plan(60, b"clip", b"grey", seed=1)
    assert plan(60, b"clip", b"grey", seed=1) != plan(60, b"clip", b"grey", seed=2)


def test_only_what_stands_to_reason_is_forgiven() -> None:
    good, again, page = (
        Planned("good", {}),
        Planned("again", {}, CACHED),
        Planned("web page", {}, "NOT_A_VIDEO"),
    )
    run = soak.Soak([], scene=None, store=None, outage_s=0)  # type: ignore[arg-type]  # nobody is asked
    run.ended = {
        "made": {"status": "COMPLETED", "output": {"cached": False}},
        "found": {"status": "COMPLETED", "output": {"cached": True}},
        "unstored": {"status": "FAILED", "error": "STORAGE_FAILED: The bucket has no room left."},
        "refused": {"status": "FAILED", "error": "NOT_A_VIDEO: This is a web page, not a video."},
    }
    assert run.is_as_expected("made", good)
    assert run.is_as_expected("refused", page)
    assert run.is_as_expected("made", again)  # answers are not kept
    assert not run.is_as_expected("found", good)
    assert not run.is_as_expected("made", page)
    assert not run.is_as_expected("unstored", good)
    run.in_outage, run.too_late = {"unstored", "refused"}, {"made"}
    assert run.is_as_expected("unstored", good)
    assert run.is_as_expected("unstored", again)
    assert not run.is_as_expected("unstored", page)
    assert not run.is_as_expected("refused", good)
    assert run.is_as_expected("made", Planned("cancelled late", {}, CANCELLED, "masks"))


def test_a_line_has_its_slope_and_no_error() -> None:
    found = slope([50, 60, 70, 80], [400, 401, 402, 403])
    assert found.per_100 == pytest.approx(10)
    assert found.error == pytest.approx(0, abs=1e-6)


def test_the_error_is_that_of_the_textbook() -> None:
    xs, ys = [1.0, 2.0, 3.0, 4.0, 5.0], [2.1, 3.9, 6.2, 7.8, 10.1]
    found = slope(xs, ys)
    rest = sum((y - 0.05 - 1.99 * x) ** 2 for x, y in zip(xs, ys, strict=True))
    assert found.per_100 == pytest.approx(199)
    assert found.error == pytest.approx(100 * math.sqrt(rest / 3 / 10))


def test_too_few_points_have_no_slope() -> None:
    assert math.isnan(slope([1, 2], [1, 2]).per_100)


def test_a_slope_exceeds_only_beyond_chance() -> None:
    assert Slope(3.0, 0.4).exceeds(2.0)
    assert not Slope(3.0, 0.6).exceeds(2.0)
    assert not Slope(-9.0, 0.1).exceeds(2.0)


def run_of(grow_mb: float) -> list[tuple[int, Vitals]]:
    """500 jobs, three samples each, in which the memory grows by so much a job."""
    return [
        (job, replace(CALM, rss_mb=400 + grow_mb * job + wobble))
        for job in range(500)
        for wobble in (-5, 0, 9)
    ]


def test_bins_leave_the_warm_up_out_and_take_medians() -> None:
    middles, medians = binned(run_of(0), from_job=50)
    assert (middles[0], middles[-1], len(middles)) == (55, 495, 45)
    assert medians["rss_mb"] == [400] * 45
    assert medians["threads"] == [6] * 45


def test_growth_is_found_and_calm_is_not() -> None:
    rows, grown = growth(run_of(0))
    assert grown == []
    assert [row["what"] for row in rows] == list(Vitals.__dataclass_fields__)
    _, grown = growth(run_of(0.05))
    assert grown == ["rss_mb +5.00 ± 0.00"]
    assert ALLOWED.rss_mb == 2


def test_of_few_jobs_growth_is_not_told() -> None:
    assert growth(run_of(0)[:240])[1] == ["cannot be told of so few jobs"]


def test_starts_are_counted_in_the_sdks_log_alone() -> None:
    lines: Sequence[dict[str, Any]] = [
        {"requestId": "a", "message": "Started.", "level": "INFO"},
        {"requestId": "a", "message": "[batchId=1] Started.", "level": "INFO"},
        {"requestId": "b", "message": "Finished.", "level": "INFO"},
        {"time": "now", "job": "b", "message": "Started. Not by the SDK, and not at its end"},
    ]
    log = "--- Starting Serverless Worker ---\n" + "\n".join(json.dumps(line) for line in lines)
    assert started(log) == ["a", "a"]


def test_the_table_tells_growth_ends_and_checks() -> None:
    report = {
        "machine": "a laptop",
        "jobs": 500,
        "seconds": 700.4,
        "store": "in the answers",
        "growth": growth(run_of(0.05))[0],
        "outcomes": [("good", COMPLETED, 400), ("web page", "NOT_A_VIDEO", 100)],
        "checks": {"nothing grows": "rss_mb +5.00 ± 0.00", "no process is left": ""},
    }
    lines = table(report).splitlines()
    assert lines[0] == "a laptop; 500 jobs in 700 s; in the answers"
    assert "| rss_mb | 402.73 | 424.73 | 433.95 | +5.000 ± 0.000 | 2.0 |" in lines
    assert "| web page | NOT_A_VIDEO | 100 |" in lines
    assert lines[-2:] == ["| nothing grows | rss_mb +5.00 ± 0.00 |", "| no process is left | holds |"]


def test_the_worker_s_command_keeps_its_process(tmp_path: Path) -> None:
    command = [*soak.WORKER[:4], sys.executable, "-c", "import os; print(os.getpid(), flush=True)"]
    process = subprocess.Popen(command, env={**os.environ, "WORKER_LOG": str(tmp_path / "log")})
    assert process.wait() == 0
    assert int((tmp_path / "log").read_text()) == process.pid


@needs_proc
def test_vitals_are_seen_from_outside(tmp_path: Path) -> None:
    jobs, temp = tmp_path / "jobs", tmp_path / "temp"
    (jobs / "a").mkdir(parents=True)
    temp.mkdir()
    (jobs / "a" / "000.png").write_bytes(b"x" * 1_000_000)
    code = "import subprocess, sys, time; f = open('/dev/null'); subprocess.Popen(['sleep', '60']); "
    code += "held = bytes(range(256)) * 400_000; print('up', flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        held = vitals(process.pid, jobs, temp)
        assert held is not None
        assert 102 < held.rss_mb < 200
        assert (held.threads, held.processes, held.jobs_mb, held.temp_mb) == (1, 1, 1, 0)
        assert held.files == 4
        assert process.pid in descendants(os.getpid())
    finally:
        for one in descendants(process.pid):
            os.kill(one, 9)
        process.kill()
        process.communicate()
    assert vitals(process.pid, jobs, temp) is None


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    needed_executable()
    with open_store(tmp_path) as opened:
        assert opened is not None
        yield opened


def lay(store: Store, job_id: str, *names: str) -> None:
    for name in names:
        store.client.put_object(Bucket=BUCKET, Key=f"{PREFIX}{job_id}/{'a' * 32}/{name}", Body=b"content")


def test_what_is_wrong_in_the_bucket_is_found(store: Store) -> None:
    file = {"name": "animated_mesh.glb", "sha256": sha256(b"content").hexdigest()}
    good = {"files": {"animated_mesh": file, "meshes": []}}
    bad = {"files": {"animated_mesh": {**file, "sha256": "0" * 64}, "meshes": []}}
    lay(store, "whole", "animated_mesh.glb", "anchor_mesh.glb", "result.json", "manifest.json")
    lay(store, ".cache", "key.json")
    assert store.wrong({"whole": good}, torn=()) == []
    lay(store, "unsealed", "animated_mesh.glb", "result.json", "preview.mp4")
    lay(store, "changed", "animated_mesh.glb", "result.json", "manifest.json")
    lay(store, "failed", "animated_mesh.glb")
    lay(store, "torn", "animated_mesh.glb")
    lay(store, "torn and sealed", "manifest.json")
    results = {"whole": good, "missing": good, "unsealed": good, "changed": bad}
    assert sorted(store.wrong(results, torn=["torn", "torn and sealed"])) == [
        "changed/animated_mesh.glb has another sum",
        "failed has animated_mesh.glb",
        "missing has no folder",
        "torn and sealed has manifest.json",
        "unsealed has preview.mp4, too",
        "unsealed lacks manifest.json",
    ]


def test_a_job_that_was_cancelled_when_it_was_sealed_is_held_to_its_own_result(store: Store) -> None:
    file = {"name": "poster.png", "sha256": sha256(b"content").hexdigest()}
    for job_id, names in (("sealed", ["poster.png"]), ("half", [])):
        lay(store, job_id, *names, "manifest.json")
        result = json.dumps({"files": {"poster": file}}).encode()
        store.client.put_object(Bucket=BUCKET, Key=f"{PREFIX}{job_id}/{'a' * 32}/result.json", Body=result)
    assert store.wrong({}, (), cancelled=["sealed", "half"]) == ["half lacks poster.png"]


def test_an_outage_of_the_bucket_begins_and_ends(store: Store) -> None:
    store.proxy.go_out(0.2)
    assert store.proxy.is_out
    time.sleep(0.25)
    assert not store.proxy.is_out
