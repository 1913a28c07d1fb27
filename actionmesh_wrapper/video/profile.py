"""The colour profile (ICC) that a video's file has for its frames.

ffmpeg hands on those of QuickTime, MP4, PNG, WebP and JPEG, and applies none. Two more are found here:
restricted ones of MP4 (ISO/IEC 14496-12, 12.1.5) and those of GIF (ICC.1:2022, annex B), each by its mark.
"""

from collections.abc import Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path

from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.system import ffmpeg, pictures
from actionmesh_wrapper.system.colour_profile import MAX_BYTES
from actionmesh_wrapper.system.contained import LimitExceeded
from actionmesh_wrapper.video.packets import Tick

IGNORED = Notice(
    "COLOUR_PROFILE_IGNORED", "The video's colour profile (ICC) cannot be used; its colours may be off."
)
_READING_S = 20.0  # the first frame alone is decoded
_SIDE_PX = 16  # of the picture that the profile comes in
_OUTPUT, _HANDED_ON = "Output #0", "ICC Profile"  # in ffmpeg's log, the latter after the former
_RESTRICTED, _RESTRICTED_MARK = "color_parameter_type rICC", b"colrrICC"  # in ffmpeg's log, and in the file
_GIF_MARK = b"\x21\xff\x0bICCRGBG1012"
_GIF_HEAD_BYTES = 2 * MAX_BYTES


def read(
    path: Path, container: str, stream: str, log: str, *, options: Sequence[str], tick: Tick
) -> bytes | None:
    """The profile's bytes, as they are: of any content, none if they cannot be had; None if there is none.

    Args:
        path: the file.
        container: ffmpeg's name of it.
        stream: ffmpeg's specifier of the stream.
        log: of ffmpeg at the first frame, with what its output is told of the frame.
        options: ffmpeg's, of the input.
        tick: see `packets.Tick`.
    """
    if _HANDED_ON in log.rpartition(_OUTPUT)[2]:
        return _handed_on(path, container, stream, options, tick)
    if container == "gif":
        return _of_gif(path)
    return _restricted(path) if _RESTRICTED in log else None


def _handed_on(path: Path, container: str, stream: str, options: Sequence[str], tick: Tick) -> bytes:
    """The profile that ffmpeg hands on with the first frame: it writes it into a PNG."""
    small = ("-vf", f"scale={_SIDE_PX}:{_SIDE_PX},format=rgb24", "-frames:v", "1")
    arguments = ("-map", f"0:{stream}", *small, "-c:v", "png", "-f", "image2pipe")
    bounds = ffmpeg.decoding_limits(_READING_S, 2 * MAX_BYTES)
    try:
        result = ffmpeg.read(path, container, arguments, bounds=bounds, options=options, tick=tick)
        with pictures.opened(memoryview(result.output), most_pixels=_SIDE_PX**2) as picture:
            return bytes(picture.info.get("icc_profile") or b"")
    except (LimitExceeded, pictures.UnreadablePicture):
        return b""


def _of_gif(path: Path) -> bytes | None:
    """The profile in a GIF's application block: parts of up to 255 bytes, each after its length."""
    with path.open("rb") as file:
        head = file.read(_GIF_HEAD_BYTES)
    at = head.find(_GIF_MARK) + len(_GIF_MARK)
    if at < len(_GIF_MARK):
        return None
    parts = []
    while at < len(head) and (length := head[at]):
        parts.append(head[at + 1 : at + 1 + length])
        at += 1 + length
    return b"".join(parts)


def _restricted(path: Path) -> bytes:
    """The profile in an MP4's ``colr`` box of the type ``rICC``; its own first word is its length."""
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        start = data.find(_RESTRICTED_MARK) + len(_RESTRICTED_MARK)
        length = int.from_bytes(data[start : start + 4], "big")
        return data[start : start + min(length, MAX_BYTES)]
