"""The facts of each engine: one row an engine.

Derived from the rows are the bounds and descriptions of a request's options, what a job warns of, the licence
note in its files, the docs' table of modes and what the page offers. A new engine is a row here, a line in
`engines.registry` and its folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, get_args

Mode = Literal["default", "fast", "low_ram", "fast_low_ram"]
MODES: tuple[Mode, ...] = get_args(Mode)
WindowPlan = Literal["keys", "chain"]
"""How ActionMesh works on a clip that two of its windows do not hold."""


@dataclass(frozen=True)
class Knob:
    """A number that a caller may set for an engine.

    Attributes:
        least: its lower bound.
        most: its upper bound.
        default: what it is where the caller sets nothing.
        in_modes: what it is instead in some modes.
    """

    least: float
    most: float
    default: float
    in_modes: Mapping[Mode, float] = field(default_factory=dict)

    def value(self, mode: Mode) -> float:
        """What it is in a mode where the caller sets nothing."""
        return self.in_modes.get(mode, self.default)

    def __str__(self) -> str:
        """Its defaults in words."""
        others: dict[float, list[str]] = {}
        for mode, value in self.in_modes.items():
            others.setdefault(value, []).append(mode)
        words = [f"in {' and '.join(modes)} {value:,}" for value, modes in others.items()]
        return ", ".join([f"{self.default:,}", *words])


@dataclass(frozen=True)
class FrameLimits:
    """How many frames an engine takes.

    Attributes:
        least: the fewest.
        most: the most.
        window: how many it works on at a time; more than these cost another window. None: all at once.
    """

    least: int
    most: int
    window: int | None = None


@dataclass(frozen=True)
class ModeFacts:
    """What a mode costs.

    Attributes:
        gpu_gb: memory that a GPU must be sold with. Cards of "16 GB" report 16.8 to 17.2 × 10⁹ bytes, and
            15.6 where error correction takes its part. None: no GPU is needed.
        seconds: how long a job of 16 frames takes, least and most, as the engine's authors state it. None:
            they state nothing.
    """

    gpu_gb: int | None = None
    seconds: tuple[int, int] | None = None


@dataclass(frozen=True)
class EngineFacts:
    """What is known of an engine without loading it.

    Attributes:
        name: what requests, results and settings call it.
        title: what people call it.
        frames: how many it takes.
        modes: what each costs.
        stages: what it does in a job, in order.
        knobs: the numbers that a caller may set.
        options: the other fields of a request that it heeds; a job warns of the rest.
        turns: stages that it may work on in turns, a part of each at a time.
        not_with_mesh: those of both that mean nothing where the caller brings a mesh.
        licence: what binds whoever gets its files; None: nothing.
        needs: what a worker must have, in words.
    """

    name: str
    title: str
    frames: FrameLimits
    modes: Mapping[Mode, ModeFacts]
    stages: tuple[str, ...]
    knobs: Mapping[str, Knob]
    options: frozenset[str]
    turns: frozenset[str] = frozenset()
    not_with_mesh: frozenset[str] = frozenset()
    licence: str | None = None
    needs: tuple[str, ...] = ()

    @property
    def heeded(self) -> frozenset[str]:
        """All fields of a request's options that it heeds."""
        return self.options | self.knobs.keys()

    def modes_within(self, gpu_gb: float) -> list[Mode]:
        """The modes that fit on a GPU that reports so much memory, in 10⁹ bytes; whole GB are compared."""
        return [mode for mode, facts in self.modes.items() if (facts.gpu_gb or 0) <= gpu_gb + 0.5]


ACTIONMESH = EngineFacts(
    name="actionmesh",
    title="ActionMesh",
    # 16 is the temporal context. 226 is what 16 keys spread over a clip can hold together: 15 gaps of 14.
    frames=FrameLimits(least=16, most=226, window=16),
    # Memory is upstream's own figure, but for ``default``: it asks for 32 with all models on the GPU. Here
    # they take turns on one that cannot hold them, and tensors then take 10.1 at most, in Stage I, in
    # ``fast`` as well: the two differ in their number of steps alone. Mask models (0.4) and CUDA itself
    # (about 0.5) come on top. All of it is computed (docs/engines.md, `bench/step.py`), not measured on a
    # GPU. Seconds are upstream's, on an H100.
    modes=MappingProxyType(
        {
            "default": ModeFacts(16, (75, 115)),
            "fast": ModeFacts(16, (45, 45)),
            "low_ram": ModeFacts(12),
            "fast_low_ram": ModeFacts(12, (60, 60)),
        }
    ),
    stages=("masks", "stage_0", "extraction", "context", "stage_1", "stage_2"),
    knobs=MappingProxyType(  # defaults are upstream's presets, which `make test-upstream` compares
        {
            "stage_0_steps": Knob(1, 200, 100, {"fast": 50, "fast_low_ram": 50}),
            "stage_1_steps": Knob(1, 100, 30, {"fast": 15, "fast_low_ram": 15}),
            "guidance_scale": Knob(0, 30, 7.5),
            "face_decimation": Knob(1000, 200_000, 40_000),
            "floaters_threshold": Knob(0, 1, 0.02),
            "anchor_idx": Knob(0, 225, 0),
            "subsampling": Knob(1, 3, 1),
            "overlap": Knob(1, 8, 1),
        }
    ),
    options=frozenset({"mode", "seed", "masks", "subject_box", "subject_points", "windows"}),
    turns=frozenset({"stage_1", "stage_2"}),
    not_with_mesh=frozenset({"stage_0_steps", "face_decimation", "floaters_threshold"}),
    licence="Made with ActionMesh's weights (Meta, FAIR Noncommercial Research License) and, for masks, "
    "BRIA's RMBG-1.4 (non-commercial): not for commercial use.",
    needs=("an NVIDIA GPU with 12 GB or more", "16 GB of weights"),
)

SILHOUETTE = EngineFacts(
    name="silhouette",
    title="Silhouette (2.5D)",
    frames=FrameLimits(least=16, most=226),
    modes=MappingProxyType(dict.fromkeys(MODES, ModeFacts())),
    stages=("masks", "mesh", "track", "surface"),
    knobs=MappingProxyType({"face_decimation": Knob(1000, 200_000, 16_000)}),
    options=frozenset({"masks", "subject_box", "subject_points"}),
    needs=("a processor",),
)

ENGINES: Mapping[str, EngineFacts] = MappingProxyType(
    {facts.name: facts for facts in (ACTIONMESH, SILHOUETTE)}
)

MIN_FRAMES = min(facts.frames.least for facts in ENGINES.values())
MAX_FRAMES = max(facts.frames.most for facts in ENGINES.values())


def knobs_called(name: str) -> dict[str, Knob]:
    """Each engine's knob of a name, by the engine."""
    return {engine: facts.knobs[name] for engine, facts in ENGINES.items() if name in facts.knobs}


def defaults_in_words(name: str) -> str:
    """The defaults of a knob, with the engine where engines differ."""
    words = {engine: str(knob) for engine, knob in knobs_called(name).items()}
    if len(set(words.values())) == 1:
        return next(iter(words.values()))
    return ", ".join(f"{default} with {engine}" for engine, default in words.items())
