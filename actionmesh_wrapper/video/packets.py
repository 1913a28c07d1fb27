"""What a video file's streams hold, as ffmpeg's framecrc format lists it; and which of them is the video."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.errors import NoVideoStream, VideoError
from actionmesh_wrapper.system import ffmpeg, limits
from actionmesh_wrapper.system.contained import LimitExceeded
from actionmesh_wrapper.system.ffmpeg import CODECS

_LISTING_S = 120.0  # to read the file once; where timestamps are missing, to decode it at a small size
_LINE_BYTES = 200  # of a line of framecrc's output, at most
_REFUSED_SIZE = re.compile(r"Picture size (\d+)x(\d+) (exceeds|is invalid)")  # in ffmpeg's log
_NO_VIDEO = "matches no streams"  # in ffmpeg's log; cover art does not match 0:V
_MAPPED = re.compile(r"Stream #0:(\d+) -> #0:(\d+) ")  # in ffmpeg's log: the file's stream, the output's

_ENDS_EARLY = re.compile(r"partial file|ended prematurely")  # in ffmpeg's log, of MP4 and of Matroska
_CORRUPT = 0x2  # a packet's flag: a part of it is missing

Tick = Callable[[int], None]
"""Called several times a second with the bytes read so far; may raise `Cancelled`."""


@dataclass(frozen=True, eq=False)
class Table:
    """What ffmpeg's framecrc format says of a stream.

    Attributes:
        rows: (N, 3) int64: timestamp and duration, in units of ``time_base``, and flags of each packet.
        time_base: seconds.
        codec: ffmpeg's name.
        size: width and height in pixels; zeros where ffmpeg does not know them.
        aspect: a pixel's width by its height.
        log: the end of ffmpeg's log.
    """

    rows: NDArray[np.int64]
    time_base: Fraction
    codec: str
    size: tuple[int, int]
    aspect: float
    log: str

    @property
    def is_damaged(self) -> bool:
        """Whether something of the stream is missing, as of a file that was cut short, and ffmpeg sees it."""
        return bool((self.rows[:, 2] & _CORRUPT).any()) or _ENDS_EARLY.search(self.log) is not None


def choose_stream(path: Path, container: str, tick: Tick) -> tuple[int, Table]:
    """Lists the packets of the stream that a player would play, and which of ``0:V`` it is, from 0.

    That is one of moving pictures rather than of one, marked as the default, and the largest; of several
    such, the first. Only streams of a codec that is taken are asked, unless there is none.

    Raises:
        NoVideoStream, FrameTooLarge, TooManyFrames, VideoError: as `read_tables`.
    """
    tables = read_tables(path, container, "V", ("-c", "copy", "-copyts"), tick=tick)
    if len(tables) == 1:
        return 0, tables[0]
    defaults = _defaults(path, container, len(tables), tick)

    def merit(index: int) -> tuple[bool, bool, bool, int]:
        table = tables[index]
        return (
            table.codec in CODECS,
            len(table.rows) > 1,
            index in defaults,
            table.size[0] * table.size[1],
        )

    chosen = max(range(len(tables)), key=merit)
    return chosen, tables[chosen]


def read_tables(
    path: Path,
    container: str,
    streams: str,
    arguments: Sequence[str],
    *,
    tick: Tick,
    options: Sequence[str] = (),
) -> list[Table]:
    """Runs ffmpeg on a file's video streams, and reads what it lists of each: one table at least.

    Args:
        path: the file.
        container: ffmpeg's name of it.
        streams: ffmpeg's specifier: ``V`` for all but cover art, ``V:0`` for the first.
        arguments: ffmpeg's, of the output.
        tick: see `Tick`.
        options: ffmpeg's, of the input.

    Raises:
        NoVideoStream: if there is no such stream.
        FrameTooLarge, TooManyFrames: if it is more than the worker takes.
        VideoError: if it cannot be read.
    """
    text, log = _run(path, container, ("-map", f"0:{streams}", *arguments), tick=tick, options=options)
    headers: dict[int, dict[str, str]] = defaultdict(dict)
    for field, index, value in re.findall(r"^#(\w+) (\d+): (.+)$", text, re.MULTILINE):
        headers[int(index)][field] = value
    sized = [index for index, header in sorted(headers.items()) if "dimensions" in header]
    sizes = [headers[index]["dimensions"] for index in sized]
    if (refused := _REFUSED_SIZE.search(log)) and (refused[3] == "exceeds" or set(sizes) <= {"0x0"}):
        limits.check_size(int(refused[1]), int(refused[2]))
    if not sized:
        if _NO_VIDEO in log:
            raise NoVideoStream("This file has no moving pictures.", detail=log)
        raise VideoError("This video cannot be read; it may be damaged or incomplete.", detail=log)
    rows: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for line in text.splitlines():
        if line[:1].isdigit():
            rows[int(line.partition(",")[0])].append(_row(line))
    return [_table(headers[index], rows[index], log) for index in sized]


def _row(line: str) -> tuple[int, int, int]:
    """(pts, duration, flags) from ``stream, dts, pts, duration, size, crc[, F=flags][, side data]``."""
    fields = line.split(",")
    flags = fields[6].strip() if len(fields) > 6 else ""
    return int(fields[2]), int(fields[3]), int(flags[2:], 0) if flags.startswith("F=") else 0


def _table(header: dict[str, str], rows: list[tuple[int, int, int]], log: str) -> Table:
    width, height = map(int, header["dimensions"].split("x"))
    aspect_width, aspect_height = map(int, header["sar"].split("/"))
    return Table(
        rows=np.array(rows, np.int64).reshape(-1, 3),
        time_base=Fraction(header["tb"]),
        codec=header["codec_id"],
        size=(width, height),
        aspect=aspect_width / aspect_height if aspect_width > 0 < aspect_height else 1.0,
        log=log,
    )


def _defaults(path: Path, container: str, count: int, tick: Tick) -> set[int]:
    """Which of the file's ``count`` streams are marked as the default: ffmpeg's log maps those twice."""
    twice = ("-map", "0:V:disp:default?", "-map_metadata", "-1", "-c", "copy", "-frames:v", "1")
    _, log = _run(path, container, ("-map", "0:V", *twice, "-loglevel", "info"), tick=tick)
    sources = {int(output): source for source, output in _MAPPED.findall(log)}
    marked = {source for output, source in sources.items() if output >= count}
    return {index for index in range(count) if sources.get(index) in marked}


def _run(
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
