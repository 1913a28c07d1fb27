"""What a person sees of a job: which engine runs, a bar, a summary. Into a pipe go plain lines."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from actionmesh_wrapper.contract.engines import ENGINES, EngineFacts
from actionmesh_wrapper.contract.output_kind import OutputFile
from actionmesh_wrapper.contract.outputs import file_of
from actionmesh_wrapper.contract.result import File, Result
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.service.jobs import Report
from actionmesh_wrapper.settings import Settings

BAR = "{desc}: {percentage:3.0f}% |{bar}| {elapsed} {postfix}"
DOCTOR = "`actionmesh-worker doctor` says what is missing"


def engine_line(facts: EngineFacts) -> str:
    """Which engine runs, and how to get the other."""
    others = [
        f"{other.title} needs {' and '.join(other.needs)}: "
        + (DOCTOR if any(mode.gpu_gb for mode in other.modes.values()) else f"ENGINE={other.name}")
        for other in ENGINES.values()
        if other.name != facts.name
    ]
    return " ".join(f"{part}." for part in (f"Engine: {facts.title}", *others))


@contextmanager
def show_progress(name: str) -> Iterator[Report]:
    """Draws a bar on stderr; where that is no terminal, prints a line for each stage as it begins."""
    if not sys.stderr.isatty():
        yield _stage_lines()
        return
    with logging_redirect_tqdm(), tqdm(total=100.0, desc=name, bar_format=BAR) as bar:

        def draw(progress: Progress) -> None:
            bar.set_postfix_str(f"{progress.stage} {progress.index}/{progress.of}", refresh=False)
            bar.update(progress.percent - bar.n)

        yield draw


def _stage_lines() -> Report:
    told: set[str] = set()

    def report(progress: Progress) -> None:
        if progress.stage not in told:
            told.add(progress.stage)
            print(f"{progress.percent:3.0f}% {progress.stage}", file=sys.stderr, flush=True)  # noqa: T201

    return report


def summary(result: Result, where: str) -> str:
    """A finished job in a few lines.

    Args:
        result: the job's.
        where: its files are, in words: a folder, or a bucket.
    """
    lines = [f"Results: {where}", *_file_lines(result), f"Taken: {_taken(result)}"]
    if result.cached:
        lines.append("This is the result of an equal job before.")
    lines += ["Warnings:", *(f"  {warning.code}: {warning.message}" for warning in result.warnings)]
    return "\n".join(lines if result.warnings else [*lines[:-1], "Warnings: none"])


def _taken(result: Result) -> str:
    """What it was made from."""
    if result.source is None:
        return f"{result.num_frames} frames of an animation that {result.engine} made"
    times = result.source.timestamps_s
    return f"{len(times)} frames, {times[0]:.2f} s to {times[-1]:.2f} s of {result.source.duration_s:.2f} s"


def _file_lines(result: Result) -> list[str]:
    """A line for each kind of file; files that there is one of for each frame share theirs."""
    kinds: dict[OutputFile, list[File]] = {}
    for file in result.files.all():
        if row := file_of(file.name):
            kinds.setdefault(row, []).append(file)
    lines = []
    for row, files in kinds.items():
        name = f"{row.example} … ({len(files)} files)" if row.is_many else row.example
        lines.append(f"  {name:<26} {sum(file.bytes for file in files) / 1e6:6.2f} MB  {row.title}")
    return lines


def quiet(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """The settings with a log of errors alone, unless the environment has `LOG_LEVEL`: a summary follows."""
    return settings if environ.get("LOG_LEVEL") else settings.model_copy(update={"log_level": "ERROR"})
