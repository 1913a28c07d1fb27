"""The request's video, and its mesh where there is one → files of our own naming."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import AnyHttpUrl

from actionmesh_wrapper.addresses import Find, anywhere, public
from actionmesh_wrapper.errors import EmptyInput, InvalidBase64, JobError
from actionmesh_wrapper.fetched import Fetched
from actionmesh_wrapper.partial import no_partial
from actionmesh_wrapper.progress import Part
from actionmesh_wrapper.request import Request
from actionmesh_wrapper.source.transfer import download, too_large

_STANDARD = str.maketrans("-_", "+/")  # from the URL-safe alphabet
_VIDEO, _MESH = "source", "mesh"  # no endings: what a file is, its bytes say


def fetch(
    request: Request,
    folder: Path,
    *,
    max_video_bytes: int,
    max_mesh_bytes: int,
    step: Part,
    allow_private: bool = False,
) -> Fetched:
    """Brings the request's video and mesh into a folder.

    Args:
        request: has ``video_url`` or ``video_base64``, and perhaps ``mesh_url`` or ``mesh_base64``.
        folder: an existing folder; without success there is no half of a file in it.
        max_video_bytes: the largest video taken.
        max_mesh_bytes: the largest mesh taken.
        step: is called with what is done, of how much; may raise `Cancelled`.
        allow_private: also take addresses that are not public. For tests on loopback alone.

    Returns:
        The files' paths.

    Raises:
        UrlNotAllowed, DownloadFailed, DownloadTimeout, DownloadIncomplete: see `transfer.download`.
        InvalidBase64: if what should be base64 is not.
        TooLarge: if a file has more bytes than allowed.
        EmptyInput: if it has none.
    """
    find = anywhere if allow_private else public
    video = _Wanted("video", folder / _VIDEO, request.video_url, request.video_base64, max_video_bytes)
    if not request.has_mesh:
        return Fetched(video.bring(step, find))
    mesh = _Wanted("mesh", folder / _MESH, request.mesh_url, request.mesh_base64, max_mesh_bytes)
    return Fetched(
        video.bring(lambda done, of: step(done, 2 * of), find),
        mesh.bring(lambda done, of: step(of + done, 2 * of), find),
    )


@dataclass(frozen=True)
class _Wanted:
    """One file to be brought, by its address or as base64."""

    name: str
    path: Path
    url: AnyHttpUrl | None
    base64: str | None
    max_bytes: int

    def bring(self, step: Part, find: Find) -> Path:
        """Downloads or decodes it; an error names the request's field."""
        if self.url is not None:
            with _named(f"{self.name}_url"):
                download(str(self.url), self.path, max_bytes=self.max_bytes, step=step, find=find)
        else:
            step(0, 1)
            with _named(f"{self.name}_base64"), no_partial(self.path):
                self.path.write_bytes(_decoded(self.base64 or "", self.max_bytes))
                step(1, 1)
        return self.path


@contextmanager
def _named(field: str) -> Iterator[None]:
    """Puts the field's name before an error's message."""
    try:
        yield
    except JobError as error:
        raise type(error)(f"{field}: {error.message}", detail=error.detail) from error


def _decoded(text: str, max_bytes: int) -> bytes:
    """Decodes base64: bare or a data: URL, of either alphabet, with or without white space and padding."""
    text = text.lstrip()
    if text[:5].lower() == "data:":
        header, comma, text = text.partition(",")
        if not (comma and header.lower().endswith(";base64")):
            raise InvalidBase64("A data: URL must be of the kind data:…;base64,….")
    text = "".join(text.split()).translate(_STANDARD).rstrip("=")
    size = len(text) * 3 // 4
    if size > max_bytes:
        raise too_large(size, max_bytes)
    if size == 0:
        raise EmptyInput("The file has zero bytes.")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError as error:  # binascii.Error is one
        raise InvalidBase64("This is not valid base64.") from error
