"""The rig as a whole: how near it comes, and to what."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.export.rig import Rig
from tests.export.rig.solved import EGG, NEEDS_DEM_BONES, egg, solved
from tests.export.rig.toys import chain, noise, soup, tumbling, two_bodies
from tests.export.samples import ball, flawed, point, ring, still

pytestmark = NEEDS_DEM_BONES


def off(rig: Rig, animation: Animation) -> np.ndarray:
    """(T, V) distances from where the vertices belong, as a share of the diagonal."""
    points = animation.vertices.reshape(-1, 3).astype(np.float64)
    diagonal = np.linalg.norm(np.ptp(points, axis=0)) or 1.0
    gaps: np.ndarray = np.linalg.norm(np.stack(list(rig.frames())) - animation.vertices, axis=2) / diagonal
    return gaps


def assert_sound(rig: Rig, animation: Animation) -> None:
    """What holds of any rig."""
    gaps, skeleton = off(rig, animation), rig.skeleton
    assert rig.max == pytest.approx(gaps.max(), abs=1e-7)
    assert rig.rms == pytest.approx(np.sqrt((gaps**2).mean()), abs=1e-7)
    assert rig.p99 == pytest.approx(np.percentile(gaps, 99), abs=1e-7)
    assert gaps[animation.anchor].max() < 1e-6  # the rest pose is the anchor's frame
    assert len(set(skeleton.names)) == len(skeleton.names) == len(skeleton.parents)
    assert skeleton.names[0] == "root"
    assert skeleton.parents[0] == -1
    assert all(0 <= parent < joint for joint, parent in enumerate(skeleton.parents) if joint)
    assert (rig.skin.weights.sum(axis=1, dtype=int) == 65_535).all()
    assert np.linalg.norm(skeleton.rotations, axis=2) == pytest.approx(1, abs=1e-6)
    assert 0 <= rig.amounts.min(initial=0) <= rig.amounts.max(initial=0) <= 1
    assert len(rig.targets) <= 8


@pytest.mark.parametrize("num_frames", [16, 60])
def test_the_motion_of_known_limbs_is_recovered(num_frames: int) -> None:
    animation, segment, hinges = chain(num_frames)
    rig = solved(animation)
    assert_sound(rig, animation)
    gaps = off(rig, animation)
    for limb in range(segment.max() + 1):
        assert np.sqrt((gaps[:, segment == limb] ** 2).mean()) < 0.003
    places = rig.skeleton.places
    size = np.linalg.norm(np.ptp(animation.vertices[0], axis=0))
    for hinge in hinges:
        assert np.linalg.norm(places - hinge, axis=1).min() < 0.05 * size


def test_bones_alone_carry_stiff_limbs() -> None:
    animation, _, _ = chain(16)
    rig = solved(animation)
    alone = replace(rig, base=animation.vertices[0], targets=rig.targets[:0], amounts=rig.amounts[:, :0])
    assert np.sqrt((off(alone, animation) ** 2).mean()) < 0.005
    assert len(rig.skeleton.names) <= 1 + 16


@pytest.mark.parametrize("animation", [ball(1), still(16), point(3), tumbling(16)])
def test_what_does_not_bend_has_the_root_alone(animation: Animation) -> None:
    rig = solved(animation)
    assert_sound(rig, animation)
    assert rig.skeleton.names == ("root",)
    assert rig.max < 1e-6
    assert len(rig.targets) == 0


def test_two_bodies_hang_on_the_root() -> None:
    animation = two_bodies(16)
    rig = solved(animation)
    assert_sound(rig, animation)
    assert rig.max < 1e-5
    assert len(rig.skeleton.names) <= 7
    heads = np.flatnonzero(rig.skeleton.parents == 0)
    assert len(heads) == 2  # no bone of one hangs on the other
    joints = rig.skin.joints[:, 0]
    half = animation.vertices.shape[1] // 2
    assert not set(joints[:half].tolist()) & set(joints[half:].tolist())


@pytest.mark.parametrize(
    "animation",
    [
        flawed(3),
        soup(ball(8)),
        ball(2),
        ball(3, scale=1e-6),
        ball(3, scale=1e6),
        ball(4, turn=8.0),
        ring(500),
    ],
    ids=["flawed", "soup", "two keys", "tiny", "huge", "turning around", "flat"],
)
def test_odd_meshes_have_rigs(animation: Animation) -> None:
    rig = solved(animation)
    assert_sound(rig, animation)
    assert rig.p99 < 0.003


def test_vertices_in_one_place_stay_together() -> None:
    animation = soup(ball(8))
    rig = solved(animation)
    _, first, place = np.unique(animation.vertices[0], axis=0, return_index=True, return_inverse=True)
    for frame in rig.frames():
        assert np.abs(frame - frame[first[place.ravel()]]).max() < 1e-7


def test_any_key_can_be_the_anchor() -> None:
    animation = replace(ball(16), anchor=9)
    rig = solved(animation)
    assert rig.rest == 9
    assert_sound(rig, animation)


def test_noise_is_told_by_its_error() -> None:
    assert solved(noise(24, 0.3)).p99 > 0.02


def test_a_small_motion_is_not_lost() -> None:
    wide = ball(16)
    first = wide.vertices[:1]
    animation = replace(wide, vertices=(first + 0.002 * (wide.vertices - first)).astype(np.float32))
    rig = solved(animation)
    moved = np.linalg.norm(animation.vertices - first, axis=2)
    size = np.linalg.norm(np.ptp(animation.vertices.reshape(-1, 3), axis=0))
    assert rig.p99 * size < 0.1 * np.percentile(moved, 99)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(
    num_frames=st.integers(2, 40),
    detail=st.integers(1, 3),
    scale=st.floats(1e-3, 1e3),
    turn=st.floats(0, 3),
    share=st.floats(0, 1),
)
def test_any_egg_has_a_rig(num_frames: int, detail: int, scale: float, turn: float, share: float) -> None:
    animation = ball(num_frames, detail=detail, scale=scale, turn=turn)
    animation = replace(animation, anchor=round(share * (num_frames - 1)))
    rig = solved(animation)
    assert_sound(rig, animation)
    assert rig.p99 < 0.003


def test_the_egg_is_as_near_as_is_asked() -> None:
    assert_sound(egg(), EGG)
    assert egg().rms < 1e-3
    assert egg().p99 < 3e-3
    assert egg().max < 1e-2
