"""What a video file shows, before it is decoded: which frames, when, and at what size."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.frames import DEFAULT_FPS
from actionmesh_wrapper.errors import NoVideoStream, VideoError
from actionmesh_wrapper.system import ffmpeg, limits
from actionmesh_wrapper.system.contained import LimitExceeded
from actionmesh_wrapper.system.ffmpeg import CODECS
from actionmesh_wrapper.video.container import demuxer

_LISTING_S = 120.0  # to read the file once; where timestamps are missing, to decode it at a small size
_LINE_BYTES = 200  # of a line of framecrc's output, at most
_DISCARDED = 0x4  # a packet's flag: decoded because others need it, but never shown (edit lists)
_NO_TIMESTAMP = -(2**63)
_REFUSED_SIZE = re.compile(r"Picture size (\d+)x(\d+) (exceeds|is invalid)")  # in ffmpeg's log
_NO_SIZE = "0x0"
_NO_VIDEO = "matches no streams"  # in ffmpeg's log; cover art does not match 0:V
_ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}  # ffmpeg's own drop the alpha of WebM
_HDR_TRANSFERS = ("smpte2084", "arib-std-b67")  # PQ and HLG

Tick = Callable[[int], None]
"""Called several times a second with the bytes read so far; may raise `Cancelled`."""


@dataclass(frozen=True)
class VideoClip:
    """A video file and how ffmpeg is to read and show it.

    Attributes:
        path: the file.
        demuxer: ffmpeg's name of its container.
        options: ffmpeg's options of the input.
        width: pixels, as displayed (rotation and pixel aspect applied).
        height: pixels, as displayed.
        hdr: the transfer function to tone-map from, ffmpeg's name; "" for standard range.
    """

    path: Path
    demuxer: str
    options: tuple[str, ...]
    width: int
    height: int
    hdr: str


@dataclass(frozen=True, eq=False)
class Listing:
    """The frames that a video shows, in the order of time.

    Attributes:
        keys: (T,) int64, the value of ``variable`` for each frame.
        variable: by which ffmpeg's select filter names a frame: ``pts`` or ``n``.
        seconds: (T,) float64, when each is shown after the first, rounded to microseconds.
        start_s: when the first is shown, by the file's own clock.
        duration_s: from the first frame's start to the last frame's end.
    """

    keys: NDArray[np.int64]
    variable: str
    seconds: NDArray[np.float64]
    start_s: float
    duration_s: float

    @property
    def has_distinct_times(self) -> bool:
        """Whether every frame has a time of its own."""
        return _NO_TIMESTAMP not in self.keys and _is_rising(self.seconds)


def open_clip(path: Path, tick: Tick) -> tuple[VideoClip, Listing]:
    """Opens a video file and lists its frames by its packets; only the first frame is decoded.

    Raises:
        EmptyInput, NotAVideo, NoVideoStream: if it is no video.
        FrameTooLarge, TooManyFrames: if it is more than the worker takes.
        VideoError: if it cannot be read, or has a codec that is not taken.
    """
    container = demuxer(path)
    table = _read_table(path, container, ("-c", "copy", "-copyts"), tick=tick)
    limits.check_size(*table.size)
    if table.codec not in CODECS:
        raise VideoError(f"This video's codec, {table.codec}, is not taken.")
    decoder = _ALPHA_DECODERS.get(table.codec)
    options = ("-reinit_filter", "0", *(("-c:v", decoder) if decoder else ()))
    first_frame = ("-vf", "sidedata=delete,showinfo=checksum=0", "-frames:v", "1", "-map_metadata", "-1")
    shown = _read_table(path, container, (*first_frame, "-loglevel", "info"), options=options, tick=tick)
    width, height = shown.size
    hdr = next((transfer for transfer in _HDR_TRANSFERS if f"color_trc:{transfer}" in shown.log), "")
    clip = VideoClip(path, container, options, max(1, round(width * shown.aspect)), height, hdr)
    return clip, _listing(table, "pts")


def list_pictures(clip: VideoClip, tick: Tick) -> Listing:
    """Lists the frames by decoding them all: slower, but right where packets carry no good timestamps.

    Raises:
        TooManyFrames, VideoError: as `open_clip`.
    """
    tiny = ("-vf", "scale=16:16", "-fps_mode", "passthrough", "-enc_time_base", "demux")
    table = _read_table(clip.path, clip.demuxer, tiny, options=clip.options, tick=tick)
    return _listing(table, "n")


@dataclass(frozen=True, eq=False)
class _Table:
    """What ffmpeg's framecrc format says of a stream; rows are (pts, duration, flags)."""

    rows: NDArray[np.int64]
    time_base: Fraction
    codec: str
    size: tuple[int, int]
    aspect: float
    log: str


