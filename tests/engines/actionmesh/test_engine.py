"""The engine on the fake of upstream: what it calls, in which order, and what becomes of what goes wrong.

`tests/upstream/test_engine.py` holds it against the real code.
"""

import threading
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from actionmesh_wrapper.contract.acceleration import choose
from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.engines import Engine, Task
from actionmesh_wrapper.errors import (
    Cancelled,
    ExportFailed,
    GpuFailed,
    GpuTooSmall,
    JobError,
    NoSurface,
    OutOfMemory,
    StartError,
    SubjectNotFound,
)
from actionmesh_wrapper.masking import NO_MODELS
from actionmesh_wrapper.weights import Weights
from tests.engines.actionmesh.conftest import A_LEVEL, NO_TORCH, Rig, clip_of, stumble
from tests.fakes import Seen

torch = pytest.importorskip("torch", reason=NO_TORCH)

ODD: dict[str, Any] = {
    "mode": "fast_low_ram",
    "seed": 9,
    "stage_0_steps": 5,
    "stage_1_steps": 7,
    "guidance_scale": 1.5,
    "face_decimation": 2000,
    "floaters_threshold": 0.5,
    "anchor_idx": 3,
    "subsampling": 3,
}
PLAIN_CALLS = [
    ("image_process", (34, 24), (2, 2, 32, 22)),
    ("stage_0", 0, 44, 4),
    ("context", 16),
    ("stage_1", [float(index) for index in range(16)], 44, 3, 7.5, False, False),
    ("stage_2", [float(index) for index in range(16)]),
]


def in_order(calls: list[Any]) -> list[Any]:
    """All but the anchor's cleaning, which goes on beside."""
    return [call for call in calls if call[0] != "clean"]


def test_follows_the_protocol(rig: Rig) -> None:
    engine: Engine = rig.engine
    assert engine.facts.name == "actionmesh"
    assert engine.facts.heeded == set(Options.model_fields)
    assert engine.revision.startswith("66db12ea7c4a ")


def test_loads_each_model_once_and_serves_every_mode_with_them(rig: Rig) -> None:
    assert rig.loads == [
        ("load", "image_to_3d_pipe"),
        ("load", "image_encoder"),
        ("load", "temporal_3D_denoiser"),
        ("load", "temporal_3D_vae"),
    ]
    for mode in ("default", "fast", "low_ram", "fast_low_ram"):
        rig.run(clip_of(16), mode=mode)
    assert "load" not in {call[0] for call in rig.taken()}


def test_drives_the_stages_in_order_with_upstreams_own_knobs(rig: Rig) -> None:
    animation = rig.run(clip_of(16))
    calls = rig.taken()
    assert in_order(calls) == PLAIN_CALLS
    assert ("clean", 44, 40_000, 0.02) in calls
    assert (animation.num_frames, animation.fps, animation.vertices.shape[1]) == (16, 8.0, 12)


def test_two_windows_have_two_seeds(rig: Rig) -> None:
    rig.run(clip_of(20), seed=5)
    calls = rig.taken()
    assert [call[1:3] for call in calls if call[0] == "stage_1"] == [
        ([float(index) for index in range(16)], 5),
        ([float(index) for index in range(4, 20)], 6),
    ]


@pytest.mark.parametrize(
    ("count", "how", "told"),
    [
        (16, {}, None),
        (17, {}, "31, twice"),
        (30, {}, "31, twice"),
        (31, {}, None),
        (32, {}, "44, 3 times"),
        (44, {}, None),
        (121, {}, "128, 9 times"),
        (121, {"windows": "chain"}, None),
        (121, {"windows": "chain", "overlap": 4}, "124, 10 times"),
    ],
)
def test_frames_that_cost_as_much_as_more_are_warned_of(
    rig: Rig, count: int, how: dict[str, Any], told: str | None
) -> None:
    rig.run(clip_of(count), mode="fast", **how)
    assert rig.notices == [
        Notice(
            "FRAMES_COST_MORE",
            f"{count} frames take as long as {told} as long as 16: ActionMesh denoises 16 at a time.",
        )
        for told in [told]
        if told
    ]


def test_every_knob_is_turned(rig: Rig) -> None:
    assert rig.run(clip_of(16), **ODD).anchor == 12
    order = [3.0, 0.0, 1.0, 2.0, *(float(index) for index in range(4, 16))]
    calls = rig.taken()
    assert ("clean", 9, 2000, 0.5) in calls
    assert in_order(calls)[1:] == [
        ("stage_0", 3, 9, 5),
        ("context", 16),
        ("stage_1", order, 9, 7, 1.5, True, True),
        ("stage_2", order),
    ]


