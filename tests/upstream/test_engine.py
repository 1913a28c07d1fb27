"""The engine against ActionMesh's own ``__call__``: the same meshes, bit for bit."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray

from actionmesh_wrapper.contract.engines import Mode
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.errors import Cancelled, InvalidInput, NoSurface, SubjectNotFound
from tests.upstream.likeness import motion, same
from tests.upstream.scenes import swing

if TYPE_CHECKING:
    from tests.upstream.pipelines import Ours, Theirs

ODD_KNOBS: dict[str, Any] = {
    "seed": 7,
    "stage_0_steps": 3,
    "stage_1_steps": 4,
    "guidance_scale": 2.5,
    "face_decimation": 1000,
    "floaters_threshold": 0.5,
}


class Seen:
    """Keeps what it is shown, with the stages told of before."""

    def __init__(self, ours: "Ours") -> None:
        self.ours = ours
        self.taken: list[NDArray[np.uint8]] = []
        self.anchors: list[tuple[Animation, set[str]]] = []
        self.grown: list[tuple[Animation, list[int]]] = []

    def masks(self, masks: NDArray[np.uint8]) -> None:
        self.taken.append(masks)

    def anchor(self, mesh: Animation) -> None:
        self.anchors.append((mesh, {stage for stage, _, _ in self.ours.steps}))

    def so_far(self, animation: Animation, keys: Sequence[int]) -> None:
        self.grown.append((animation, list(keys)))


@pytest.mark.parametrize("count", [16, 17, 31])
@pytest.mark.parametrize("mode", ["default", "fast", "low_ram", "fast_low_ram"])
def test_gives_what_upstream_gives(ours: "Ours", theirs: "Theirs", mode: Mode, count: int) -> None:
    clip = swing(count)
    mine = ours(clip, mode=mode)
    assert mine.num_frames == count
    assert motion(mine.vertices) > 0.01
    assert same(mine, theirs(clip, mode))


@pytest.mark.parametrize("count", [31, 32, 46, 76, 121])
def test_a_chain_gives_what_upstreams_own_windows_give(ours: "Ours", theirs: "Theirs", count: int) -> None:
    """Its pipeline takes any number of frames, though its script stops at 31."""
    clip = swing(count)
    mine = ours(clip, mode="fast", windows="chain")
    assert mine.num_frames == count
    assert motion(mine.vertices) > 0.01
    assert same(mine, theirs(clip, "fast"))


@pytest.mark.parametrize("level", [2, 3])
def test_with_meshes_between_frames_too(ours: "Ours", theirs: "Theirs", level: int) -> None:
    clip = swing(47)
    assert same(ours(clip, windows="chain", subsampling=level), theirs(clip, subsampling=level))


LONG = [(count, anchor) for count in (46, 76, 121) for anchor in (0, count // 2, count - 1)]


@pytest.mark.parametrize("how", [{}, {"windows": "chain", "overlap": 4}], ids=["keys", "chain"])
@pytest.mark.parametrize(("count", "anchor"), [*LONG, (226, 0)])
def test_a_long_clip_has_a_mesh_of_its_own_for_each_frame(
    ours: "Ours", count: int, anchor: int, how: dict[str, Any]
) -> None:
    seen = Seen(ours)
    animation = ours(swing(count), mode="fast", anchor_idx=anchor, seen=seen, **how)
    [(mesh, _)] = seen.anchors
    np.testing.assert_array_equal(animation.vertices[anchor], mesh.vertices[0])
    others = np.delete(animation.vertices, anchor, axis=0)
    assert len(np.unique(others.reshape(count - 1, -1), axis=0)) == count - 1


@pytest.mark.parametrize("windows", ["keys", "chain"])
def test_what_is_there_of_a_long_clip_stays_as_it_is(ours: "Ours", windows: str) -> None:
    seen = Seen(ours)
    animation = ours(swing(46), mode="fast", anchor_idx=5, seen=seen, windows=windows)
    assert len(seen.grown) >= 2
    for part, keys in seen.grown:
        np.testing.assert_array_equal(part.vertices, animation.vertices[keys])


@pytest.mark.parametrize("mode", ["default", "fast", "low_ram", "fast_low_ram"])
def test_every_mode_takes_a_long_clip(ours: "Ours", mode: Mode) -> None:
    assert ours(swing(46), mode=mode, subsampling=2).num_frames == 91


def test_a_job_after_a_long_one_is_that_of_a_fresh_process(ours: "Ours", theirs: "Theirs") -> None:
    ours(swing(121), mode="fast", anchor_idx=60, windows="chain", overlap=8)
    assert same(ours(swing(16)), theirs(swing(16)))


def test_a_cancel_in_the_fifth_window_ends_the_job(ours: "Ours", theirs: "Theirs") -> None:
    def cancel(stage: str, index: int, of: int) -> None:
        if (stage, index, of) == ("stage_1", 9, 18):
            raise Cancelled

    with pytest.raises(Cancelled):
        ours(swing(121), stage_1_steps=2, step=cancel)
    assert ours.steps[-1] == ("stage_1", 9, 18)
    assert same(ours(swing(16)), theirs(swing(16)))


def test_faces_are_counter_clockwise_from_outside(ours: "Ours") -> None:
    animation = ours(swing(16), mode="fast")
    corners = animation.vertices[:, animation.faces].astype(np.float64)
    volumes = np.einsum("tfi,tfi->t", corners[:, :, 0], np.cross(corners[:, :, 1], corners[:, :, 2])) / 6
    assert (volumes > 0).all()


def test_modes_differ(ours: "Ours") -> None:
    clip = swing(16)
    assert not same(ours(clip, mode="default"), ours(clip, mode="fast"))


@pytest.mark.parametrize("count", [16, 20])
def test_takes_the_same_masks_from_rmbg(ours: "Ours", theirs: "Theirs", count: int) -> None:
    clip = swing(count, alpha=False)
    mine = ours(clip)
    assert [step for step in ours.steps if step[0] == "masks"][-1] == ("masks", count, count)
    assert same(mine, theirs(clip))


@pytest.mark.parametrize("level", [2, 3])
@pytest.mark.parametrize("count", [16, 19])
def test_subsampling_puts_meshes_between(ours: "Ours", theirs: "Theirs", count: int, level: int) -> None:
    clip = swing(count)
    mine = ours(clip, subsampling=level)
    assert mine.num_frames == (count - 1) * 2 ** (level - 1) + 1
    assert mine.fps == 8 * 2 ** (level - 1)
    assert same(mine, theirs(clip, subsampling=level))


def test_every_knob_reaches_upstream(ours: "Ours", theirs: "Theirs") -> None:
    clip = swing(16)
    scale = ODD_KNOBS["guidance_scale"]
    odd = {name: value for name, value in ODD_KNOBS.items() if name != "guidance_scale"}
    mine = ours(clip, **ODD_KNOBS)
    assert same(mine, theirs(clip, guidance_scales=[scale], **odd))
    assert not same(mine, ours(clip))


def test_no_job_leaves_a_knob_turned(ours: "Ours", theirs: "Theirs") -> None:
    clip = swing(17)
    ours(clip, mode="fast_low_ram", anchor_idx=9, subsampling=2, **ODD_KNOBS)
    assert same(ours(clip), theirs(clip))


@pytest.mark.parametrize(
    ("count", "anchors"), [(16, range(16)), (17, range(17)), (24, range(24)), (31, range(31))]
)
def test_any_frame_can_be_the_anchor(ours: "Ours", count: int, anchors: range) -> None:
    """All frames come out: the anchor's is image-to-3D's own mesh, and the others differ."""
    clip = swing(count)
    for anchor in anchors:
        seen = Seen(ours)
        animation = ours(clip, mode="fast", anchor_idx=anchor, seen=seen)
        assert animation.num_frames == count
        [(mesh, _)] = seen.anchors
        np.testing.assert_array_equal(animation.vertices[anchor], mesh.vertices[0])
        np.testing.assert_array_equal(animation.faces, mesh.faces)
        others = np.delete(animation.vertices, anchor, axis=0)
        assert len(np.unique(others.reshape(count - 1, -1), axis=0)) == count - 1


@pytest.mark.parametrize("anchor", [1, 8, 15])
def test_an_anchor_in_one_window_gives_what_upstream_gives_but_for_the_frame_that_it_loses(
    ours: "Ours", theirs: "Theirs", anchor: int
) -> None:
    clip = swing(16)
    lossy = theirs(clip, anchor_idx=anchor)
    assert lossy.num_frames == 15
    np.testing.assert_allclose(ours(clip, anchor_idx=anchor).vertices[1:], lossy.vertices, atol=1e-6)


def test_every_stage_is_told_of_step_by_step(ours: "Ours") -> None:
    ours(swing(20), stage_0_steps=3, stage_1_steps=2)
    assert ours.steps == [
        ("masks", 20, 20),
        *(("stage_0", done, 3) for done in range(4)),
        *(step for step in ours.steps if step == ("extraction", 0, 1)),
        ("extraction", 1, 1),
        ("context", 0, 1),
        ("context", 1, 1),
        *(("stage_1", done, 4) for done in range(5)),
        *(("stage_2", done, 19) for done in range(20)),
    ]
    assert ("extraction", 0, 1) in ours.steps


def test_masks_and_the_anchors_mesh_are_shown_before_stage_2(ours: "Ours") -> None:
    clip, seen = swing(16), Seen(ours)
    animation = ours(clip, seen=seen)
    np.testing.assert_array_equal(seen.taken, [clip.images[..., 3]])
    [(mesh, stages)] = seen.anchors
    assert {"masks", "stage_0", "extraction"} <= stages
    assert "stage_2" not in stages
    np.testing.assert_array_equal(mesh.vertices[0], animation.vertices[0])


@pytest.mark.parametrize(
    "moment",
    [
        ("masks", 16, 16),
        ("stage_0", 2, 4),
        ("extraction", 0, 1),
        ("context", 0, 1),
        ("stage_1", 2, 3),
        ("stage_2", 7, 15),
    ],
)
def test_a_cancel_ends_any_stage_at_its_next_step_and_the_next_job_runs_as_ever(
    ours: "Ours", theirs: "Theirs", moment: tuple[str, int, int]
) -> None:
    def cancel(*step: object) -> None:
        if step == moment:
            raise Cancelled

    clip = swing(16)
    with pytest.raises(Cancelled):
        ours(clip, step=cancel)
    assert ours.steps[-1] == moment
    assert ours.steps.count(moment) == 1
    assert same(ours(clip), theirs(clip))


@pytest.mark.parametrize("level", [-1.0, 1.0, 0.0], ids=["all outside", "all inside", "all on it"])
def test_no_surface_is_an_error_of_its_own(ours: "Ours", level: float) -> None:
    """Upstream's extraction stumbles over the first two; the last one it takes, and diso finds no faces."""
    decoder = ours.engine._pipe.image_to_3d_pipe.vae.decoder
    hook = decoder.register_forward_hook(lambda _module, _given, found: (found[0] * 0 + level, found[1]))
    try:
        with pytest.raises(NoSurface, match="no surface in the anchor frame"):
            ours(swing(16))
    finally:
        hook.remove()
    assert ours(swing(16)).num_frames == 16


