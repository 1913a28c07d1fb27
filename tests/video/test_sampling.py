import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from actionmesh_wrapper.contract.engines import MAX_FRAMES, MIN_FRAMES
from actionmesh_wrapper.contract.recipe import Sampling
from actionmesh_wrapper.errors import InvalidInput, VideoTooShort
from actionmesh_wrapper.video import sampling
from actionmesh_wrapper.video.sampling import choose, how_many

Times = NDArray[np.float64]
Indices = NDArray[np.intp]


def wish(**fields: float | str | None) -> Sampling:
    return Sampling.model_validate(fields)


def clock(count: int, fps: float) -> tuple[Times, float]:
    """Times of a steady video, and its duration."""
    return (np.arange(count) / fps).round(6), count / fps


def no_thumbnails(indices: Indices) -> NDArray[np.uint8]:
    raise AssertionError("motion does not matter here")


def pick(count: int, rate: float, /, **fields: float | str) -> list[int]:
    times, duration = clock(count, rate)
    return [int(index) for index in choose(times, duration, wish(**fields), no_thumbnails)]


def busy(levels: NDArray[np.floating]) -> sampling.Thumbnails:
    """Thumbnails of one grey level each; their indices must rise."""

    def thumbnails(indices: Indices) -> NDArray[np.uint8]:
        assert (np.diff(indices) > 0).all()
        return np.repeat(levels[indices], 6).reshape(-1, 2, 3).astype(np.uint8)

    return thumbnails


def test_a_short_part_is_covered_from_its_first_frame_to_its_last() -> None:
    assert pick(16, 8) == list(range(16))
    assert pick(31, 8) == list(range(0, 31, 2))
    assert pick(96, 24)[::15] == [0, 95]


def test_four_seconds_are_still_short() -> None:
    assert pick(120, 30, num_frames=31)[::30] == [0, 119]


@pytest.mark.parametrize("rate", [23.976, 29.97, 59.94])
def test_a_part_of_four_seconds_is_still_short_once_it_is_cut_out(rate: float) -> None:
    """What is cut out lasts to the end of its last frame, past the part's own."""
    part = pick(300, rate, end_s=4)
    count = len([index for index in range(300) if round(index / rate, 6) < 4])
    assert count / rate > 4
    assert pick(count, rate) == part


def test_the_part_includes_its_start_but_not_its_end() -> None:
    assert pick(64, 16, start_s=1, end_s=2) == list(range(16, 32))


def test_times_are_compared_to_the_microsecond() -> None:
    times = np.arange(48) / 24
    chosen = choose(times, 2.0, wish(start_s=0.041667, end_s=0.708334), no_thumbnails)
    assert chosen.tolist() == list(range(1, 17))


def test_an_end_past_the_end_is_the_end() -> None:
    assert pick(16, 8, end_s=100) == list(range(16))


def test_a_rate_takes_the_nearest_frames() -> None:
    assert pick(96, 24, fps=8) == list(range(0, 48, 3))
    assert pick(96, 24, fps=8, start_s=0.5) == list(range(12, 60, 3))
    assert pick(96, 24, fps=10) == [0, 2, 5, 7, 10, 12, 14, 17, 19, 22, 24, 26, 29, 31, 34, 36]


def test_a_rate_above_the_videos_own_takes_frame_after_frame() -> None:
    assert pick(48, 24, fps=120) == list(range(16))
    assert pick(20, 24, fps=120, start_s=3 / 24) == list(range(3, 19))


def test_uneven_frames_are_taken_by_time() -> None:
    times = np.concatenate([np.arange(20) / 100, 1 + np.arange(20) / 20])
    chosen = choose(times, 2.0, wish(), no_thumbnails)
    wanted = np.linspace(0, times[-1], 16)
    assert np.abs(times[chosen] - wanted)[wanted >= 1.3].max() <= 0.026
    assert chosen.tolist() == [0, 13, 17, 18, 19, 20, 21, 22, 23, 24, 26, 29, 31, 34, 36, 39]


def test_a_long_part_is_searched_for_its_busiest_window() -> None:
    levels = np.zeros(240)
    levels[120:170] = np.arange(50)  # seconds 5 to 7.1 of 10
    times, duration = clock(240, 24)
    chosen = choose(times, duration, wish(), busy(levels))
    assert 4.75 <= times[chosen[0]] <= 5
    np.testing.assert_allclose(np.diff(times[chosen]), 1 / 8, atol=1e-5)


