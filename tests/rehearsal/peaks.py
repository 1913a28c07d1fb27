"""The most memory that each stage of a job takes on a simulated GPU."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.rehearsal.fake_gpu import FakeGpu

GB = 1e9


@dataclass
class Peaks:
    """A `Step` that notes them.

    Attributes:
        watch: what counts.
        stages: bytes by stage, of tensors alone, from its first step to its last.
        between: bytes by the stage that follows, from the last step of the one before: models come and go.
    """

    watch: FakeGpu
    stages: dict[str, int] = field(default_factory=dict)
    between: dict[str, int] = field(default_factory=dict)

    def __call__(self, stage: str, _index: int, _of: int) -> None:
        """A step of the engine's."""
        if stage not in self.stages:
            self.between[stage] = self.watch.peak
            self.watch.peak = self.watch.now
        self.stages[stage] = max(self.stages.get(stage, 0), self.watch.peak)
        self.watch.peak = self.watch.now

    def gb(self) -> dict[str, float]:
        """In 10⁹ bytes, to two places."""
        return {stage: round(peak / GB, 2) for stage, peak in self.stages.items()}


MORE, LESS = 0.02, 0.1  # shares by which a peak may be over a bound, and under it


def beyond(found: Mapping[str, float], bounds: Mapping[str, float]) -> list[str]:
    """The peaks that are off their bounds, in words: a regression, or a bound that means nothing any more."""
    pairs = {stage: (found.get(stage, 0.0), bound) for stage, bound in bounds.items()}
    return [
        f"{stage}: {peak}, not {bound}"
        for stage, (peak, bound) in pairs.items()
        if not (1 - LESS) * bound <= peak <= (1 + MORE) * bound
    ]
