"""The whole engine on upstream's real classes, on a simulated GPU: what a first run would stumble over.

Widths, tokens, frames and grids are the real ones everywhere. Peaks are of the real number of layers, too;
other jobs have a few of each kind, as one is like the next. Memory is of tensors alone: not CUDA's own, not
what its allocator cannot use, not the scratch memory of kernels. Left out are compiling, as PyTorch compiles
no fakes, and FlashAttention-3, which is not installed.
"""

import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from actionmesh_wrapper.contract.acceleration import CLOSE, EXACT, LOSSY, choose
from actionmesh_wrapper.contract.engines import MODES
from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Listener
from actionmesh_wrapper.engines import Task
from tests.upstream.scenes import swing
from tests.upstream.test_own_mesh import a_ball

if TYPE_CHECKING:
    from tests.upstream.sizes import Sizes

pytest.importorskip("torch", reason="torch is not installed here; `make test-upstream` runs these")

import torch

from tests.rehearsal.device_guard import why_not
from tests.rehearsal.peaks import Peaks, beyond

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

LEFT_OUT = {"compile"}
CHANGES = [name for name in (*EXACT, *CLOSE, *LOSSY) if name not in LEFT_OUT]
STEPS = {"stage_0_steps": 2, "stage_1_steps": 2}  # memory does not depend on how many
NEAR_SURFACE = 0.002  # a tenth of a real grid's share: fewer batches of points, where memory is not looked at
LEFT_GB = 0.05  # by a job, such as the last latent that `decode_once` keeps

PEAKS: Mapping[tuple[str, str, str], Mapping[str, float]] = {
    ("resident", "default", "all"): {
        "stage_0": 8.95,
        "extraction": 10.96,
        "context": 8.78,
        "stage_1": 15.70,
        "stage_2": 9.86,
    },
    ("resident", "default", "none"): {
        "stage_0": 12.23,
        "extraction": 14.24,
        "context": 12.05,
        "stage_1": 20.04,
        "stage_2": 13.20,
    },
    ("lent", "default", "all"): {
        "stage_0": 4.40,
        "extraction": 6.41,
        "context": 1.47,
        "stage_1": 10.05,
        "stage_2": 1.79,
    },
    ("lent", "low_ram", "all"): {
        "stage_0": 4.40,
        "extraction": 6.41,
        "context": 1.47,
        "stage_1": 6.53,
        "stage_2": 1.79,
    },
}
"""In 10⁹ bytes, by where models stay, the mode and the changes. ``fast`` takes what ``default`` takes."""


class Job:
    """An engine on the simulated GPU, and its jobs."""

    def __init__(self, engine: Any, watch: Any) -> None:
        self.engine, self.watch = engine, watch
        self.peaks = Peaks(watch)

    def __call__(
        self,
        count: int = 16,
        *,
        step: Callable[[str, int], None] = lambda *_: None,
        mesh: Animation | None = None,
        **options: object,
    ) -> Animation:
        self.peaks = Peaks(self.watch)

        def note(stage: str, index: int, of: int) -> None:
            self.peaks(stage, index, of)
            step(stage, index)

        task = Task(swing(count), Options.model_validate(STEPS | options), mesh)
        animation: Animation = self.engine.animate(task, Listener(note))
        gc.collect()
        return animation


@contextmanager
def on_gpu(sizes: "Sizes", *changes: str, resident: bool, share: float = NEAR_SURFACE) -> Iterator[Job]:
    from tests.rehearsal.host import rehearsal
    from tests.upstream import real_size

    with rehearsal(share=share) as watch, real_size.without_files(sizes):
        yield Job(real_size.load(frozenset(changes), resident=resident), watch)


@pytest.fixture
def few(sources: Path) -> "Sizes":
    from tests.upstream.real_size import FEW_LAYERS

    return FEW_LAYERS


@pytest.mark.timeout(1200)  # half a minute a job on a machine that does nothing else
@pytest.mark.parametrize(
    ("where", "modes", "changes"),
    [
        ("resident", ["default"], "all"),
        ("lent", ["default", "low_ram"], "all"),
        ("resident", ["default"], "none"),
    ],
)
def test_no_stage_takes_more_memory_than_it_did(
    sources: Path, where: str, modes: list[str], changes: str
) -> None:
    from tests.rehearsal.fake_gpu import SHARE
    from tests.upstream.sizes import REAL

    with on_gpu(REAL, *choose(changes), resident=where == "resident", share=SHARE) as job:
        for mode in modes:
            assert job(mode=mode).vertices.shape == (16, 20_002, 3)
            peaks = job.peaks.gb()
            sys.stdout.write(f"\n{where}, {mode}, changes: {changes}: {peaks}\n")  # `pytest -s` shows it
            assert beyond(peaks, PEAKS[where, mode, changes]) == []