def test_the_earliest_of_windows_as_busy_is_taken() -> None:
    times, duration = clock(80, 8)
    still = np.zeros(80)
    assert choose(times, duration, wish(), busy(still)).tolist() == list(range(16))


def test_the_window_stays_in_the_part() -> None:
    times, duration = clock(240, 24)
    rising = np.arange(240.0) ** 2 / 240
    chosen = choose(times, duration, wish(start_s=1, end_s=7), busy(rising))
    assert times[chosen[0]] == pytest.approx(5, abs=1e-5)
    assert times[chosen[-1]] < 7


def test_a_cut_is_no_motion() -> None:
    levels = np.zeros(80)
    levels[20:] = 200  # a cut
    levels[40:56] += np.arange(16)  # and slow motion later
    levels[56:] += 15
    times, duration = clock(80, 8)
    assert choose(times, duration, wish(), busy(levels))[0] == 40


def test_cuts_everywhere_do_not_stop_it() -> None:
    levels = np.arange(80) % 2 * 200.0
    times, duration = clock(80, 8)
    assert len(choose(times, duration, wish(), busy(levels))) == 16


@pytest.mark.parametrize(
    ("frames", "seconds", "fps", "taken"),
    [
        (16, 2, None, 16),
        (240, 2, None, 16),
        (240, 2.000001, None, 16),  # times are compared to the microsecond
        (240, 2.000002, None, 31),
        (31, 4, None, 31),
        (30, 4, None, 16),
        (18_000, 600, None, 121),
        (240, 4, None, 31),
        (240, 4.01, None, 33),
        (240, 10, None, 80),
        (60, 10, None, 60),
        (30, 10, None, 16),
        (12, 60, None, 16),  # too few: `choose` raises
        (240, 4, 4, 16),
        (240, 4.1, 4, 16),  # 17 at that rate
        (240, 7.5, 4, 16),  # 30
        (240, 7.6, 4, 31),
        (240, 3.8, 8, 31),
        (240, 0.1, 120, 16),
        (24, 1, 120, 16),
        (48, 2, 120, 48),
        (200, 4, 8, 32),
        (400, 10, 12.1, 121),
        (400, 10, 30, 121),
    ],
)
def test_auto_is_16_or_31_where_these_cover_the_part_and_as_many_as_do_of_a_longer_one(
    frames: int, seconds: float, fps: float | None, taken: int
) -> None:
    assert how_many(frames, seconds, wish(num_frames="auto", fps=fps), 121) == taken
    assert how_many(frames, seconds, wish(num_frames=20, fps=fps), 121) == 20


@pytest.mark.parametrize(("most", "taken"), [(16, 16), (30, 16), (31, 31), (50, 50), (226, 80)])
def test_auto_keeps_to_the_most_that_the_worker_takes(most: int, taken: int) -> None:
    assert how_many(240, 10, wish(num_frames="auto"), most) == taken


@pytest.mark.parametrize(("cap", "taken"), [(16, 16), (30, 16), (31, 31), (61, 61), (200, 80)])
def test_auto_keeps_to_the_most_that_the_caller_allows(cap: int, taken: int) -> None:
    assert how_many(240, 10, wish(num_frames="auto", max_frames=cap), 121) == taken
    assert how_many(240, 10, wish(num_frames="auto", max_frames=cap), 61) == min(taken, 61)


def test_auto_takes_what_naming_the_number_takes() -> None:
    assert pick(48, 24, num_frames="auto") == pick(48, 24, num_frames=16)
    assert pick(96, 24, num_frames="auto") == pick(96, 24, num_frames=31)
    assert pick(96, 24, num_frames="auto", start_s=1, end_s=3) == pick(96, 24, start_s=1, end_s=3)
    assert pick(96, 24, num_frames="auto", fps=8) == pick(96, 24, num_frames=32, fps=8)
    assert pick(30, 8, num_frames="auto") == pick(30, 8, num_frames=16)


