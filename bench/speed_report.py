"""What bench.speed tells: a row for each set of changes, as Markdown and as JSON."""

import json
import re
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from actionmesh_wrapper.contract.acceleration import choose
from bench.by_stage import STAGES
from bench.difference import Difference
from bench.flops import bound_s

UPSTREAM = "upstream"
NAMES = ("masks, cut", "Stage 0", "extraction", "context", "Stage I", "Stage II")  # of `STAGES`
NOTES = (
    "Seconds are medians over the rounds. A ratio is that of a round, to upstream's job beside it: median, "
    "least and most. The first job and the load are left out of both, and told by the clock. Output: against "
    "upstream's first job; distances as shares of the box's diagonal."
)

Seconds = Mapping[str, float]  # by stage


@dataclass(frozen=True)
class Settings:
    """What figures depend on.

    Attributes:
        machine: system, processors, Python.
        torch: PyTorch's version, and what seconds are.
        device: the GPU's name, or ``cpu``.
        sizes: ``real``, ``quarter`` or ``tiny``.
        mode, frames: of the job.
        steps: by name, where they are not the preset's.
        rounds: of each row.
    """

    machine: str
    torch: str
    device: str
    sizes: str
    mode: str
    frames: int
    steps: Mapping[str, int]
    rounds: int

    @property
    def slug(self) -> str:
        """For a file's name: the device, and what is not as usual."""
        unusual = [
            self.sizes if self.sizes != "real" else "",
            self.mode if self.mode != "default" else "",
            f"{self.frames} frames" if self.frames != 16 else "",
            "full" if self.sizes == "real" and not self.steps else "",
        ]
        words = " ".join([self.device, *unusual]).lower()
        return "speed-" + "-".join(re.findall(r"[a-z0-9]+", words))

    def __str__(self) -> str:
        told = {"stage_0_steps": "of Stage 0", "stage_1_steps": "of Stage I"}
        steps = " and ".join(f"{count} {told[name]}" for name, count in self.steps.items())
        size = f"{self.sizes.capitalize()} size, random weights"
        return (
            f"{self.machine}. {self.torch}. {size}; mode {self.mode}, {self.frames} frames with alpha, "
            f"steps: {steps or 'the preset’s'}; rounds: {self.rounds}."
        )


@dataclass(frozen=True)
class Row:
    """One set of changes.

    Attributes:
        name: as `acceleration.choose` reads it, or `UPSTREAM`.
        date: of the run.
        load_s, first_job_s: by the clock; the latter includes compiling.
        rounds: the seconds of each job.
        upstream: those of upstream's job beside it.
        output: the job that was farthest from upstream's.
        peak_gb: most memory that its tensors held, models included, in 10⁹ bytes; None for a processor.
    """

    name: str
    date: str
    load_s: float
    first_job_s: float
    rounds: Sequence[Seconds]
    upstream: Sequence[Seconds]
    output: Difference
    peak_gb: float | None

    @property
    def whole_s(self) -> float:
        """Of a job."""
        return statistics.median(sum(job.values()) for job in self.rounds)

    @property
    def stages_s(self) -> dict[str, float]:
        """By stage."""
        return {stage: statistics.median(job.get(stage, 0.0) for job in self.rounds) for stage in STAGES}

    @property
    def ratios(self) -> list[float]:
        """Of each round."""
        pairs = zip(self.rounds, self.upstream, strict=True)
        return [sum(mine.values()) / sum(theirs.values()) for mine, theirs in pairs]

    def to_json(self) -> dict[str, Any]:
        """Its raw figures, and what is told of them."""
        told = {"whole_s": self.whole_s, "stages_s": self.stages_s, "ratio": statistics.median(self.ratios)}
        return asdict(self) | {"told": told}

    @classmethod
    def of_json(cls, row: Mapping[str, Any]) -> Self:
        """As `to_json` wrote it."""
        output = Difference(**row["output"] | {"vertices": tuple(row["output"]["vertices"])})
        return cls(**{name: value for name, value in row.items() if name != "told"} | {"output": output})

    def __str__(self) -> str:
        ratios = self.ratios
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
        peak = "–" if self.peak_gb is None else f"{self.peak_gb:.2f}"
        stages = [f"{seconds:.2f}" for seconds in self.stages_s.values()]
        others = [f"{self.first_job_s:.1f}", f"{self.load_s:.1f}", peak, str(self.output)]
        return _line(self.name, *stages, f"{self.whole_s:.2f}", spread, *others)


@dataclass
class Report:
    """All rows.

    Attributes:
        rows: by name.
        operations: floating-point operations of a job without changes, by stage; empty if not counted.
    """

    settings: Settings
    rows: dict[str, Row] = field(default_factory=dict)
    operations: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As it is saved."""
        rows = [row.to_json() for row in self.rows.values()]
        return {"settings": asdict(self.settings), "operations": self.operations, "rows": rows}

    @classmethod
    def of_json(cls, report: Mapping[str, Any]) -> Self:
        """As `to_json` wrote it."""
        rows = map(Row.of_json, report["rows"])
        return cls(Settings(**report["settings"]), {row.name: row for row in rows}, report["operations"])

    def save(self, folder: Path) -> Path:
        """Writes JSON and Markdown; returns the latter's path.

        Rows of the same settings that were saved before and not run anew stay.
        """
        file = folder / f"{self.settings.slug}.json"
        whole = self
        if file.is_file():
            saved = Report.of_json(json.loads(file.read_text()))
            if saved.settings == self.settings:
                whole = Report(self.settings, saved.rows | self.rows, self.operations or saved.operations)
        file.write_text(json.dumps(whole.to_json(), indent=2) + "\n")
        page = file.with_suffix(".md")
        page.write_text(whole.markdown() + "\n")
        return page

    def markdown(self) -> str:
        """The tables."""
        dates = ", ".join(sorted({row.date for row in self.rows.values()}))
        heads = ("Changes", *NAMES, "Job, s", "Ratio", "First job, s", "Load, s", "Peak GB", "Output")
        lines = [f"{self.settings} {dates}.", "", NOTES, "", *_table(heads), *map(str, self.rows.values())]
        return "\n".join([*lines, *self._bounds()])

    def _bounds(self) -> Iterator[str]:
        """Operations, and what they take at least, beside the seconds of a job without changes."""
        plain = [row for row in self.rows.values() if row.name != UPSTREAM and not choose(row.name)]
        if not self.operations or not plain:
            return
        what = "Matrix products, convolutions and attention of a job without changes"
        yield from ("", f"{what}; bound: their seconds at the device's dense peak in bfloat16.", "")
        yield from _table(("Stage", "TFLOP", "Bound, s", "It takes, s"))
        for stage, name in zip(STAGES, NAMES, strict=True):
            if operations := self.operations.get(stage, 0.0):
                bound = bound_s(operations, self.settings.device)
                least = "–" if bound is None else f"{bound:.3f}"
                yield _line(name, f"{operations / 1e12:.3g}", least, f"{plain[0].stages_s[stage]:.2f}")


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _table(heads: Sequence[str]) -> list[str]:
    """A table's first lines."""
    return [_line(*heads), f"|{'---|' * len(heads)}"]
