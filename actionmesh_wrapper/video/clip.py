"""What a video file shows, before it is decoded: which frames, when, and at what size."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.frames import DEFAULT_FPS
from actionmesh_wrapper.data.progress import Notice, Warn
from actionmesh_wrapper.errors import VideoError
from actionmesh_wrapper.system import limits
from actionmesh_wrapper.system.colour_profile import ToSrgb, UnusableProfile, to_srgb
from actionmesh_wrapper.system.ffmpeg import CODECS
from actionmesh_wrapper.video import colours, profile
from actionmesh_wrapper.video.colours import Colours
from actionmesh_wrapper.video.container import demuxer
from actionmesh_wrapper.video.packets import Table, Tick, choose_stream, read_tables

DAMAGED = Notice(
    "VIDEO_DAMAGED", "The video's file is damaged or was cut short; only what can be read of it was used."
)
_DISCARDED = 0x4  # a packet's flag: decoded because others need it, but never shown (edit lists)
_NO_TIMESTAMP = -(2**63)
_INTERLACED = re.compile(r" i:[TB] ")  # in showinfo's log: the top or the bottom field is the first
_GREY = re.compile(r" fmt:(gray|ya|mono)")
_DOLBY_VISION = re.compile(r" version: \d+\.\d+, profile: (\d+), .*compatibility id: (\d+)")
_DEINTERLACED_PX = 16  # of what has fewer lines or columns bwdif takes no fields apart
_ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}  # ffmpeg's own drop the alpha of WebM
_OUTPUT = "Output #0"  # in ffmpeg's log, before what it says of the chosen stream alone
_SHOWN = "sidedata=delete,showinfo=checksum=0"
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
        deinterlacing: ``always`` if the first frame is marked as two fields of different moments, ``if met``
            if it is not, ``never`` if frames are too small for it.
        colours: how its colours are to be read.
        to_srgb: takes decoded frames into sRGB; None where ``colours`` says all.
        is_damaged: whether something of its file is missing.
    """

    path: Path
    demuxer: str
    stream: str
    options: tuple[str, ...]
    width: int
    height: int
    deinterlacing: Literal["always", "if met", "never"]
    colours: Colours
    to_srgb: ToSrgb | None
    is_damaged: bool = False


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


def open_clip(path: Path, tick: Tick, warn: Warn = lambda _: None) -> tuple[VideoClip, Listing | None]:
    """Opens a video file and lists its frames by its packets; only the first frame is decoded.

    There is no listing where packets do not tell the frames: they have no times of their own, or a frame is
    shown before the first that stands alone, as in an animated PNG that blends all its frames over others.

    Args:
        path: the file.
        tick: see `Tick`.
        warn: takes notices of a file that is damaged, and of a colour profile that cannot be used.

    Raises:
        EmptyInput, NotAVideo, NoVideoStream: if it is no video.
        FrameTooLarge, TooManyFrames: if it is more than the worker takes.
        VideoError: if it cannot be read, or has a codec or colours that are not taken.
    """
    container = demuxer(path)
    index, packets = choose_stream(path, container, tick)
    limits.check_size(*packets.size)
    limits.check_count(len(packets.rows))
    if packets.codec not in CODECS:
        raise VideoError(f"This video's codec, {packets.codec}, is not taken.")
    stream, decoder = f"V:{index}", _ALPHA_DECODERS.get(packets.codec)
    options = ("-reinit_filter", "0", *((f"-c:{stream}", decoder) if decoder else ()))
    shown = _first_frame(path, container, stream, options, tick)
    _refuse_dolbys_own_colours(shown.log)
    width, height = shown.size
    clip = VideoClip(
        path=path,
        demuxer=container,
        stream=stream,
        options=options,
        width=max(1, round(width * shown.aspect)),
        height=height,
        deinterlacing=_deinterlacing(shown),
        colours=colours.read(shown.log, shown.size, packets.codec),
        to_srgb=None,
        is_damaged=packets.is_damaged,
    )
    if clip.is_damaged:
        warn(DAMAGED)
    return _with_profile(clip, shown.log, tick, warn), _packet_listing(packets, shown)


def _first_frame(path: Path, container: str, stream: str, options: Sequence[str], tick: Tick) -> Table:
    """The table of the first frame, with what ffmpeg tells of it in the log.

    It goes out three times: as it is stored and as it is decoded, since ffmpeg says of an output what its
    stream says of itself and what comes with its frames; and without the latter, which would fill the log,
    to showinfo. That is through with the frame before ffmpeg says anything of the output.
    """
    shown = ("-c:0", "copy", "-copyinkf:0", "-c:1", "wrapped_avframe", "-filter:2", _SHOWN)
    unnamed = ("-map_metadata", "-1", "-map_chapters", "-1")  # whose titles would fill the log too
    arguments = (*("-map", f"0:{stream}") * 2, *shown, "-frames:v", "1", *unnamed, *_AS_TIMED)
    tables = read_tables(
        path, container, stream, (*arguments, "-loglevel", "info"), options=options, tick=tick
    )
    return tables[-1]


def _deinterlacing(shown: Table) -> Literal["always", "if met", "never"]:
    if min(shown.size) < _DEINTERLACED_PX:
        return "never"
    return "always" if _INTERLACED.search(shown.log) else "if met"


def _refuse_dolbys_own_colours(log: str) -> None:
    """Raises VideoError for Dolby Vision that shows green and purple without Dolby's own decoder.

    So it is of profile 5, and of 10 without a layer for others (Dolby Vision Profiles and Levels).
    """
    told = _DOLBY_VISION.search(log.rpartition(_OUTPUT)[2])
    if told and (told[1] == "5" or (told[1], told[2]) == ("10", "0")):
        raise VideoError(
            f"This video is Dolby Vision of profile {told[1]}, whose colours only Dolby's own decoders know; "
            "save it as HDR10, HLG or standard range."
        )


def _with_profile(clip: VideoClip, log: str, tick: Tick, warn: Warn) -> VideoClip:
    """The clip with its file's colour profile, which counts before primaries and curve; HDR has none."""
    if clip.colours.hdr:
        return clip
    data = profile.read(clip.path, clip.demuxer, clip.stream, log, options=clip.options, tick=tick)
    if data is None:
        return clip
    try:
        transform = to_srgb(data, spaces={"RGB", "GRAY"} if _GREY.search(log) else {"RGB"})
    except UnusableProfile:
        warn(profile.IGNORED)
        return clip
    as_stored = replace(clip.colours, primaries="bt709", transfer="unknown")
    return replace(clip, colours=as_stored, to_srgb=transform)


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
