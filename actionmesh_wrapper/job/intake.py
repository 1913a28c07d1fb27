"""A job's inputs: from where they come, and what makes two jobs the same."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.contract.request import Request, not_of_animation, parse
from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.errors import InvalidInput, NotAMesh, NotAVideo
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.source import Fetched, OwnBucket, fetch
from actionmesh_wrapper.storage.endpoint import Endpoint
from actionmesh_wrapper.version import VERSION

R = TypeVar("R", bound=Recipe)


class Intake(Protocol[R]):
    """Brings the inputs of one kind of job."""

    def parse(self, data: object) -> R:
        """Checks a job's ``input``.

        Raises:
            InvalidInput: naming every field that is wrong.
        """

    def has_mesh(self, request: R) -> bool:
        """Whether the job comes with a mesh of the caller's own."""

    def has_animation(self, request: R) -> bool:
        """Whether the job comes with an animation of an earlier result in place of a video."""

    def fetch(self, request: R, folder: Path, step: StageStep) -> Fetched:
        """Brings the files into a folder, or names what is there already.

        Args:
            request: the job's.
            folder: an existing folder.
            step: is called with what is done, of how much; may raise `Cancelled`.

        Raises:
            JobError: see `source.fetch`.
        """


@dataclass(frozen=True)
class RequestIntake:
    """An `Intake` of jobs that bring their inputs by address or as base64."""

    settings: Settings

    def parse(self, data: object) -> Request:
        """Checks a job's ``input``."""
        return parse(data, Request, default_mode=self.settings.default_mode)

    def has_mesh(self, request: Request) -> bool:
        """Whether the request names one."""
        return request.has_mesh

    def has_animation(self, request: Request) -> bool:
        """Whether the request names one."""
        return request.has_animation

    def fetch(self, request: Request, folder: Path, step: StageStep) -> Fetched:
        """Downloads, or decodes."""
        return fetch(
            request,
            folder,
            max_video_bytes=self.settings.max_video_bytes,
            max_mesh_bytes=self.settings.max_mesh_bytes,
            step=step,
            own_bucket=self._own_bucket(),
        )

    def _own_bucket(self) -> OwnBucket | None:
        """The bucket whose links may be private, if the settings say so."""
        url, bucket = self.settings.bucket_endpoint_url, self.settings.bucket_name
        if not (self.settings.bucket_private_links and url and bucket):
            return None
        return OwnBucket.at(Endpoint.of(url, bucket).url, bucket)


@dataclass(frozen=True)
class FileIntake:
    """An `Intake` of one job whose inputs lie on this machine."""

    files: Fetched

    def parse(self, data: object) -> Recipe:
        """Checks the options."""
        recipe = parse(data, Recipe)
        if self.files.animation is not None and (problem := not_of_animation(recipe.outputs)):
            raise InvalidInput(f"{problem}.")
        return recipe

    def has_mesh(self, request: Recipe) -> bool:  # noqa: ARG002 – the request does not say
        """Whether a mesh is among the files."""
        return self.files.mesh is not None

    def has_animation(self, request: Recipe) -> bool:  # noqa: ARG002 – as above
        """Whether an animation is."""
        return self.files.animation is not None

    def fetch(self, request: Recipe, folder: Path, step: StageStep) -> Fetched:  # noqa: ARG002 – nothing is moved
        """Names the files.

        Raises:
            NotAVideo, NotAMesh: if one is a pipe or a device, which may never end.
        """
        video, mesh = self.files.video, self.files.mesh or self.files.animation
        if video is not None and video.exists() and not (video.is_file() or video.is_dir()):
            raise NotAVideo("The video is neither a file nor a folder of frames.")
        if mesh is not None and mesh.exists() and not mesh.is_file():
            raise NotAMesh("The mesh is no file.")
        return self.files


def identity(fetched: Fetched, request: Recipe, engine: str, revision: str) -> str:
    """A key that is equal for equal jobs, wherever their inputs came from.

    Args:
        fetched: of its files the content counts, of those of a folder of frames the name too.
        request: of it, all that a `Recipe` has counts but ``cache``.
        engine: its name; of an animation, which needs none, "".
        revision: of its weights and code.

    Returns:
        64 hexadecimal digits.
    """
    options = request.model_dump(mode="json", include=set(Recipe.model_fields) - {"cache"})
    mesh = None if fetched.mesh is None else _hash(fetched.mesh).hex()
    digest = hashlib.sha256(json.dumps([VERSION, engine, revision, options, mesh], sort_keys=True).encode())
    video = fetched.main
    is_folder = video.is_dir()
    for path in sorted(path for path in video.iterdir() if path.is_file()) if is_folder else [video]:
        if is_folder:
            digest.update(os.fsencode(path.name) + b"\0")  # a name need not be text
        digest.update(_hash(path))
    return digest.hexdigest()


def _hash(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
