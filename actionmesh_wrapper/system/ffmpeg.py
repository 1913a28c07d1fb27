"""The ffmpeg that imageio-ffmpeg bundles, contained: it reads one open file and nothing else."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Literal

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.system import limits
from actionmesh_wrapper.system.contained import Completed, LimitExceeded, Limits, run
from actionmesh_wrapper.system.files import no_partial

# What phones, cameras, browsers, screen recorders and editors write, and ffmpeg's names of it.
_SAME_NAME = """
    h264 hevc mpeg4 mpeg2video mpeg1video h263 mjpeg vc1 wmv1 wmv2 wmv3 msmpeg4v2 theora vp6f
    prores dnxhd cfhd apv dvvideo hap ffv1 ffvhuff huffyuv utvideo magicyuv qtrle zmbv rawvideo v210
    gif png apng webp webp_anim
"""
_OTHER_NAMES = {
    "av1": ("libdav1d", "libaom-av1", "av1"),
    "vp8": ("vp8", "libvpx"),  # the second of each keeps alpha
    "vp9": ("vp9", "libvpx-vp9"),
    "flv1": ("flv",),
    "msmpeg4v3": ("msmpeg4",),
}
CODECS = frozenset((*_SAME_NAME.split(), *_OTHER_NAMES))
DECODERS = (*_SAME_NAME.split(), *(name for names in _OTHER_NAMES.values() for name in names))

_THREADS = 2  # a fixed number keeps memory and results the same on any machine
_GIB = 1 << 30
_MEMORY_BYTES = 4 * _GIB  # an 8K frame of 10 bits takes 0.1 GB, and a decoder keeps up to 16 and a few more
_BURST_SHARE = 0.2  # share of a budget that may come at once, such as a first picture
_CONTAINER_SHARE = 0.05  # share of a budget for the container, and for x264's own inexactness
_ENCODING_LIMITS = Limits(
    seconds=600, cpu_seconds=1200, memory_bytes=_MEMORY_BYTES, output_bytes=0, file_bytes=_GIB
)


def decoding_limits(seconds: float, output_bytes: int) -> Limits:
    """Limits for `read`: no files at all, and all threads busy for the whole time."""
    return Limits(
        seconds=seconds,
        cpu_seconds=round(seconds * _THREADS) + 1,
        memory_bytes=_MEMORY_BYTES,
        output_bytes=output_bytes,
        file_bytes=0,
    )


def read(
    path: Path,
    demuxer: str,
    arguments: Sequence[str],
    *,
    bounds: Limits,
    options: Sequence[str] = (),
    tick: Callable[[int], None] = lambda _: None,
) -> Completed:
    """Reads a video file and returns what ffmpeg makes of it on its stdout.

    ffmpeg is handed the open file and may open nothing else: no neighbour, no address. It takes the file
    for what ``demuxer`` says, whatever its name or bytes suggest, and decodes `CODECS` alone.

    Args:
        path: the file.
        demuxer: ffmpeg's name of its container, such as ``mov``.
        arguments: of the output, its format included.
        bounds: what it may use.
        options: of the input.
        tick: see `contained.run`.

    Raises:
        LimitExceeded: if it ran out of time or wrote more than it may.
    """
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-nostats", "-loglevel", "error"),
        *("-filter_threads", str(_THREADS), "-protocol_whitelist", "fd", "-f", demuxer, "-fd", "0"),
        *("-codec_whitelist", ",".join(DECODERS)),
        *("-max_pixels", str(limits.MAX_PIXELS), "-threads", str(_THREADS), *options),
        *("-i", "fd:", *arguments, "pipe:1"),
    ]
    return run(command, limits=bounds, stdin=path, tick=tick)


@dataclass(frozen=True)
class Budget:
    """How large a video may get: pictures that would need more are made coarser.

    Attributes:
        bytes: of the whole file.
        seconds: how long the video will be.
    """

    bytes: int
    seconds: float


def encode_mp4(
    frames: Iterable[NDArray[np.uint8]],
    path: Path,
    fps: float,
    *,
    crf: int = 18,
    preset: Literal["veryfast", "medium"] = "medium",
    budget: Budget | None = None,
) -> None:
    """Writes pictures as an MP4 that every browser plays: H.264, 4:2:0, BT.709, index at the front.

    Two runs over the same pictures write the same bytes. Without success there is no file.

    Args:
        frames: (H, W, 3) uint8 sRGB each, row 0 at the top, all of one size with even sides; an array
            (N, H, W, 3), or a generator, which is asked for one at a time.
        path: the file to write; an older one is replaced.
        fps: pictures per second, > 0.
        crf: x264's constant rate factor; 0 is lossless, 18 looks the same, 51 is worst.
        preset: x264's: of drawn pictures veryfast makes as small a file in half the time.
        budget: bounds the file; ``crf`` holds where it leaves room.

    Raises:
        ExportFailed: if ffmpeg fails.
        ValueError: if there is no picture, or one has another shape or dtype.
    """
    pictures = iter(frames)
    first = next(pictures, None)
    if first is None:
        raise ValueError("a video needs at least one picture")
    rate = Fraction(fps).limit_denominator(1001)
    quality = ["-crf", str(crf), "-preset", preset, *_rate_limit(budget)]
    command = _encode_command(first.shape, rate, quality, path)
    feed = _raw_pictures(chain([first], pictures), first.shape)
    with no_partial(path):
        try:
            result = run(command, limits=_ENCODING_LIMITS, feed=feed)
        except LimitExceeded as error:
            raise ExportFailed("Encoding the video took too long.", detail=error.log) from error
        if result.code != 0:
            raise ExportFailed("The video could not be encoded.", detail=result.log)


def _rate_limit(budget: Budget | None) -> list[str]:
    """A buffer that holds a part of the budget, for what comes in bursts, and is filled up by the rest."""
    if budget is None:
        return []
    bits = budget.bytes * 8 * (1 - _CONTAINER_SHARE)
    burst = bits * _BURST_SHARE
    rate = round((bits - burst) / budget.seconds)
    # Several threads guess what the others will need, each time differently.
    return ["-threads", "1", "-maxrate", str(rate), "-bufsize", str(round(burst))]


def _encode_command(shape: tuple[int, ...], rate: Fraction, quality: list[str], path: Path) -> list[str]:
    height, width, _ = shape
    to_bt709 = "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int"
    tagged = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    return [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-y", "-loglevel", "error"),
        *("-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{width}x{height}"),
        *("-framerate", str(rate), "-i", "pipe:0"),
        *("-vf", f"{to_bt709},format=yuv420p,{tagged}"),
        *("-c:v", "libx264", "-threads", str(_THREADS), *quality),
        *("-movflags", "+faststart", "-f", "mp4", f"file:{path}"),
    ]


def _raw_pictures(frames: Iterable[NDArray[np.uint8]], shape: tuple[int, ...]) -> Iterator[bytes]:
    """Each picture's bytes, row by row.

    Raises:
        ValueError: if one is not (H, W, 3) uint8 of this shape with even sides.
    """
    height, width, channels = shape
    for frame in frames:
        if frame.dtype != np.uint8 or frame.shape != shape or channels != 3 or height % 2 or width % 2:
            raise ValueError(
                f"pictures must be uint8 {shape} with even sides, not {frame.dtype} {frame.shape}"
            )
        yield frame.tobytes()
