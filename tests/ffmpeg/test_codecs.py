import re
import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest

from actionmesh_wrapper import ffmpeg
from actionmesh_wrapper.ffmpeg.codecs import CODECS, DECODERS
from tests.video.clips import bars, encode

BOUNDS = ffmpeg.decoding_limits(20, 1 << 20)
RAW = ("-map", "0:V:0", "-frames:v", "2", "-f", "rawvideo", "-pix_fmt", "gray")


def listed(what: str) -> set[str]:
    """What the bundled ffmpeg says that it has."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", what]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"^ \S+ (\w[\w-]*) ", text, re.MULTILINE))


def test_every_name_is_one_of_ffmpegs() -> None:
    assert set(DECODERS) <= listed("-decoders")
    assert listed("-codecs") >= CODECS


@pytest.mark.parametrize(
    ("ending", "demuxer", "codec"),
    [
        *(("mp4", "mov", codec) for codec in ("libx264", "libx265", "mpeg4", "libsvtav1", "libvpx-vp9")),
        *(
            ("mov", "mov", codec)
            for codec in ("prores_ks", "qtrle", "png", "mjpeg", "rawvideo", "v210", "cfhd")
        ),
        *(
            ("mkv", "matroska", codec)
            for codec in ("ffv1", "ffvhuff", "huffyuv", "utvideo", "magicyuv", "wmv1")
        ),
        *(("avi", "avi", codec) for codec in ("msmpeg4", "msmpeg4v2", "libxvid", "zmbv", "wmv2")),
        ("webm", "matroska", "libvpx"),
        ("ts", "mpegts", "mpeg2video"),
        ("mpg", "mpeg", "mpeg1video"),
        ("flv", "flv", "flv"),
        ("ogv", "ogg", "libtheora"),
        ("3gp", "mov", "h263"),
        ("gif", "gif", "gif"),
        ("apng", "apng", "apng"),
        ("webp", "webp_anim", "libwebp_anim"),
    ],
)
def test_what_people_have_is_decoded(tmp_path: Path, ending: str, demuxer: str, codec: str) -> None:
    frames = bars(6, width=176, height=144)  # a size that H.263 has
    alpha_less = (
        ("-pix_fmt", "yuv420p") if codec.startswith("libvpx") else ()
    )  # it asks for more options else
    clip = encode(tmp_path / f"clip.{ending}", frames, "-c:v", codec, *alpha_less, fps=25)
    result = ffmpeg.read(clip, demuxer, RAW, bounds=BOUNDS)
    assert len(result.output) == 2 * 176 * 144


@pytest.mark.parametrize("codec", ["targa", "tiff", "exr", "cinepak", "jpeg2000"])
def test_other_decoders_are_not_reached(tmp_path: Path, codec: str) -> None:
    clip = encode(tmp_path / "clip.mkv", bars(6), "-c:v", codec)
    result = ffmpeg.read(clip, "matroska", RAW, bounds=BOUNDS)
    assert not result.output
    assert f"Codec ({codec}) not on whitelist" in result.log