def test_at_most_eight_frames_a_second_of_a_minute_are_searched() -> None:
    asked: list[Indices] = []

    def thumbnails(indices: Indices) -> NDArray[np.uint8]:
        asked.append(indices)
        return np.zeros((len(indices), 2, 2), np.uint8)

    times, duration = clock(9000, 30)
    choose(times, duration, wish(start_s=10), thumbnails)
    (indices,) = asked
    assert len(indices) == 480
    assert times[indices[0]] == 10
    assert times[indices[-1]] < 70


def test_a_slow_video_gives_frame_after_frame() -> None:
    levels = np.zeros(40)
    levels[10:20] = np.arange(10) * 2  # of 4 frames per second
    times, duration = clock(40, 4)
    chosen = choose(times, duration, wish(), busy(levels))
    assert np.diff(chosen).tolist() == [1] * 15


@pytest.mark.parametrize(
    ("count", "fields", "message"),
    [
        (10, {}, "This video has 10 frames; at least 16 are needed."),
        (1, {}, "This video has 1 frame; at least 16 are needed."),
        (18, {"num_frames": 20}, "The chosen part of this video has 18 frames; 20 are needed."),
        (48, {"end_s": 0.5}, "The chosen part of this video has 12 frames; 16 are needed."),
        (15, {"num_frames": "auto"}, "This video has 15 frames; at least 16 are needed."),
        (
            48,
            {"num_frames": "auto", "end_s": 0.5},
            "The chosen part of this video has 12 frames; 16 are needed.",
        ),
        (48, {"start_s": 1.99}, "The chosen part of this video has 0 frames; 16 are needed."),
        (
            48,
            {"fps": 6},
            "At 6 frames per second the chosen part of this video has 12 frames; 16 are needed.",
        ),
        (
            48,
            {"fps": 12.5, "start_s": 0.8},
            "At 12.5 frames per second the chosen part of this video has 15 frames; 16 are needed.",
        ),
    ],
)
def test_too_few_frames_are_counted_for_the_caller(
    count: int, fields: dict[str, float | str], message: str
) -> None:
    with pytest.raises(VideoTooShort) as error:
        pick(count, 24, **fields)
    assert error.value.message == message


@pytest.mark.parametrize("start_s", [2, 3])
def test_a_start_past_the_end_is_invalid(start_s: float) -> None:
    with pytest.raises(InvalidInput) as error:
        pick(48, 24, start_s=start_s)
    assert error.value.message == "start_s: must be less than the video's 2.00 s."


@given(
    steps=st.lists(st.floats(0.001, 0.5), min_size=MAX_FRAMES, max_size=260),
    num_frames=st.integers(MIN_FRAMES, MAX_FRAMES),
    fps=st.none() | st.floats(8, 120),
)
def test_frames_are_always_distinct_and_in_order(
    steps: list[float], num_frames: int, fps: float | None
) -> None:
    times = np.cumsum([0.0, *steps])
    levels = np.arange(len(times)) * 3.0
    try:
        chosen = choose(times, times[-1] + 0.1, wish(num_frames=num_frames, fps=fps), busy(levels))
    except VideoTooShort:
        assert fps is not None
        assert (times[-1] + 0.1) * fps < num_frames
        return
    assert chosen.shape == (num_frames,)
    assert (np.diff(chosen) > 0).all()
    assert chosen[0] >= 0
    assert chosen[-1] < len(times)


@given(
    steps=st.lists(st.floats(0.001, 0.5), min_size=1, max_size=80),
    part=st.tuples(st.floats(0, 5), st.none() | st.floats(5.1, 20)),
    fps=st.none() | st.floats(1, 120),
)
def test_auto_fails_only_where_16_do(
    steps: list[float], part: tuple[float, float | None], fps: float | None
) -> None:
    times = np.cumsum([0.0, *steps])
    levels = np.arange(len(times)) * 3.0

    def taken(num_frames: float | str) -> list[int] | str:
        asked = wish(num_frames=num_frames, start_s=part[0], end_s=part[1], fps=fps)
        try:
            return [int(index) for index in choose(times, times[-1] + 0.1, asked, busy(levels))]
        except (InvalidInput, VideoTooShort) as error:
            return error.message

    automatic = taken("auto")
    assert automatic in [taken(16), taken(len(automatic))]
    assert isinstance(automatic, str) == isinstance(taken(16), str)