def test_no_knob_stays_turned(rig: Rig, fake: Any, weights: Weights) -> None:
    rig.run(clip_of(16), **ODD)
    rig.taken()
    after = rig.run(clip_of(16))
    assert in_order(rig.taken()) == PLAIN_CALLS
    fresh = Rig(fake, weights).run(clip_of(16))
    assert after.vertices.tobytes() == fresh.vertices.tobytes()


LONG: list[tuple[int, int]] = [
    *((count, anchor) for count in (46, 76, 121) for anchor in (0, count // 2, count - 1)),
    (226, 7),
]


def turns_of(rig: Rig) -> list[str]:
    """The stages of the last job, Stage I and II, as they followed each other."""
    stages = [stage for stage, _, _ in rig.steps if stage in ("stage_1", "stage_2")]
    return [stage for before, stage in pairwise(["", *stages]) if stage != before]


@pytest.mark.parametrize(
    "how", [{}, {"subsampling": 2}, {"windows": "chain"}, {"windows": "chain", "anchor_idx": 15}]
)
def test_a_long_clips_animation_grows_while_stage_1_goes_on(rig: Rig, lent: Rig, how: dict[str, Any]) -> None:
    seen = Seen()
    animation = rig.run(clip_of(76), seen=seen, **how)
    assert turns_of(rig)[:4] == ["stage_1", "stage_2", "stage_1", "stage_2"]
    assert len(seen.grown) >= 4
    for part, keys in seen.grown:
        assert keys == sorted(set(keys))
        np.testing.assert_array_equal(part.vertices, animation.vertices[keys])
    counts = [len(keys) for _, keys in seen.grown]
    assert counts == sorted(set(counts))
    assert counts[-1] < animation.num_frames
    at_once = lent.run(clip_of(76), **how)
    assert turns_of(lent) == ["stage_1", "stage_2"]
    assert animation.vertices.tobytes() == at_once.vertices.tobytes()


def test_a_short_clip_is_denoised_first(rig: Rig) -> None:
    seen = Seen()
    rig.run(clip_of(31), seen=seen)
    assert turns_of(rig) == ["stage_1", "stage_2"]
    assert [len(keys) for _, keys in seen.grown] == [16]


@pytest.mark.parametrize("windows", ["keys", "chain"])
@pytest.mark.parametrize(
    ("count", "anchor"), [(16, 0), (16, 7), (17, 16), (24, 3), (31, 20), (31, 30), *LONG]
)
def test_every_frame_gets_its_own_mesh_in_order(rig: Rig, count: int, anchor: int, windows: str) -> None:
    """The fake moves the mesh as far as the picture is bright; the anchor's stays in the middle."""
    animation = rig.run(clip_of(count), anchor_idx=anchor, windows=windows)
    assert animation.num_frames == count
    places = animation.vertices.mean(axis=(1, 2))
    assert places[anchor] == pytest.approx(0, abs=1e-6)
    expected = np.delete(np.arange(count), anchor) * A_LEVEL
    np.testing.assert_allclose(np.delete(places, anchor), expected, atol=A_LEVEL / 50)


def stage_1_calls(rig: Rig) -> list[tuple[list[float], int]]:
    """The times and the seed of each window."""
    return [call[1:3] for call in rig.taken() if call[0] == "stage_1"]


def test_keys_come_first_as_a_clip_of_fewer_frames_per_second(rig: Rig) -> None:
    rig.run(clip_of(76), seed=5)
    first, *others = stage_1_calls(rig)
    assert first == ([float(time) for time in range(16)], 5)
    assert others == [
        ([float(time) for time in range(start, start + 16)], 6 + index)
        for index, start in enumerate(range(0, 61, 15))
    ]


def test_a_chain_starts_each_window_with_what_is_known(rig: Rig) -> None:
    rig.run(clip_of(46), windows="chain", overlap=4)
    assert [(times[0], times[-1]) for times, _ in stage_1_calls(rig)] == [
        (0, 15),
        (12, 27),
        (24, 39),
        (30, 45),
    ]


@pytest.mark.parametrize("windows", ["keys", "chain"])
def test_what_is_known_stays_as_it_was_made(rig: Rig, windows: str) -> None:
    """A window takes known latents in, and changes none of them."""
    made: dict[float, Any] = {}
    store = rig.engine._pipe._denoise_latents

    def denoise(**given: Any) -> Any:
        bank = given["latent_bank"]
        for time, item in zip(bank.timesteps, bank.items, strict=True):
            assert time in given["input"].timesteps.tolist()
            assert item.device.type == "cpu"
        made[len(made)] = len(bank.items)
        return store(**given)

    rig.engine._pipe._denoise_latents = denoise
    rig.run(clip_of(76), windows=windows)
    assert list(made.values()) == ([1, 6 - 2, 4, 4, 4, 4] if windows == "keys" else [1, 1, 1, 1, 1])


def test_what_the_encoder_sees_is_made_of_as_many_pictures_as_ever_at_a_time(rig: Rig) -> None:
    rig.run(clip_of(121))
    assert [call[1] for call in rig.taken() if call[0] == "context"] == [31, 30, 30, 30]


@pytest.mark.parametrize("windows", ["keys", "chain"])
def test_between_all_frames_of_a_long_clip_there_are_meshes_too(rig: Rig, windows: str) -> None:
    fine = rig.run(clip_of(47), subsampling=3, anchor_idx=5, windows=windows)
    assert (fine.num_frames, fine.fps) == (185, 32.0)
    places = np.delete(fine.vertices.mean(axis=(1, 2)), 20)
    np.testing.assert_allclose(places, np.delete(np.arange(185), 20) * A_LEVEL / 4, atol=A_LEVEL / 50)


def test_seams_and_drift_are_measured_on_the_frames_alone(rig: Rig) -> None:
    one, long = rig.run(clip_of(16)).quality, rig.run(clip_of(121), subsampling=2).quality
    assert one is not None
    assert long is not None
    assert one.seams is None
    assert long.seams == pytest.approx(1, abs=0.5)
    assert long.volume_drift == pytest.approx(0, abs=0.01)


def test_the_anchor_is_told_as_a_key_of_the_animation(rig: Rig) -> None:
    seen = Seen()
    fine = rig.run(clip_of(20), anchor_idx=3, subsampling=3, seen=seen)
    assert fine.anchor == 12
    np.testing.assert_array_equal(fine.vertices[12], seen.anchors[0].vertices[0])


def test_a_job_after_a_long_one_is_as_ever(rig: Rig, fake: Any, weights: Weights) -> None:
    rig.run(clip_of(121), windows="chain", overlap=8, subsampling=2)
    rig.taken()
    after = rig.run(clip_of(16))
    assert in_order(rig.taken()) == PLAIN_CALLS
    assert after.vertices.tobytes() == Rig(fake, weights).run(clip_of(16)).vertices.tobytes()


def test_subsampling_puts_meshes_between_and_raises_the_rate(rig: Rig) -> None:
    plain, fine = rig.run(clip_of(17)), rig.run(clip_of(17), subsampling=2)
    assert (fine.num_frames, fine.fps) == (33, 16.0)
    np.testing.assert_array_equal(fine.vertices[::2], plain.vertices)


def test_shows_masks_and_anchor(rig: Rig) -> None:
    clip, seen = clip_of(16), Seen()
    animation = rig.run(clip, seen=seen, anchor_idx=2)
    np.testing.assert_array_equal(seen.taken, [clip.images[..., 3]])
    [anchor] = seen.anchors
    np.testing.assert_array_equal(anchor.vertices, animation.vertices[2:3])


class Slow(Seen):
    """Is shown the anchor's mesh slowly: until Stage I is told of, if that comes, for a second at most."""

    def __init__(self) -> None:
        super().__init__()
        self.began = threading.Event()
        self.in_time: bool | None = None
        self.thread = ""

    def anchor(self, mesh: Animation) -> None:
        self.in_time = self.began.wait(1)
        self.thread = threading.current_thread().name
        super().anchor(mesh)

    def step(self, stage: str, _index: int, _of: int) -> None:
        if stage == "stage_1":
            self.began.set()


def test_the_anchors_mesh_is_cleaned_and_shown_while_stage_1_runs(rig: Rig) -> None:
    seen = Slow()
    animation = rig.run(clip_of(16), seen=seen, step=seen.step)
    assert (seen.in_time, seen.thread) == (True, "background_0")
    np.testing.assert_array_equal(seen.anchors[0].vertices, animation.vertices[:1])


def test_stage_2_waits_for_the_anchors_mesh(rig: Rig) -> None:
    stage_2 = threading.Event()

    class Late(Seen):
        came_first = False

        def anchor(self, mesh: Animation) -> None:
            self.came_first = not stage_2.wait(0.5)
            super().anchor(mesh)

    def step(stage: str, _index: int, _of: int) -> None:
        if stage == "stage_2":
            stage_2.set()

    seen = Late()
    rig.run(clip_of(16), seen=seen, step=step)
    assert seen.came_first


def test_or_before_it(fake: Any, weights: Weights) -> None:
    seen = Slow()
    rig = Rig(fake, weights, accelerate=())
    rig.run(clip_of(16), seen=seen, step=seen.step)
    assert (seen.in_time, seen.thread) == (False, threading.current_thread().name)


def test_what_the_anchor_fails_with_ends_the_job_before_stage_2(rig: Rig) -> None:
    class Full(Seen):
        def anchor(self, mesh: Animation) -> None:
            raise ExportFailed("no room")

    with pytest.raises(ExportFailed, match="no room"):
        rig.run(clip_of(16), seen=Full())
    assert "stage_2" not in {call[0] for call in rig.taken()}


def test_the_changes_that_are_on_are_told(rig: Rig, fake: Any, weights: Weights) -> None:
    assert set(rig.engine.accelerated) == choose("all") - {"sixteen_bit_weights"}, (
        "a processor has no use for it"
    )
    assert Rig(fake, weights, accelerate=("mesh_beside",)).engine.accelerated == ("mesh_beside",)


def test_changes_that_are_not_exact_make_another_revision(
    fake: Any, weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actionmesh_wrapper.engines.actionmesh.engine.LOSSY", {"decode_once": "say"})
    exact = Rig(fake, weights, accelerate=("mesh_beside",)).engine.revision
    assert Rig(fake, weights).engine.revision == f"{exact} decode_once fused_attention"


def test_masks_alone_run_no_model_of_the_mesh(rig: Rig) -> None:
    seen = Seen()
    rig.taken()
    rig.engine.find_masks(Task(clip_of(16), Options()), seen.listener(lambda *_: None, lambda _: None))
    assert [masks.shape[0] for masks in seen.taken] == [16]
    assert seen.anchors == []
    assert rig.taken() == []


def test_stages_are_those_that_are_told_of(rig: Rig) -> None:
    rig.run(clip_of(20), mode="fast", subsampling=2)
    told = list(dict.fromkeys(stage for stage, _, _ in rig.steps))
    assert told == list(rig.engine.stages(Options(), 20)) == list(rig.engine.facts.stages)
    last = {stage: (index, of) for stage, index, of in rig.steps}
    assert last == {
        "masks": (20, 20),
        "stage_0": (2, 2),
        "extraction": (1, 1),
        "context": (1, 1),
        "stage_1": (4, 4),
        "stage_2": (38, 38),
    }


def test_shares_of_the_time_follow_the_work(rig: Rig) -> None:
    plain = rig.engine.stages(Options(), 16)
    fast = rig.engine.stages(Options(mode="fast"), 16)
    long = rig.engine.stages(Options(), 31)
    assert fast["stage_1"] == pytest.approx(plain["stage_1"] * 2 / 3)
    assert long["stage_1"] == pytest.approx(plain["stage_1"] * 2)
    assert rig.engine.stages(Options(), 121)["stage_1"] == pytest.approx(plain["stage_1"] * 9)
    assert rig.engine.stages(Options(windows="chain"), 121)["stage_1"] == pytest.approx(plain["stage_1"] * 8)
    assert rig.engine.stages(Options(stage_0_steps=8), 16)["stage_0"] == pytest.approx(plain["stage_0"] * 2)


@pytest.mark.parametrize(
    ("where", "fault", "error"),
    [
        ("stage_1", torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), OutOfMemory),
        ("extract", torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), OutOfMemory),
        ("stage_1", RuntimeError("DefaultCPUAllocator: can't allocate memory: 8 bytes"), OutOfMemory),
        ("denoise", torch.AcceleratorError("CUDA error: an illegal memory access"), GpuFailed),
        ("extract", RuntimeError("CUDA error: device-side assert triggered"), GpuFailed),
        ("extract", stumble(), NoSurface),
        ("clean", torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), OutOfMemory),
    ],
)
def test_what_goes_wrong_has_a_name_and_the_next_job_works(
    rig: Rig, where: str, fault: Exception, error: type[JobError]
) -> None:
    rig.fake.FAULTS[where] = fault
    with pytest.raises(error) as caught:
        rig.run(clip_of(16))
    assert type(caught.value) is error
    assert error.poisons is (error is not NoSurface)
    assert "allocate" not in str(caught.value)
    rig.fake.FAULTS.clear()
    rig.taken()
    assert rig.run(clip_of(16)).num_frames == 16
    assert in_order(rig.taken()) == PLAIN_CALLS


