"""The request's video → a file of our own naming."""

import base64
from pathlib import Path

from actionmesh_wrapper.addresses import anywhere, public
from actionmesh_wrapper.errors import EmptyInput, InvalidBase64
from actionmesh_wrapper.partial import no_partial
from actionmesh_wrapper.progress import Part
from actionmesh_wrapper.request import Request
from actionmesh_wrapper.source.transfer import download, too_large

_STANDARD = str.maketrans("-_", "+/")  # from the URL-safe alphabet
_NAME = "source"  # no ending: what the file is, its bytes say


def fetch(request: Request, folder: Path, *, max_bytes: int, step: Part, allow_private: bool = False) -> Path:
    """Brings the request's video into a folder.

    Args:
        request: has ``video_url`` or ``video_base64``.
        folder: an existing folder; without success there is no new file in it.
        max_bytes: the largest video taken.
        step: is called with the bytes that came and those expected; may raise `Cancelled`.
        allow_private: also take addresses that are not public. For tests on loopback alone.

    Returns:
        The file's path.

    Raises:
        UrlNotAllowed, DownloadFailed, DownloadTimeout, DownloadIncomplete: see `transfer.download`.
        InvalidBase64: if ``video_base64`` is not base64.
        TooLarge: if the video has more bytes than allowed.
        EmptyInput: if it has none.
    """
    path = folder / _NAME
    if request.video_url is not None:
        find = anywhere if allow_private else public
        download(str(request.video_url), path, max_bytes=max_bytes, step=step, find=find)
    else:
        step(0, 1)
        content = _decoded(request.video_base64 or "", max_bytes)
        with no_partial(path):
            path.write_bytes(content)
            step(1, 1)
    return path


def _decoded(text: str, max_bytes: int) -> bytes:
    """Decodes base64: bare or a data: URL, of either alphabet, with or without white space and padding."""
    text = text.lstrip()
    if text[:5].lower() == "data:":
        header, comma, text = text.partition(",")
        if not (comma and header.lower().endswith(";base64")):
            raise InvalidBase64("video_base64: a data: URL must be of the kind data:…;base64,….")
    text = "".join(text.split()).translate(_STANDARD).rstrip("=")
    size = len(text) * 3 // 4
    if size > max_bytes:
        raise too_large(size, max_bytes)
    if size == 0:
        raise EmptyInput("The video has zero bytes.")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError as error:  # binascii.Error is one
        raise InvalidBase64("video_base64: is not valid base64.") from error