FLAT = 0.01  # a share by which peaks may be larger: what waits for its window is in the host's memory


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("windows", "counts"), [("keys", (121, 226)), ("chain", (121,))])
def test_no_stage_takes_more_memory_for_more_frames(
    few: "Sizes", windows: str, counts: tuple[int, ...]
) -> None:
    with on_gpu(few, *choose("all"), resident=False) as job:
        job()  # as `decode_once` keeps its last latent
        peaks: dict[int, dict[str, int]] = {}
        for count in (31, *counts):
            assert job(count, windows=windows, stage_1_steps=1).num_frames == count
            peaks[count] = {stage: peak for stage, peak in job.peaks.stages.items() if stage != "masks"}
        for count in counts:
            more = {
                stage: peak for stage, peak in peaks[count].items() if peak > peaks[31][stage] * (1 + FLAT)
            }
            assert more == {}, f"{count} frames, not {peaks[31]}"
        assert job.watch.now < LEFT_GB * 1e9


def test_a_tensor_too_many_is_noticed(few: "Sizes") -> None:
    kept: list[Any] = []

    def keep(stage: str, index: int) -> None:
        if stage == "stage_1" and index == 1:
            kept.append(torch.empty(300_000_000, dtype=torch.uint8, device="cuda:0"))

    with on_gpu(few, *choose("all"), resident=False) as job:
        job()
        bounds = {stage: peak for stage, peak in job.peaks.gb().items() if stage != "masks"}
        assert bounds["stage_1"] > 3
        job(step=keep)
        assert [words.partition(":")[0] for words in beyond(job.peaks.gb(), bounds)] == ["stage_1", "stage_2"]


@pytest.mark.parametrize("resident", [True, False])
def test_every_mode_runs_and_leaves_nothing(few: "Sizes", resident: bool) -> None:
    with on_gpu(few, *choose("all"), resident=resident) as job:
        before, stage_1 = job.watch.now, {}
        for mode in MODES:
            job(mode=mode)
            stage_1[mode] = job.peaks.gb()["stage_1"]
            assert job.watch.now - before < LEFT_GB * 1e9
        assert stage_1["fast"] == stage_1["default"]
        assert stage_1["fast_low_ram"] == stage_1["low_ram"] < stage_1["default"]
        for stage, most in job.peaks.between.items():
            assert most <= max(job.peaks.stages.values()), f"before {stage}"


@pytest.mark.parametrize("changes", [*([name] for name in CHANGES), CHANGES], ids="-".join)
def test_every_change_runs(few: "Sizes", changes: list[str]) -> None:
    with on_gpu(few, *changes, resident=True) as job:
        assert job.engine.accelerated == tuple(sorted(changes))
        for mode in ("default", "low_ram") if len(changes) > 1 else ("default",):
            assert job(20, mode=mode).num_frames == 20


@pytest.mark.parametrize(
    ("count", "anchor", "level"), [(16, 5, 1), (16, 0, 3), (20, 18, 2), (31, 0, 1), (31, 20, 1)]
)
def test_frames_anchors_and_subsampling(few: "Sizes", count: int, anchor: int, level: int) -> None:
    with on_gpu(few, *choose("all"), resident=False) as job:
        animation = job(count, anchor_idx=anchor, subsampling=level)
        assert animation.num_frames == (count - 1) * 2 ** (level - 1) + 1


def test_a_callers_mesh(few: "Sizes") -> None:
    own = a_ball()
    with on_gpu(few, *choose("all"), resident=False) as job:
        animation = job(mesh=own, mode="low_ram", anchor_idx=3)
        assert animation.vertices.shape == (16, *own.vertices.shape[1:])
        assert "extraction" not in job.peaks.stages
        job()  # one without a mesh, afterwards
        assert job.watch.now < LEFT_GB * 1e9


def on_host(engine: Any) -> None:
    weight = engine._pipe.temporal_3D_denoiser.blocks[1].ff.net[2].weight
    weight.data = weight.data.to("cpu")


def in_other_dtype(engine: Any) -> None:
    engine._pipe.image_to_3d_pipe.transformer.blocks[1].float()


def in_sixteen_bits(engine: Any) -> None:
    engine._pipe.temporal_3D_vae.blocks[-1].bfloat16()


@pytest.mark.parametrize(
    ("stage", "spoil", "words"),
    [
        ("stage_1", on_host, "device"),
        ("stage_0", in_other_dtype, "torch.float16 and torch.float32"),
        ("stage_2", in_sixteen_bits, "torch.bfloat16 and torch.float32"),
    ],
)
def test_a_weight_in_the_wrong_place_or_dtype_fails(
    few: "Sizes", stage: str, spoil: Callable[[Any], None], words: str
) -> None:
    with on_gpu(few, *choose("all"), resident=True) as job:

        def step(now: str, index: int) -> None:
            if (now, index) == (stage, 0):
                spoil(job.engine)

        with pytest.raises(RuntimeError, match=words):
            job(step=step)