def cancel_at(moment: tuple[str, int, int]) -> Callable[[str, int, int], None]:
    def step(*told: object) -> None:
        if told == moment:
            raise Cancelled

    return step


@pytest.mark.parametrize(
    "moment",
    [
        ("masks", 16, 16),
        ("stage_0", 1, 4),
        ("extraction", 0, 1),
        ("context", 0, 1),
        ("stage_1", 2, 3),
        ("stage_2", 9, 15),
    ],
)
def test_a_cancel_ends_the_job_at_that_step(rig: Rig, moment: tuple[str, int, int]) -> None:
    with pytest.raises(Cancelled):
        rig.run(clip_of(16), step=cancel_at(moment))
    assert rig.steps[-1] == moment
    rig.taken()
    rig.run(clip_of(16))
    assert in_order(rig.taken()) == PLAIN_CALLS


@pytest.mark.parametrize("moment", [("stage_1", 14, 27), ("stage_2", 60, 120), ("context", 2, 4)])
def test_a_cancel_ends_a_long_job_at_that_step(rig: Rig, moment: tuple[str, int, int]) -> None:
    """Of three steps a window, the fourteenth is the fifth window's second."""
    with pytest.raises(Cancelled):
        rig.run(clip_of(121), step=cancel_at(moment))
    assert rig.steps[-1] == moment
    rig.taken()
    rig.run(clip_of(16))
    assert in_order(rig.taken()) == PLAIN_CALLS


