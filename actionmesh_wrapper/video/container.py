"""Magic bytes → ffmpeg's name of the container; neither a file's name nor ffmpeg's guess is trusted."""

import struct
from os import SEEK_CUR
from pathlib import Path

from actionmesh_wrapper.errors import EmptyInput, NotAVideo, NoVideoStream

_HEAD_BYTES = 4096  # enough for any magic number
_MOST_CHUNKS = 1000  # before a PNG's picture, which may be long: profiles, notes
_TS_STARTS = {188: 0, 192: 4, 204: 0}  # a packet's bytes: plain, after a timestamp (AVCHD), with a checksum
_TS_SYNCS, _TS_SYNCS_INSIDE = 3, 5  # so many packets in a row are no accident, at the start and elsewhere

_DEMUXERS = {
    b"\x1aE\xdf\xa3": "matroska",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
    b"FLV\x01": "flv",
    b"OggS": "ogg",
    b"\x00\x00\x01\xba": "mpeg",
    b"\x00\x00\x01\xb3": "mpegvideo",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "asf",
}
_QUICKTIME_ATOMS = {  # that a file, or a segment of a stream, may start with
    *(b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"junk", b"pict", b"PICT", b"udta"),
    *(b"styp", b"sidx", b"ssix", b"moof", b"emsg", b"prft", b"pdin", b"uuid", b"mfra", b"meta"),
}
_STILL_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"avis"}
_AUDIO_KINDS = {b"ID3": "an MP3", b"\xff\xfb": "an MP3", b"fLaC": "a FLAC file"}
_PNG = b"\x89PNG\r\n\x1a\n"
_STILL, _HEIC = "a still image", "a HEIC or AVIF image"
_OTHER_KINDS = {
    _PNG: _STILL,
    b"\xff\xd8\xff": _STILL,
    b"BM": _STILL,
    b"II*\x00": _STILL,
    b"MM\x00*": _STILL,
    b"%PDF": "a PDF document",
}
_ARCHIVE_KINDS = {
    b"PK\x03\x04": "a ZIP archive",
    b"PK\x05\x06": "an empty ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ\x00": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
}
_FRAMES = "Give frames as one video or, on the command line and in Python, as a folder"
_TAR_MAGIC = slice(257, 262)  # behind the first file's name, mode, owner and size
_TEXT_KINDS = {
    b"<!doctype html": "a web page",
    b"<html": "a web page",
    b"<svg": "an SVG drawing",
    b"<?xml": "an XML document",
    b"#extm3u": "a playlist",
    b"ffconcat": "a playlist",
    b"{": "a JSON document",
}


def demuxer(path: Path) -> str:
    """Finds a file's container by its first bytes, and returns ffmpeg's name for it.

    QuickTime and MP4 (also fragmented), Matroska and WebM, AVI, MPEG-TS and M2TS,
    MPEG-PS and its bare video, FLV, ASF and WMV, Ogg, and animated GIF, PNG and WebP.

    Raises:
        EmptyInput: if the file has no bytes.
        NoVideoStream: if it is of a kind that holds sound alone.
        NotAVideo: if it is of any other kind; the message says which, where that is known.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        raise EmptyInput("The video has zero bytes.")
    if archive := _archive(head):
        raise NotAVideo(f"This is {archive}, not a video. {_FRAMES}: unpack it.")
    name = _by_prefix(head, _DEMUXERS) or _riff(head) or _quicktime(head) or _transport(head)
    if name is None and head.startswith(_PNG):
        name = _apng(path)
    if name is None:
        if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
            raise NoVideoStream("This is a WAV file: it has sound, but no pictures.")
        if audio := _by_prefix(head, _AUDIO_KINDS):
            raise NoVideoStream(f"This is {audio}: it has sound, but no pictures.")
        kind = _kind(head)
        advice = f" {_FRAMES}." if kind in {_STILL, _HEIC} else ""
        raise NotAVideo(f"This is {kind}, not a video.{advice}")
    return name


def _by_prefix(head: bytes, table: dict[bytes, str]) -> str | None:
    return next((name for magic, name in table.items() if head.startswith(magic)), None)


def _archive(head: bytes) -> str | None:
    return "a tar archive" if head[_TAR_MAGIC] == b"ustar" else _by_prefix(head, _ARCHIVE_KINDS)


def _riff(head: bytes) -> str | None:
    if head[:4] != b"RIFF":
        return None
    if head[8:12] == b"AVI ":
        return "avi"
    is_animated = head[8:16] == b"WEBPVP8X" and len(head) > 20 and bool(head[20] & 0x02)
    return "webp_anim" if is_animated else None


def _quicktime(head: bytes) -> str | None:
    return "mov" if head[4:8] in _QUICKTIME_ATOMS and not _is_still(head) else None


def _is_still(head: bytes) -> bool:
    """Whether the first ``ftyp`` box, which others may precede, names a brand of still images."""
    offset = 0
    while offset + 12 <= len(head):
        length, kind = struct.unpack_from(">I4s", head, offset)
        if kind == b"ftyp":
            return head[offset + 8 : offset + 12] in _STILL_BRANDS
        if length < 8:  # up to the file's end, or longer than 4 GB
            return False
        offset += length
    return False


def _transport(head: bytes) -> str | None:
    """Each of the first packets must have a sync byte at its start; the file may start inside of one."""
    if _is_text(head):
        return None
    for stride, start in _TS_STARTS.items():
        for offset in range(stride):
            count = _TS_SYNCS if offset == start else _TS_SYNCS_INSIDE
            if head[offset::stride][:count] == b"G" * count:
                return "mpegts"
    return None


def _apng(path: Path) -> str | None:
    """A PNG is animated if it has an ``acTL`` chunk before its picture."""
    with path.open("rb") as file:
        file.seek(len(_PNG))
        for _ in range(_MOST_CHUNKS):
            header = file.read(8)
            if len(header) < 8 or header[4:] == b"IDAT":
                return None
            if header[4:] == b"acTL":
                return "apng"
            file.seek(int.from_bytes(header[:4], "big") + 4, SEEK_CUR)
    return None


def _kind(head: bytes) -> str:
    """What a file is that is no video, in the caller's words."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:32].lower()
    if _is_still(head):
        return _HEIC
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _STILL
    if kind := _by_prefix(head, _OTHER_KINDS) or _by_prefix(start, _TEXT_KINDS):
        return kind
    return "a text file" if _is_text(head) else "a file of an unknown kind"


def _is_text(head: bytes) -> bool:
    return not any(byte < 9 or 13 < byte < 32 for byte in head)
