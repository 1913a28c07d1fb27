import pytest

from actionmesh_wrapper.engines.actionmesh.windows import windows


@pytest.mark.parametrize("total", range(16, 32))
def test_every_frame_is_worked_on_and_every_window_starts_from_a_known_one(total: int) -> None:
    for anchor in range(total):
        known = {anchor}
        for window in windows(total, anchor, 16):
            assert len(window) == len(set(window)) == 16
            assert window[0] in known
            known |= set(window)
        assert known == set(range(total))


def test_windows_from_the_first_frame_are_upstreams() -> None:
    assert windows(16, 0, 16) == [list(range(16))]
    assert windows(31, 0, 16) == [list(range(16)), list(range(15, 31))]
    assert windows(20, 0, 16) == [list(range(16)), list(range(4, 20))]


def test_the_anchor_leads_its_window_and_a_later_one_goes_on_from_its_end() -> None:
    assert windows(16, 5, 16) == [[5, 0, 1, 2, 3, 4, *range(6, 16)]]
    assert windows(20, 17, 16) == [[17, *range(4, 17), 18, 19], list(range(15, -1, -1))]


def test_no_clip_needs_more_than_two() -> None:
    assert max(len(windows(total, anchor, 16)) for total in range(16, 32) for anchor in range(total)) == 2
