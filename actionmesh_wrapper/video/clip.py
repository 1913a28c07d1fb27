"""What a video file shows, before it is decoded: which frames, when, and at what size."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.frames import DEFAULT_FPS
from actionmesh_wrapper.errors import VideoError
from actionmesh_wrapper.system import limits
from actionmesh_wrapper.system.ffmpeg import CODECS
from actionmesh_wrapper.video import colours
from actionmesh_wrapper.video.colours import Colours
from actionmesh_wrapper.video.container import demuxer
from actionmesh_wrapper.video.packets import Table, Tick, choose_stream, read_tables

_DISCARDED = 0x4  # a packet's flag: decoded because others need it, but never shown (edit lists)
_NO_TIMESTAMP = -(2**63)
_INTERLACED = re.compile(r" i:[TB] ")  # in showinfo's log: the top or the bottom field is the first
_DEINTERLACED_PX = 16  # of what has fewer lines or columns bwdif takes no fields apart
_ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}  # ffmpeg's own drop the alpha of WebM
_AS_TIMED = ("-copyts", "-fps_mode", "passthrough", "-enc_time_base", "demux")


@dataclass(frozen=True)
class VideoClip:
    """A video file and how ffmpeg is to read and show it.

    Attributes:
        path: the file.
        demuxer: ffmpeg's name of its container.
        stream: ffmpeg's specifier of the stream that is the video, such as ``V:0``.
        options: ffmpeg's options of the input.
        width: pixels, as displayed (rotation and pixel aspect applied).
        height: pixels, as displayed.
        is_interlaced: whether frames are marked as two fields of different moments.
        colours: how its colours are to be read.
    """

    path: Path
    demuxer: str
    stream: str
    options: tuple[str, ...]
    width: int
    height: int
    is_interlaced: bool
    colours: Colours


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


def open_clip(path: Path, tick: Tick) -> tuple[VideoClip, Listing | None]:
    """Opens a video file and lists its frames by its packets; only the first frame is decoded.

    There is no listing where packets do not tell the frames: they have no times of their own, or a frame is
    shown before the first that stands alone, as in an animated PNG that blends all its frames over others.

    Raises:
        EmptyInput, NotAVideo, NoVideoStream: if it is no video.
        FrameTooLarge, TooManyFrames: if it is more than the worker takes.
        VideoError: if it cannot be read, or has a codec that is not taken.
    """
    container = demuxer(path)
    index, packets = choose_stream(path, container, tick)
    limits.check_size(*packets.size)
    limits.check_count(len(packets.rows))
    if packets.codec not in CODECS:
        raise VideoError(f"This video's codec, {packets.codec}, is not taken.")
    stream, decoder = f"V:{index}", _ALPHA_DECODERS.get(packets.codec)
    options = ("-reinit_filter", "0", *((f"-c:{stream}", decoder) if decoder else ()))
    first_frame = ("-vf", "sidedata=delete,showinfo=checksum=0", "-frames:v", "1", "-map_metadata", "-1")
    arguments = (*first_frame, *_AS_TIMED, "-loglevel", "info")
    (shown,) = read_tables(path, container, stream, arguments, options=options, tick=tick)
    width, height = shown.size
    clip = VideoClip(
        path=path,
        demuxer=container,
        stream=stream,
        options=options,
        width=max(1, round(width * shown.aspect)),
        height=height,
        is_interlaced=min(shown.size) >= _DEINTERLACED_PX and bool(_INTERLACED.search(shown.log)),
        colours=colours.read(shown.log, shown.size, packets.codec),
    )
    return clip, _packet_listing(packets, shown)


def list_pictures(clip: VideoClip, tick: Tick) -> Listing:
    """Lists the frames by decoding them all: slower, but right where packets do not tell them.

    Raises:
        TooManyFrames, VideoError: as `open_clip`.
    """
    tiny = ("-vf", "scale=16:16", *_AS_TIMED)
    (table,) = read_tables(clip.path, clip.demuxer, clip.stream, tiny, options=clip.options, tick=tick)
    limits.check_count(len(table.rows))
    if len(table.rows) == 0:
        raise VideoError("This video shows no frames.", detail=table.log)
    return _listing(table, "n")


def _packet_listing(packets: Table, shown: Table) -> Listing | None:
    """The frames that packets list, if they tell them; ``shown`` is the first that was decoded."""
    rows = packets.rows[(packets.rows[:, 2] & _DISCARDED) == 0]
    if len(rows) == 0:
        return None
    listing = _listing(replace(packets, rows=rows), "pts")
    is_timed = _NO_TIMESTAMP not in listing.keys and _is_rising(listing.seconds)
    is_short = (
        len(shown.rows) > 0 and shown.rows[0, 0] * shown.time_base < listing.keys[0] * packets.time_base
    )
    return listing if is_timed and not is_short else None


def _listing(table: Table, variable: str) -> Listing:
    """The frames of a table, one at least, in the order of time; ``variable`` as in `Listing`."""
    rows = table.rows[np.argsort(table.rows[:, 0], kind="stable")]
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
