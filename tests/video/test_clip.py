from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from actionmesh_wrapper.errors import TooManyFrames, VideoError
from actionmesh_wrapper.video import clip as module
from actionmesh_wrapper.video.clip import Listing, list_pictures, open_clip
from tests.video.clips import H264, bars, encode


def ignore(received: int) -> None:
    """A tick that does nothing."""


def test_packets_and_pictures_list_the_same_frames(tmp_path: Path) -> None:
    clip, packets = open_clip(encode(tmp_path / "clip.mp4", bars(20), *H264), ignore)
    pictures = list_pictures(clip, ignore)
    assert packets.has_distinct_times
    assert (packets.variable, pictures.variable) == ("pts", "n")
    np.testing.assert_array_equal(pictures.keys, np.arange(20))
    np.testing.assert_allclose(packets.seconds, np.arange(20) / 24, atol=1e-6)
    np.testing.assert_allclose(pictures.seconds, packets.seconds, atol=1e-6)
    assert packets.duration_s == pytest.approx(20 / 24, abs=1e-6)


def test_times_start_at_the_first_frame(tmp_path: Path) -> None:
    path = encode(tmp_path / "clip.ts", bars(20), *H264, "-output_ts_offset", "100")
    _, listing = open_clip(path, ignore)
    assert listing.seconds[0] == 0
    assert listing.start_s > 100


def test_packets_without_timestamps_have_no_distinct_times(tmp_path: Path) -> None:
    clip, packets = open_clip(encode(tmp_path / "clip.avi", bars(20), *H264), ignore)
    assert not packets.has_distinct_times
    assert list_pictures(clip, ignore).has_distinct_times


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67", ""])
def test_high_dynamic_range_is_known_by_its_transfer_function(tmp_path: Path, transfer: str) -> None:
    tags = f"colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc:" if transfer else ""
    codec = ("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", f"{tags}log-level=error")
    clip, _ = open_clip(encode(tmp_path / "clip.mp4", bars(4), *codec), ignore)
    assert clip.hdr == transfer


def test_a_long_comment_does_not_hide_the_transfer_function(tmp_path: Path) -> None:
    tags = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:log-level=error"
    codec = ("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", tags)
    path = encode(tmp_path / "clip.mp4", bars(4), *codec, "-metadata", "comment=" + "x" * 10_000)
    assert open_clip(path, ignore)[0].hdr == "smpte2084"


def test_a_listing_without_end_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LINE_BYTES", 0.01)
    with pytest.raises(TooManyFrames):
        open_clip(encode(tmp_path / "clip.mp4", bars(20), *H264), ignore)


def listing(*rows: tuple[int, int, int], variable: str = "pts") -> Listing:
    """What becomes of rows of (timestamp, duration, flags), in tenths of a second."""
    table = module._Table(np.array(rows).reshape(-1, 3), Fraction(1, 10), "h264", (64, 64), 1.0, "")
    return module._listing(table, variable)


def test_packets_come_in_the_order_of_time() -> None:
    sorted_ = listing((5, 1, 0), (9, 2, 0), (6, 1, 0))
    assert sorted_.keys.tolist() == [5, 6, 9]
    assert sorted_.seconds.tolist() == [0, 0.1, 0.4]
    assert sorted_.start_s == pytest.approx(0.5)
    assert sorted_.duration_s == pytest.approx(0.6)


def test_discarded_packets_are_not_shown() -> None:
    assert listing((1, 1, 5), (2, 1, 4), (3, 1, 1), (4, 1, 0)).keys.tolist() == [3, 4]
    with pytest.raises(VideoError, match="shows no frames"):
        listing((1, 1, 4))


def test_a_last_frame_without_duration_lasts_as_long_as_usual() -> None:
    assert listing((0, 0, 0), (2, 0, 0), (4, 0, 0)).duration_s == pytest.approx(0.6)
    assert listing((0, 0, 0)).duration_s == pytest.approx(1 / 8)


@pytest.mark.parametrize("stamps", [(0, 1, 1), (-(2**63), 0, 1), (0, 0, 0)])
def test_repeated_and_missing_timestamps_are_not_distinct(stamps: tuple[int, ...]) -> None:
    assert not listing(*((stamp, 1, 0) for stamp in stamps)).has_distinct_times


def test_pictures_whose_timestamps_repeat_count_as_steady() -> None:
    steady = listing((0, 1, 0), (4, 1, 0), (4, 1, 0), (6, 1, 0), variable="n")
    np.testing.assert_allclose(steady.seconds, [0, 0.2, 0.4, 0.6])
    unknown = listing((7, 0, 0), (7, 0, 0), variable="n")
    np.testing.assert_allclose(unknown.seconds, [0, 1 / 8])
