from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.contract.recipe import Sampling
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.video import sample
from actionmesh_wrapper.video.colours import read
from tests.video.clips import ffmpeg
from tests.video.patches import (
    PATCHES,
    converted,
    hlg,
    pq,
    seen,
    srgb_codes,
    srgb_light,
    still,
)

LEVELS = 4  # of 255
SRGB = PATCHES / 255
LOSSLESS = ("-c:v", "ffv1")
UNTAGGED = "colorspace=unknown:color_primaries=unknown:color_trc=unknown"


def take(path: Path) -> Frames:
    return sample(path, Sampling.model_validate({}), step=lambda index, of: None)


def encode(path: Path, codes: NDArray[np.float64], filters: str, *codec: str, size: str = "256x64") -> Path:
    """A clip of 16 equal frames of patches, (8, 3) of 0 to 1, tagged as the filters say and not else."""
    width, height = map(int, size.split("x"))
    raw = ("-f", "rawvideo", "-pix_fmt", "rgb48le", "-s", size, "-r", "16", "-i", "-")
    ffmpeg(*raw, "-vf", filters, *codec, str(path), stdin=still(codes, width, height).tobytes() * 16)
    return path


def assert_right(frames: Frames, of: NDArray[np.bool_] | slice = slice(None)) -> None:
    colours = seen(frames.images[3])
    assert np.abs(colours - PATCHES)[of].max() <= LEVELS, colours


def matrix(name: str, pixels: str) -> str:
    """Filters that make Y'CbCr by a matrix; RGB stays as it is."""
    scale = {"gbr": "bt709", "bt2020nc": "bt2020"}.get(name, name)
    return f"scale=out_color_matrix={scale}:flags=accurate_rnd+full_chroma_int,format={pixels}"


@pytest.mark.parametrize(
    ("primaries", "transfer", "coded", "pixels"),
    [
        ("bt2020", "bt2020-10", "bt2020nc", "yuv420p10le"),
        ("bt2020", "unknown", "bt2020nc", "yuv420p10le"),
        ("smpte432", "bt709", "bt709", "yuv420p"),
        ("smpte432", "iec61966-2-1", "gbr", "gbrp"),
        ("smpte170m", "smpte170m", "smpte170m", "yuv420p"),
        ("bt470bg", "bt709", "bt470bg", "yuv444p"),
    ],
)
def test_other_primaries_become_those_of_srgb(
    tmp_path: Path, primaries: str, transfer: str, coded: str, pixels: str
) -> None:
    light = converted(srgb_light(SRGB), to=primaries)
    can_be_shown = np.abs(converted(light, of=primaries) - srgb_light(SRGB)).max(axis=1) < 0.001
    assert can_be_shown.sum() >= 4
    tags = f"setparams=colorspace={coded}:color_primaries={primaries}:color_trc={transfer}"
    path = encode(tmp_path / "a.mkv", srgb_codes(light), f"{matrix(coded, pixels)},{tags}", *LOSSLESS)
    assert_right(take(path), can_be_shown)


@pytest.mark.parametrize(
    ("size", "coded"),
    [
        ("1280x720", "bt709"),
        ("1280x544", "bt709"),
        ("720x1280", "bt709"),
        ("960x720", "bt709"),
        ("720x576", "smpte170m"),
        ("640x480", "smpte170m"),
        ("480x640", "smpte170m"),
    ],
)
def test_untagged_hd_is_bt709_and_untagged_sd_is_bt601(tmp_path: Path, size: str, coded: str) -> None:
    filters = f"{matrix(coded, 'yuv420p')},setparams={UNTAGGED}"
    assert_right(take(encode(tmp_path / "a.mkv", SRGB, filters, *LOSSLESS, size=size)))


@pytest.mark.parametrize("name", ["bt709", "smpte170m", "smpte240m", "bt2020nc", "fcc"])
@pytest.mark.parametrize("size", ["320x192", "1280x720"])
def test_a_tagged_matrix_is_taken_at_any_size(tmp_path: Path, name: str, size: str) -> None:
    tags = f"setparams=colorspace={name}:color_primaries=bt709:color_trc=bt709"
    path = encode(tmp_path / "a.mkv", SRGB, f"{matrix(name, 'yuv444p')},{tags}", *LOSSLESS, size=size)
    assert_right(take(path))


def test_a_matrix_that_scale_does_not_know_is_taken(tmp_path: Path) -> None:
    filters = "zscale=min=gbr:m=ycgco:r=tv,format=yuv444p"
    assert_right(take(encode(tmp_path / "a.mkv", SRGB, filters, *LOSSLESS)))