def test_a_mode_that_the_gpu_is_too_small_for_is_refused(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.engine.accept(Options(), mesh=False)
    monkeypatch.setattr(rig.engine, "_gpu_gb", 12.6)
    rig.engine.accept(Options(mode="low_ram"), mesh=False)
    with pytest.raises(
        GpuTooSmall, match=r"mode default needs a GPU with 16 GB; this worker's has 13 GB: low_ram"
    ):
        rig.engine.accept(Options(), mesh=False)


def test_a_clip_without_a_subject_is_an_error(rig: Rig) -> None:
    clip = clip_of(16)
    clip.images[..., 3] = 0
    with pytest.raises(SubjectNotFound):
        rig.run(clip, masks="alpha")


def test_models_that_do_not_fit_beside_each_other_are_lent_one_by_one(
    lent: Rig, fake: Any, weights: Weights
) -> None:
    resident = Rig(fake, weights)
    assert lent.run(clip_of(16)).vertices.tobytes() == resident.run(clip_of(16)).vertices.tobytes()


SIXTEEN_BITS = ("sixteen_bit_weights",)


@pytest.mark.parametrize(
    ("free_gb", "on", "hosted"),
    [(10.9, SIXTEEN_BITS, False), (11.0, SIXTEEN_BITS, True), (14.9, (), False), (15.0, (), True)],
)
def test_models_wait_in_host_memory_where_all_of_them_fit(
    monkeypatch: pytest.MonkeyPatch, free_gb: float, on: tuple[str, ...], hosted: bool
) -> None:
    """They take a quarter less where most of their weights are kept in 16 bits."""
    from actionmesh_wrapper.engines.actionmesh import engine

    monkeypatch.setattr(engine, "available_gb", lambda: free_gb)
    assert engine.fit_in_host(on) is hosted


def test_a_file_that_lacks_tensors_stops_the_start(fake: Any, weights: Weights) -> None:
    from safetensors.torch import save_file

    file = weights.paths["ActionMesh"] / "denoiser/model.safetensors"
    save_file({"proj_out.weight": torch.zeros(1, 1)}, file)
    with pytest.raises(StartError, match=r"denoiser/model\.safetensors lacks 9 tensors, such as blocks\.0\."):
        Rig(fake, weights)


def test_without_upstreams_code_the_start_says_so(
    fake: Any, weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    from actionmesh_wrapper.engines.actionmesh.engine import ActionMesh

    monkeypatch.setitem(__import__("sys").modules, "actionmesh.pipeline", None)
    with pytest.raises(StartError, match="ENGINE='actionmesh': ActionMesh's code cannot be imported"):
        ActionMesh.load(weights, NO_MODELS, torch.device("cpu"))


def test_nothing_is_printed(rig: Rig, capfd: pytest.CaptureFixture[str]) -> None:
    rig.run(clip_of(16))
    assert capfd.readouterr().out == ""
