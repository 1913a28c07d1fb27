"""The request's video, its mesh where there is one, or its animation → files of our own naming."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import AnyHttpUrl

from actionmesh_wrapper.contract.request import Request
from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.errors import JobError
from actionmesh_wrapper.source.encoded import decoded
from actionmesh_wrapper.source.own_bucket import OwnBucket
from actionmesh_wrapper.source.transfer import download
from actionmesh_wrapper.system.addresses import Resolve, any_addresses, public_addresses
from actionmesh_wrapper.system.files import no_partial

__all__ = ["OwnBucket", "fetch"]
_VIDEO, _MESH, _ANIMATION = "source", "mesh", "animation"  # no endings: what a file is, its bytes say


@dataclass(frozen=True)
class Fetched:
    """The paths of a job's inputs.

    Attributes:
        video: a file, or a folder of frames; or None.
        mesh: the caller's own mesh, or None.
        animation: the animated mesh of an earlier result in place of a video, or None.
    """

    video: Path | None
    mesh: Path | None = None
    animation: Path | None = None

    @property
    def main(self) -> Path:
        """The video or the animation, one of which there is."""
        main = self.video or self.animation
        assert main is not None
        return main


def fetch(
    request: Request,
    folder: Path,
    *,
    max_video_bytes: int,
    max_mesh_bytes: int,
    step: StageStep,
    own_bucket: OwnBucket | None = None,
    allow_private: bool = False,
) -> Fetched:
    """Brings the request's files into a folder.

    Args:
        request: has a video and perhaps a mesh, or an animation, each by its address or in base64.
        folder: an existing folder; without success there is no half of a file in it.
        max_video_bytes: the largest video taken; the same holds for an animation.
        max_mesh_bytes: the largest mesh taken.
        step: is called with what is done, of how much; may raise `Cancelled`.
        own_bucket: whose presigned links may lead to an address that is not public.
        allow_private: also take addresses that are not public. For tests on loopback alone.

    Returns:
        The files' paths.

    Raises:
        UrlNotAllowed, DownloadFailed, DownloadTimeout, DownloadIncomplete: see `transfer.download`.
        InvalidBase64: if what should be base64 is not.
        TooLarge: if a file has more bytes than allowed.
        EmptyInput: if it has none.
    """
    find = any_addresses if allow_private else public_addresses
    if request.has_animation:
        path, url, base64 = folder / _ANIMATION, request.animation_url, request.animation_base64
        animation = _Input("animation", path, url, base64, max_video_bytes)
        return Fetched(None, animation=animation.save(step, find, own_bucket))
    video = _Input("video", folder / _VIDEO, request.video_url, request.video_base64, max_video_bytes)
    if not request.has_mesh:
        return Fetched(video.save(step, find, own_bucket))
    mesh = _Input("mesh", folder / _MESH, request.mesh_url, request.mesh_base64, max_mesh_bytes)
    return Fetched(
        video.save(lambda done, of: step(done, 2 * of), find, own_bucket),
        mesh.save(lambda done, of: step(of + done, 2 * of), find, own_bucket),
    )


@dataclass(frozen=True)
class _Input:
    """One file of the request, by its address or as base64."""

    name: str
    path: Path
    url: AnyHttpUrl | None
    base64: str | None
    max_bytes: int

    def save(self, step: StageStep, find: Resolve, own: OwnBucket | None) -> Path:
        """Downloads or decodes it; an error names the request's field."""
        if self.url is not None:
            with _prefixed_errors(f"{self.name}_url"):
                download(str(self.url), self.path, max_bytes=self.max_bytes, step=step, find=find, own=own)
        else:
            step(0, 1)
            with _prefixed_errors(f"{self.name}_base64"), no_partial(self.path):
                with self.path.open("wb") as file:
                    file.writelines(decoded(self.base64 or "", self.max_bytes))
                step(1, 1)
        return self.path


@contextmanager
def _prefixed_errors(field: str) -> Iterator[None]:
    """Puts the field's name before an error's message."""
    try:
        yield
    except JobError as error:
        raise type(error)(f"{field}: {error.message}", detail=error.detail) from error
