"""What the soak tells: the worker's growth, the jobs' ends, and what was checked."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bench.vitals import Vitals, binned, slope

WARM_UP = 50  # jobs, after which all that is loaded once is
FEWEST_BINS = 5  # below which growth cannot be told from chance

# How much more may be held after a 100 jobs, beyond chance. The frames of these alone would be 44 MB.
ALLOWED = Vitals(rss_mb=2.0, threads=0.2, files=0.2, processes=0.2, jobs_mb=0.05, temp_mb=0.05)


def started(log: str) -> list[str]:
    """The ids of jobs whose start RunPod's SDK logged, one for each start."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{") and "Started." in line]
    return [line["requestId"] for line in lines if line["message"].endswith("Started.")]


def growth(samples: Sequence[tuple[int, Vitals]]) -> tuple[list[dict[str, Any]], list[str]]:
    """A row for each of the vitals, and the names of those that grow by more than is allowed."""
    middles, medians = binned(samples, from_job=WARM_UP)
    rows, grown = [], []
    for name, allowed in asdict(ALLOWED).items():
        line = slope(middles, medians[name])
        most = max((getattr(held, name) for _, held in samples), default=0.0)
        ends = (medians[name][0], medians[name][-1]) if middles else (0.0, 0.0)
        rows.append(
            {
                "what": name,
                "first": ends[0],
                "last": ends[1],
                "most": most,
                "allowed": allowed,
                "course": medians[name],
            }
            | asdict(line)
        )
        if line.exceeds(allowed):
            grown.append(f"{name} {line.per_100:+.2f} ± {line.error:.2f}")
    return rows, grown if len(middles) >= FEWEST_BINS else ["cannot be told of so few jobs"]


def told(counts: Mapping[str, int]) -> str:
    """Counts in words."""
    return ", ".join(f"{name}: {count}" for name, count in counts.items())


def table(report: Mapping[str, Any]) -> str:
    """The report in Markdown."""
    lines = [
        f"{report['machine']}; {report['jobs']} jobs in {report['seconds']:.0f} s; {report['store']}",
        "",
    ]
    lines += [
        "| Held | First 10 after warm-up | Last 10 | Most | Slope, a 100 jobs | Allowed |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['what']} | {row['first']:.2f} | {row['last']:.2f} | {row['most']:.2f} "
        f"| {row['per_100']:+.3f} ± {row['error']:.3f} | {row['allowed']} |"
        for row in report["growth"]
    ]
    lines += ["", "| Kind of job | Ended | How often |", "|---|---|---|"]
    lines += [f"| {kind} | {outcome} | {count} |" for kind, outcome, count in report["outcomes"]]
    lines += ["", "| Check | |", "|---|---|"]
    return "\n".join(
        lines + [f"| {check} | {wrong or 'holds'} |" for check, wrong in report["checks"].items()]
    )