@pytest.mark.parametrize("scale", [(0, 0, 0), (1, 0, 0)], ids=["a point", "a line"])
def test_a_surface_without_area_is_none(ours: "Ours", scale: tuple[int, int, int]) -> None:
    """Upstream's cleaning takes all of its faces away, without an error."""
    from actionmesh_wrapper.engines.actionmesh.stages import Banks

    ball = trimesh.creation.icosphere(subdivisions=2)
    flat = trimesh.Trimesh(ball.vertices * scale, ball.faces)
    banks = Banks(None, SimpleNamespace(items=[flat]))
    with pytest.raises(NoSurface, match="no surface in the anchor frame"):
        banks.clean_anchor(ours.engine._pipe, seed=1)


def test_a_clip_without_a_subject_is_an_error_of_its_own(ours: "Ours") -> None:
    clip = swing(16)
    clip.images[3:12, ..., 3] = 0
    clip.images[3:12, 0, 0, 3] = 255
    with pytest.raises(SubjectNotFound):
        ours(clip, masks="alpha")


def test_alpha_that_is_not_there_is_an_error(ours: "Ours") -> None:
    with pytest.raises(InvalidInput):
        ours(swing(16, alpha=False), masks="alpha")


def test_a_small_subject_in_a_wide_picture_is_none(ours: "Ours") -> None:
    """Upstream refuses a mask below 1 % of the picture; the mesh is that of the same subject, close up."""
    near = swing(16)
    wide = np.zeros((16, 160, 3000, 4), np.uint8)
    wide[:, :, 1000:1160] = near.images
    far = Frames(wide, near.timestamps, near.source)
    assert (far.images[..., 3] > 127).mean() < 0.01
    assert same(ours(far, masks="alpha"), ours(near))
