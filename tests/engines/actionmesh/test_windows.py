from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionmesh_wrapper.contract.engines import ACTIONMESH
from actionmesh_wrapper.engines.actionmesh.windows import Plan, Window

SIZE = 16
MOST = ACTIONMESH.frames.most


@st.composite
def clips(draw: st.DrawFn, least: int = SIZE) -> tuple[int, int, dict[str, Any]]:
    total = draw(st.integers(least, MOST))
    kind = draw(st.sampled_from(["keys", "chain"]))
    overlap = draw(st.integers(1, 8)) if kind == "chain" else 1
    return total, draw(st.integers(0, total - 1)), {"kind": kind, "overlap": overlap}


def frames_of(total: int, anchor: int, **how: Any) -> list[list[int]]:
    return [list(window.frames) for window in Plan.of(total, anchor, SIZE, **how).latents]


@given(clips())
def test_every_frame_is_made_in_full_windows_that_begin_with_one_that_is_known(clip: Any) -> None:
    total, anchor, how = clip
    plan = Plan.of(total, anchor, SIZE, **how)
    for windows in (plan.latents, plan.meshes):
        known = {anchor}
        for window in windows:
            assert len(window.frames) == len(set(window.frames)) == SIZE
            assert window.frames[0] in known
            known |= set(window.frames)
        assert known == set(range(total))


@given(clips())
def test_every_window_of_stage_1_has_a_frame_to_make(clip: Any) -> None:
    total, anchor, how = clip
    known = {anchor}
    for window in Plan.of(total, anchor, SIZE, **how).latents:
        assert set(window.frames) - known
        known |= set(window.frames)


@given(clips())
def test_windows_are_of_frames_that_follow_each_other_but_for_the_keys(clip: Any) -> None:
    total, anchor, how = clip
    plan = Plan.of(total, anchor, SIZE, **how)
    for windows in (plan.latents, plan.meshes):
        assert [window.is_spread for window in windows[1:]] == [False] * (len(windows) - 1)
        assert windows[0].is_spread is (how["kind"] == "keys" and total > 31)
        for window in windows:
            start, end = min(window.frames), max(window.frames)
            if not window.is_spread:
                assert end - start == SIZE - 1
                assert window.times == list(window.frames)


@given(clips())
def test_stage_2_leaves_no_time_between_two_frames_out(clip: Any) -> None:
    total, anchor, how = clip
    covered: set[int] = set()
    for window in Plan.of(total, anchor, SIZE, **how).meshes:
        if not window.is_spread:
            covered |= set(range(min(window.frames), max(window.frames)))
    assert covered == set(range(total - 1))


@given(st.integers(32, MOST), st.data())
def test_between_keys_both_ends_of_a_window_are_known(total: int, data: st.DataObject) -> None:
    anchor = data.draw(st.integers(0, total - 1))
    keys, *between = Plan.of(total, anchor, SIZE).latents
    assert len(between) == -(-(total - 16) // 14)
    known, open_ends = set(keys.frames), set()
    assert anchor in known
    for window in between:
        open_ends |= {min(window.frames), max(window.frames)} - known
        known |= set(window.frames)
    assert open_ends <= ({0} if 2 * anchor >= total else {total - 1}), "there alone, and then for the anchor"
    if total % 14 != 2 and total <= 212:
        assert not open_ends


@given(st.integers(32, MOST), st.data())
def test_keys_are_spread_over_the_clip_and_told_as_positions_of_one_window(
    total: int, data: st.DataObject
) -> None:
    anchor = data.draw(st.integers(0, total - 1))
    keys = Plan.of(total, anchor, SIZE).latents[0]
    assert keys.frames[0] == anchor
    assert max(high - low for low, high in pairwise(sorted(keys.frames))) <= 15
    assert max(keys.frames) - min(keys.frames) >= total - 16
    assert (min(keys.times), max(keys.times)) == (0, 15)
    order = sorted(range(SIZE), key=lambda index: keys.frames[index])
    assert order == sorted(range(SIZE), key=lambda index: keys.times[index])


def test_keys_far_apart_evenly_are_a_clip_of_fewer_frames_per_second() -> None:
    keys = Window(tuple(range(0, 226, 15)), is_spread=True)
    assert keys.times == list(range(16))
    assert Plan.of(226, 0, SIZE).latents[0] == keys


def test_every_other_mesh_is_made_from_the_anchor_or_the_key_in_the_middle_of_its_window() -> None:
    plan = Plan.of(76, 3, SIZE)
    keys = set(plan.latents[0].frames)
    sources = [window.frames[0] for window in plan.meshes]
    assert set(sources) <= keys
    assert sources[:2] == [3, 3]
    for window in plan.meshes[2:]:
        assert max(abs(frame - window.frames[0]) for frame in window.frames) <= 10


@given(clips())
def test_each_frame_is_made_in_the_first_window_that_has_it(clip: Any) -> None:
    total, anchor, how = clip
    plan = Plan.of(total, anchor, SIZE, **how)
    assert len(plan.made_in) == total
    for frame, made in enumerate(plan.made_in):
        for index, windows in zip(made, (plan.latents, plan.meshes), strict=True):
            assert [frame in window.frames for window in windows[: index + 1]] == [False] * index + [True]


def test_short_clips_are_worked_on_as_ever() -> None:
    assert frames_of(16, 0) == [list(range(16))]
    assert frames_of(31, 0) == [list(range(16)), list(range(15, 31))]
    assert frames_of(20, 0) == [list(range(16)), list(range(4, 20))]
    assert frames_of(16, 5) == [[5, 0, 1, 2, 3, 4, *range(6, 16)]]
    assert frames_of(20, 17) == [[17, *range(4, 17), 18, 19], list(range(15, -1, -1))]
    for total in range(16, 32):
        for anchor in range(total):
            plan = Plan.of(total, anchor, SIZE)
            assert plan == Plan.of(total, anchor, SIZE, "chain")
            assert plan.latents == plan.meshes
            assert len(plan.latents) == 1 + (total > SIZE)


@pytest.mark.parametrize(("anchor", "count"), [(0, 8), (15, 8), (60, 8), (120, 8)])
def test_a_chain_goes_from_the_anchor_to_both_ends(anchor: int, count: int) -> None:
    windows = frames_of(121, anchor, kind="chain")
    assert len(windows) == count
    assert windows[0][0] == anchor
    for before, after in pairwise(windows[1:]):
        assert after[0] in before or after[0] in windows[0]


@pytest.mark.parametrize(("overlap", "count"), [(1, 8), (4, 10), (8, 15)])
def test_a_longer_overlap_takes_more_windows_in_stage_1_alone(overlap: int, count: int) -> None:
    plan = Plan.of(121, 0, SIZE, "chain", overlap)
    assert len(plan.latents) == count
    assert plan.meshes == Plan.of(121, 0, SIZE, "chain").latents
    for before, after in pairwise(plan.latents):
        assert len(set(before.frames) & set(after.frames)) >= overlap


def test_from_the_last_frame_a_chain_is_that_from_the_first_turned_round() -> None:
    there = frames_of(100, 0, kind="chain", overlap=3)[1:]
    back = frames_of(100, 99, kind="chain", overlap=3)[1:]
    assert back == [[99 - frame for frame in window] for window in there]
