import zlib
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from actionmesh_wrapper.contract.recipe import Sampling
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.system.colour_profile import MAX_BYTES
from actionmesh_wrapper.video import profile, sample
from tests.system.profiles import ADOBE_RGB, DISPLAY_P3, cmyk_profile, encoded, grey_profile, rgb_profile
from tests.video.animated import chunk
from tests.video.boxes import box, in_sample_entry
from tests.video.clips import H264, encode, ffmpeg
from tests.video.patches import PATCHES, converted, seen, srgb_codes, srgb_light

LEVELS = 4  # of 255
COUNT = 16
ADOBE = rgb_profile(ADOBE_RGB, 2.2)
LOSSLESS_H264 = ("-c:v", "libx264rgb", "-crf", "0")
GIF_BLOCK = b"\x21\xff\x0bICCRGBG1012"


def frames_of(colours: NDArray[Any], width: int = 256, height: int = 64) -> NDArray[np.uint8]:
    """(16, height, width, 4): the colours (8, 3) side by side, the same in all frames."""
    columns = np.column_stack([colours, np.full(8, 255)]).astype(np.uint8)[np.arange(width) * 8 // width]
    return np.broadcast_to(columns, (COUNT, height, width, 4)).copy()


def pictures(colours: NDArray[Any]) -> list[Image.Image]:
    """Frames that differ in a corner: some encoders drop those that do not."""
    frames = frames_of(colours)
    frames[:, :4, :4, :3] = np.arange(COUNT)[:, None, None, None]
    return [Image.fromarray(frame).convert("RGB") for frame in frames]


def colr(kind: bytes, data: bytes, codec: str = "avc1") -> Callable[[Path], None]:
    def change(path: Path) -> None:
        entry = codec.encode()
        path.write_bytes(in_sample_entry(path.read_bytes(), entry, box(b"colr", kind + data)))

    return change


def an_mp4(folder: Path, colours: NDArray[Any], data: bytes, kind: bytes = b"prof", tags: str = "") -> Path:
    filters = ("-vf", f"format=gbrp,setparams={tags}") if tags else ()
    path = encode(folder / "a.mp4", frames_of(colours), *filters, *LOSSLESS_H264)
    colr(kind, data)(path)
    return path


def animated(folder: Path, colours: NDArray[Any], data: bytes, kind: str) -> Path:
    first, *others = pictures(colours)
    path = folder / f"a.{kind.lower()}"
    more: dict[str, Any] = {"lossless": True, "icc_profile": data or None} if kind != "GIF" else {}
    first.save(path, kind, save_all=True, append_images=others, duration=50, **more)
    return path


def a_gif(folder: Path, colours: NDArray[Any], data: bytes) -> Path:
    path = animated(folder, colours, data, "GIF")
    file = path.read_bytes()
    at = 13 + 3 * 2 ** ((file[10] & 7) + 1)  # behind the palette
    parts = [data[start : start + 255] for start in range(0, len(data), 255)]
    block = GIF_BLOCK + b"".join(bytes([len(part)]) + part for part in parts) + b"\0"
    path.write_bytes(file[:at] + block + file[at:])
    return path


def stills(folder: Path, colours: NDArray[Any], data: bytes, kind: str, name: str) -> Path:
    """A video whose packets are pictures, each with the profile."""
    for index, picture in enumerate(pictures(colours)):
        more = {"quality": 100, "subsampling": 0} if kind == "JPEG" else {}
        picture.save(folder / f"{index:02d}", kind, icc_profile=data, **more)
    codec = {"JPEG": "mjpeg", "PNG": "png"}[kind]
    pictures_in = ("-f", "image2", "-c:v", codec, "-i", str(folder / "%02d"))
    ffmpeg(*pictures_in, "-c", "copy", str(folder / name))
    return folder / name


FILES: dict[str, Callable[[Path, NDArray[Any], bytes], Path]] = {
    "MP4": an_mp4,
    "MP4, restricted": partial(an_mp4, kind=b"rICC"),
    "APNG": partial(animated, kind="PNG"),
    "WebP": partial(animated, kind="WEBP"),
    "GIF": a_gif,
    "MJPEG in AVI": partial(stills, kind="JPEG", name="a.avi"),
    "MJPEG in MOV": partial(stills, kind="JPEG", name="a.mov"),
    "PNG in MKV": partial(stills, kind="PNG", name="a.mkv"),
}


def take(path: Path) -> tuple[Frames, list[Notice]]:
    notices: list[Notice] = []
    wish = Sampling.model_validate({})
    return sample(path, wish, step=lambda _done, _of: None, warn=notices.append), notices


def by_pillow(colours: NDArray[Any], data: bytes) -> NDArray[np.int64]:
    """What Pillow makes of colours (8, 3) with a profile."""
    source, srgb = ImageCms.ImageCmsProfile(BytesIO(data)), ImageCms.createProfile("sRGB")
    shown = ImageCms.profileToProfile(Image.fromarray(colours[None].astype(np.uint8)), source, srgb)
    colours_shown: NDArray[np.int64] = np.asarray(shown)[0].astype(np.int64)
    return colours_shown


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize(
    ("primaries", "gamma"), [(ADOBE_RGB, 2.2), (DISPLAY_P3, 1.8)], ids=["Adobe RGB", "Display P3"]
)
def test_the_profile_of_a_video_is_applied(
    tmp_path: Path, kind: str, primaries: NDArray[np.float64], gamma: float
) -> None:
    data = rgb_profile(primaries, gamma)
    stored = encoded(PATCHES, primaries, gamma)
    assert np.abs(stored.astype(int) - PATCHES).max() > 10
    frames, notices = take(FILES[kind](tmp_path, stored, data))
    assert len(frames) == COUNT
    assert not notices
    steady = [3, 4, 5, 6]  # white, grey, skin and black: a power function is steep in a channel that is dark
    for image in frames.images[[0, 7, -1]]:
        off = np.abs(seen(image) - by_pillow(stored, data))
        assert off[steady if "JPEG" in kind else slice(None)].max() <= LEVELS
        assert np.abs(seen(image) - PATCHES)[steady].max() <= LEVELS
    assert (frames.images[..., 3] == 255).all()


def test_alpha_is_kept(tmp_path: Path) -> None:
    half = [picture.convert("RGBA") for picture in pictures(PATCHES)]
    for picture in half:
        picture.putalpha(128)
    more: dict[str, Any] = {"save_all": True, "append_images": half[1:], "icc_profile": ADOBE}
    half[0].save(tmp_path / "a.png", "PNG", duration=50, **more)
    frames, _ = take(tmp_path / "a.png")
    assert (frames.images[..., 3] == 128).all()
    assert np.abs(seen(frames.images[3]) - by_pillow(PATCHES, ADOBE)).max() <= LEVELS


def test_a_profile_of_grey_is_applied_to_grey(tmp_path: Path) -> None:
    greys = [picture.convert("L") for picture in pictures(np.tile([[55]], (8, 3)))]
    more: dict[str, Any] = {"save_all": True, "append_images": greys[1:], "icc_profile": grey_profile(1.0)}
    greys[0].save(tmp_path / "a.png", "PNG", duration=50, **more)
    frames, notices = take(tmp_path / "a.png")
    assert not notices
    assert np.abs(seen(frames.images[3]) - 128).max() <= LEVELS  # 55 of 255 of light


def test_a_profile_counts_before_the_primaries(tmp_path: Path) -> None:
    tags = "colorspace=gbr:color_primaries=bt2020:color_trc=bt2020-10"
    frames, _ = take(an_mp4(tmp_path, PATCHES, ADOBE, tags=tags))
    assert np.abs(seen(frames.images[3]) - by_pillow(PATCHES, ADOBE)).max() <= LEVELS


@pytest.mark.parametrize("kind", ["MP4", "MP4, restricted", "APNG", "GIF", "MJPEG in AVI"])
@pytest.mark.parametrize(
    "data",
    [
        b"no profile",
        ADOBE[:200],
        ADOBE[:-20] + bytes(20),
        grey_profile(1.0),
        cmyk_profile((0, 0, 0)),
        ADOBE[:16] + b"Lab " + ADOBE[20:],
        ADOBE[:36] + b"odd " + ADOBE[40:],
    ],
    ids=["other bytes", "cut", "without its end", "of grey", "of inks", "of Lab", "without its mark"],
)
def test_a_profile_that_cannot_be_used_is_passed_over_with_a_warning(
    tmp_path: Path, kind: str, data: bytes
) -> None:
    frames, notices = take(FILES[kind](tmp_path, PATCHES, data))
    is_zeros = data[-20:] == bytes(20)  # of a curve, of which Little CMS makes what it can
    assert notices == [profile.IGNORED] or is_zeros
    if notices:
        assert np.abs(seen(frames.images[3]) - PATCHES).max() <= LEVELS


@pytest.mark.parametrize("kind", ["MP4", "APNG", "GIF", "MJPEG in AVI"])
def test_a_profile_that_is_too_long_is_passed_over(tmp_path: Path, kind: str) -> None:
    noise = np.random.default_rng(0).bytes(MAX_BYTES + 1)
    frames, notices = take(FILES[kind](tmp_path, PATCHES, ADOBE + noise))
    assert notices == [profile.IGNORED]
    assert np.abs(seen(frames.images[3]) - PATCHES).max() <= LEVELS


def test_a_video_without_a_profile_has_none(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp4", frames_of(PATCHES), *H264)
    assert take(path)[1] == []
    first, *others = pictures(PATCHES)
    first.save(tmp_path / "a.gif", save_all=True, append_images=others, duration=50)
    assert take(tmp_path / "a.gif")[1] == []


CICP = (b"cICP", bytes([12, 13, 0, 1]))  # Display P3's primaries, sRGB's curve
SRGB = (b"sRGB", bytes(1))
GAMA = (b"gAMA", (100_000).to_bytes(4, "big"))  # linear
CHRM = (b"cHRM", np.array([31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000], ">u4").tobytes())  # P3
ICCP = (b"iCCP", b"a\0\0" + zlib.compress(ADOBE))
AS_P3 = srgb_codes(converted(srgb_light(PATCHES / 255), of="smpte432")) * 255


@pytest.mark.parametrize(
    ("chunks", "right"),
    [
        ([SRGB, GAMA, CHRM], PATCHES),
        ([CICP, ICCP], AS_P3),
        ([ICCP, GAMA, CHRM], by_pillow(PATCHES, ADOBE)),
    ],
    ids=["sRGB before gAMA and cHRM", "cICP before iCCP", "iCCP before gAMA and cHRM"],
)
def test_of_an_apngs_colours_the_best_told_counts(
    tmp_path: Path, chunks: list[tuple[bytes, bytes]], right: NDArray[Any]
) -> None:
    """PNG, third edition, 4.3, table 1: cICP, iCCP, sRGB, then gAMA and cHRM."""
    path = animated(tmp_path, PATCHES, b"", "PNG")
    file = path.read_bytes()
    path.write_bytes(file[:33] + b"".join(chunk(*part) for part in chunks) + file[33:])
    assert np.abs(seen(take(path)[0].images[3]) - right).max() <= LEVELS


def test_the_profile_of_another_stream_is_not_meant(tmp_path: Path) -> None:
    small = an_mp4(tmp_path, PATCHES, ADOBE)
    large = encode(tmp_path / "b.mp4", frames_of(PATCHES, 512, 128), *LOSSLESS_H264)
    inputs = ("-i", str(small), "-i", str(large), "-map", "0", "-map", "1", "-c", "copy")
    marked = ("-disposition:v:0", "0", "-disposition:v:1", "default")
    ffmpeg(*inputs, *marked, str(tmp_path / "both.mp4"))
    assert ADOBE in (tmp_path / "both.mp4").read_bytes()
    frames, notices = take(tmp_path / "both.mp4")
    assert (frames.source.width, notices) == (512, [])
    assert np.abs(seen(frames.images[3]) - PATCHES).max() <= LEVELS


def test_a_profile_of_high_dynamic_range_is_passed_over(tmp_path: Path) -> None:
    tags = "color_primaries=bt2020:color_trc=smpte2084"
    filters = ("-vf", f"format=gbrp,setparams={tags}")
    plain = encode(tmp_path / "plain.mp4", frames_of(PATCHES), *filters, *LOSSLESS_H264)
    found, notices = take(an_mp4(tmp_path, PATCHES, ADOBE, tags=tags))
    assert np.array_equal(found.images, take(plain)[0].images)
    assert notices == []