def test_vp8_is_bt601_at_any_size(tmp_path: Path) -> None:
    filters = f"{matrix('smpte170m', 'yuv420p')},setparams={UNTAGGED}"
    codec = ("-c:v", "libvpx", "-b:v", "20M")
    assert_right(take(encode(tmp_path / "a.webm", SRGB, filters, *codec, size="1280x720")))


@pytest.mark.parametrize(("name", "function"), [("smpte2084", pq), ("arib-std-b67", hlg)])
@pytest.mark.parametrize("pixels", ["yuv420p10le", "gbrp12le"])
def test_the_reference_white_of_hdr_becomes_white(
    tmp_path: Path, name: str, function: Callable[[NDArray[np.float64]], NDArray[np.float64]], pixels: str
) -> None:
    codes = function(converted(srgb_light(SRGB), to="bt2020"))
    space = "gbr" if pixels.startswith("gbr") else "bt2020nc"
    tags = f"setparams=colorspace={space}:color_primaries=bt2020:color_trc={name}"
    frames = take(encode(tmp_path / "a.mkv", codes, f"{matrix('bt2020nc', pixels)},{tags}", *LOSSLESS))
    assert_right(frames)
    assert seen(frames.images[0])[3].min() >= 251


@pytest.mark.parametrize("nit", [400, 1000, 4000])
def test_what_is_brighter_than_white_is_as_bright_as_there_is(tmp_path: Path, nit: int) -> None:
    codes = np.repeat(pq(np.array([nit / 203, 0.5]))[[0, 0, 0, 0, 1, 1, 1, 1], None], 3, axis=1)
    tags = "setparams=colorspace=bt2020nc:color_primaries=bt2020:color_trc=smpte2084"
    filters = f"{matrix('bt2020nc', 'yuv420p10le')},{tags}"
    levels = seen(take(encode(tmp_path / "a.mkv", codes, filters, *LOSSLESS)).images[0])
    assert levels[0].min() >= 253
    assert np.abs(levels[6] - 188).max() <= LEVELS  # half the light of white


@pytest.mark.parametrize(
    ("size", "seconds"), [("1080x1350", 5), ("1920x800", 1), ("2000x1126", 1), ("321x193", 5)]
)
def test_hdr_of_any_size_is_taken(tmp_path: Path, size: str, seconds: int) -> None:
    codes = hlg(converted(srgb_light(SRGB), to="bt2020"))
    tags = "setparams=colorspace=bt2020nc:color_primaries=bt2020:color_trc=arib-std-b67"
    filters = f"{matrix('bt2020nc', 'yuv420p10le')},{tags},settb=1/1000,setpts=PTS*{seconds}"
    frames = take(encode(tmp_path / "a.mkv", codes, filters, *LOSSLESS, "-fps_mode", "vfr", size=size))
    assert frames.source.duration_s > seconds * 0.9
    width, height = map(int, size.split("x"))
    scale = min(1, 1024 / max(width, height))
    assert frames.images.shape[1:3] == (round(height * scale), round(width * scale))
    assert_right(frames)


@pytest.mark.parametrize("tags", ["color_primaries=smpte432", "color_trc=smpte2084"])
def test_alpha_survives_a_conversion(tmp_path: Path, tags: str) -> None:
    filters = f"format=yuva444p10le,colorchannelmixer=aa=0.5,setparams={tags}"
    frames = take(encode(tmp_path / "a.mkv", SRGB, filters, *LOSSLESS, size="320x192"))
    assert np.abs(frames.images[..., 3].astype(int) - 128).max() <= 1


def test_linear_light_becomes_srgb(tmp_path: Path) -> None:
    filters = "format=gbrp16le,setparams=color_trc=linear"
    assert_right(take(encode(tmp_path / "a.mkv", srgb_light(SRGB), filters, *LOSSLESS)))


def test_what_is_not_tagged_is_guessed() -> None:
    assert read("", (1280, 720), "h264").matrix == "bt709"
    log = "color_range:tv color_space:unknown color_primaries:unknown color_trc:smpte2084"
    untagged = read(log, (640, 480), "hevc")
    assert (untagged.matrix, untagged.primaries, untagged.hdr) == ("bt2020nc", "bt2020", "smpte2084")
    odd = read("color_space:reserved color_primaries:reserved color_trc:reserved", (640, 480), "h264")
    assert (odd.matrix, odd.is_tagged, odd.primaries, odd.hdr) == ("smpte170m", False, "bt709", "")


def test_the_first_frames_tags_count() -> None:
    """Of an APNG's later frames ffmpeg forgets the sRGB chunk, and the log may have some of them."""
    first = "color_space:gbr color_primaries:bt709 color_trc:iec61966-2-1"
    later = "color_space:gbr color_primaries:bt709 color_trc:linear"
    assert read(f"{first}\n{later}\n", (640, 480), "apng").transfer == "iec61966-2-1"
