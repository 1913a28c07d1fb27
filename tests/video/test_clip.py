from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from actionmesh_wrapper.errors import TooManyFrames
from actionmesh_wrapper.video import clip as module
from actionmesh_wrapper.video import packets
from actionmesh_wrapper.video.clip import Listing, VideoClip, list_pictures, open_clip
from actionmesh_wrapper.video.packets import Table
from tests.video.clips import H264, bars, encode


def ignore(received: int) -> None:
    """A tick that does nothing."""


def opened(path: Path) -> tuple[VideoClip, Listing]:
    """A clip whose packets tell its frames."""
    clip, listing = open_clip(path, ignore)
    assert listing is not None
    return clip, listing


def test_packets_and_pictures_list_the_same_frames(tmp_path: Path) -> None:
    clip, listing = opened(encode(tmp_path / "clip.mp4", bars(20), *H264))
    pictures = list_pictures(clip, ignore)
    assert (listing.variable, pictures.variable) == ("pts", "n")
    np.testing.assert_array_equal(pictures.keys, np.arange(20))
    np.testing.assert_allclose(listing.seconds, np.arange(20) / 24, atol=1e-6)
    np.testing.assert_allclose(pictures.seconds, listing.seconds, atol=1e-6)
    assert listing.duration_s == pytest.approx(20 / 24, abs=1e-6)


def test_times_start_at_the_first_frame(tmp_path: Path) -> None:
    path = encode(tmp_path / "clip.ts", bars(20), *H264, "-output_ts_offset", "100")
    _, listing = opened(path)
    assert listing.seconds[0] == 0
    assert listing.start_s > 100


def test_packets_without_timestamps_have_no_distinct_times(tmp_path: Path) -> None:
    clip, listing = open_clip(encode(tmp_path / "clip.avi", bars(20), *H264), ignore)
    assert listing is None
    assert (np.diff(list_pictures(clip, ignore).seconds) > 0).all()


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67", ""])
def test_high_dynamic_range_is_known_by_its_transfer_function(tmp_path: Path, transfer: str) -> None:
    tags = f"colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc:" if transfer else ""
    codec = ("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", f"{tags}log-level=error")
    clip, _ = open_clip(encode(tmp_path / "clip.mp4", bars(4), *codec), ignore)
    assert clip.colours.hdr == transfer


def test_a_long_comment_does_not_hide_the_transfer_function(tmp_path: Path) -> None:
    tags = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:log-level=error"
    codec = ("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", tags)
    path = encode(tmp_path / "clip.mp4", bars(4), *codec, "-metadata", "comment=" + "x" * 10_000)
    assert open_clip(path, ignore)[0].colours.hdr == "smpte2084"


def test_a_listing_without_end_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packets, "_LINE_BYTES", 0.01)
    with pytest.raises(TooManyFrames):
        open_clip(encode(tmp_path / "clip.mp4", bars(20), *H264), ignore)


def table(*rows: tuple[int, int, int]) -> Table:
    """A table of rows of (timestamp, duration, flags), in tenths of a second."""
    return Table(np.array(rows, np.int64).reshape(-1, 3), Fraction(1, 10), "h264", (64, 64), 1.0, "")


def listing(*rows: tuple[int, int, int], shown: int = 0) -> Listing:
    """What becomes of packets whose first frame is shown at a timestamp of hundredths of a second."""
    first = replace(table((shown, 1, 1)), time_base=Fraction(1, 100))
    listing = module._packet_listing(table(*rows), first)
    assert listing is not None
    return listing


def test_packets_come_in_the_order_of_time() -> None:
    sorted_ = listing((5, 1, 0), (9, 2, 0), (6, 1, 0), shown=50)
    assert sorted_.keys.tolist() == [5, 6, 9]
    assert sorted_.seconds.tolist() == [0, 0.1, 0.4]
    assert sorted_.start_s == pytest.approx(0.5)
    assert sorted_.duration_s == pytest.approx(0.6)


def test_discarded_packets_are_not_shown() -> None:
    assert listing((1, 1, 5), (2, 1, 4), (3, 1, 1), (4, 1, 0), shown=30).keys.tolist() == [3, 4]
    assert module._packet_listing(table((1, 1, 4)), table((1, 1, 1))) is None


def test_a_frame_that_is_shown_before_the_packets_start_is_missed() -> None:
    packets_ = table((5, 1, 0), (6, 1, 0))
    assert module._packet_listing(packets_, table((5, 1, 1))) is not None
    assert module._packet_listing(packets_, table((4, 1, 1))) is None


def test_a_last_frame_without_duration_lasts_as_long_as_usual() -> None:
    assert listing((0, 0, 0), (2, 0, 0), (4, 0, 0)).duration_s == pytest.approx(0.6)
    assert listing((0, 0, 0)).duration_s == pytest.approx(1 / 8)


@pytest.mark.parametrize("stamps", [(0, 1, 1), (-(2**63), 0, 1), (0, 0, 0)])
def test_repeated_and_missing_timestamps_do_not_tell_the_frames(stamps: tuple[int, ...]) -> None:
    packets_ = table(*((stamp, 1, 0) for stamp in stamps))
    assert module._packet_listing(packets_, table((stamps[0], 1, 1))) is None


def test_pictures_whose_timestamps_repeat_count_as_steady() -> None:
    steady = module._listing(table((0, 1, 0), (4, 1, 0), (4, 1, 0), (6, 1, 0)), "n")
    np.testing.assert_allclose(steady.seconds, [0, 0.2, 0.4, 0.6])
    unknown = module._listing(table((7, 0, 0), (7, 0, 0)), "n")
    np.testing.assert_allclose(unknown.seconds, [0, 1 / 8])