def _read_table(
    path: Path, container: str, arguments: Sequence[str], *, tick: Tick, options: Sequence[str] = ()
) -> _Table:
    """Runs ffmpeg on the file's video stream and reads what it lists.

    Raises:
        NoVideoStream, FrameTooLarge, TooManyFrames, VideoError: as `open_clip`.
    """
    text, log = _run_framecrc(path, container, ("-map", "0:V:0", *arguments), tick=tick, options=options)
    header = dict(re.findall(r"^#(\w+) 0: (.+)$", text, re.MULTILINE))
    has_size = header.get("dimensions", _NO_SIZE) != _NO_SIZE
    if (refused := _REFUSED_SIZE.search(log)) and (refused[3] == "exceeds" or not has_size):
        limits.check_size(int(refused[1]), int(refused[2]))
    if "dimensions" not in header:
        if _NO_VIDEO in log:
            raise NoVideoStream("This file has no moving pictures.", detail=log)
        raise VideoError("This video cannot be read; it may be damaged or incomplete.", detail=log)
    rows = [_row(line) for line in text.splitlines() if line.startswith("0,")]
    limits.check_count(len(rows))
    width, height = map(int, header["dimensions"].split("x"))
    aspect_width, aspect_height = map(int, header["sar"].split("/"))
    return _Table(
        rows=np.array(rows, np.int64).reshape(-1, 3),
        time_base=Fraction(header["tb"]),
        codec=header["codec_id"],
        size=(width, height),
        aspect=aspect_width / aspect_height if aspect_width > 0 < aspect_height else 1.0,
        log=log,
    )


def _run_framecrc(
    path: Path, container: str, arguments: Sequence[str], *, tick: Tick, options: Sequence[str] = ()
) -> tuple[str, str]:
    """Runs ffmpeg; returns its output in the framecrc format, and the end of its log."""
    bounds = ffmpeg.decoding_limits(_LISTING_S, limits.MAX_FRAMES * _LINE_BYTES)
    command = (*arguments, "-f", "framecrc")
    try:
        result = ffmpeg.read(path, container, command, bounds=bounds, options=options, tick=tick)
    except LimitExceeded as error:
        if error.cause == "output":
            raise limits.too_many_frames() from error
        raise VideoError("This video takes too long to read.", detail=error.log) from error
    return result.output.decode(errors="replace"), result.log


def _row(line: str) -> tuple[int, int, int]:
    """(pts, duration, flags) from ``stream, dts, pts, duration, size, crc[, F=flags][, side data]``."""
    fields = line.split(",")
    flags = fields[6].strip() if len(fields) > 6 else ""
    return int(fields[2]), int(fields[3]), int(flags[2:], 0) if flags.startswith("F=") else 0


def _listing(table: _Table, variable: str) -> Listing:
    """The frames that are shown, in the order of time; ``variable`` as in `Listing`."""
    rows = table.rows[(table.rows[:, 2] & _DISCARDED) == 0]
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    if len(rows) == 0:
        raise VideoError("This video shows no frames.", detail=table.log)
    stamps, time_base = rows[:, 0].astype(np.float64), float(table.time_base)
    seconds = ((stamps - stamps[0]) * time_base).round(6)
    mean_step = float(seconds[-1]) / (len(rows) - 1) if seconds[-1] > 0 else 1 / DEFAULT_FPS
    if variable == "n" and not _is_rising(
        seconds
    ):  # even the decoder has no times: the rate is taken as steady
        seconds = (np.arange(len(rows)) * mean_step).round(6)
    last_step = int(rows[-1, 1]) * time_base
    return Listing(
        keys=rows[:, 0] if variable == "pts" else np.arange(len(rows)),
        variable=variable,
        seconds=seconds,
        start_s=float(stamps[0] * time_base),
        duration_s=round(float(seconds[-1]) + (last_step if last_step > 0 else mean_step), 6),
    )


def _is_rising(seconds: NDArray[np.float64]) -> bool:
    return bool((np.diff(seconds) > 0).all())
