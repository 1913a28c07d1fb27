"""The kinds of output: one row a kind.

Derived from the rows are the choices of a request, the fields of a result, the names and media types of
files, what an archive holds and says of them, the docs' table and the page's list of files. A new kind is a
row here, its writer, and the writer's test.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePath
from pkgutil import resolve_name
from typing import Literal

from actionmesh_wrapper.data.writing import WriteJob, Writer, Written

Stage = Literal["export", "preview"]
"""The stage of a job in which a kind is written."""

JSON = "application/json"


@dataclass(frozen=True)
class OutputFile:
    """A file of a kind, or one for each frame.

    Attributes:
        pattern: its name; with ``???`` for the number of a frame there are many.
        field: of the result's ``files``; one field may hold several files.
        media_type: of the file.
        title: a heading, in sentence case.
        about: what it is, in words that follow a colon.
        always: whether each result has the field. One that came later has a default, so that results of older
            workers can still be read.
    """

    pattern: str
    field: str
    media_type: str
    title: str
    about: str
    always: bool = False

    @property
    def example(self) -> str:
        """Its name; of many files the first's."""
        return self.pattern.replace("???", "000")

    @property
    def is_many(self) -> bool:
        """Whether there is one for each frame."""
        return "?" in self.pattern


@dataclass(frozen=True)
class OutputKind:
    """One kind of output.

    Attributes:
        name: in the request's ``outputs``.
        about: what it is, in a few words for whoever makes a request.
        files: the files that it may have.
        writer: ``module:function`` of a `Writer`. It is imported when it is first needed.
        priority: 1 is the most important: that is what an answer with little room keeps.
        stage: when it is written.
        is_default: whether a request that names no outputs gets it.
        is_archived: whether an archive always holds it, asked for or not.
        needs_mesh: whether it is made of the mesh. A job of none but kinds that are not makes no mesh.
        option: a switch of the request that asks for it, in place of ``outputs``.
    """

    name: str
    about: str
    files: tuple[OutputFile, ...]
    writer: str
    priority: int
    stage: Stage = "export"
    is_default: bool = False
    is_archived: bool = False
    needs_mesh: bool = True
    option: str | None = None

    def write(self, job: WriteJob) -> Written:
        """Writes its files; see `Writer`."""
        writer: Writer = resolve_name(self.writer)
        return writer(job)


GLB = "model/gltf-binary"

KINDS = (
    OutputKind(
        name="animated_mesh",
        about="one GLB that plays",
        files=(
            OutputFile(
                "animated_mesh.glb",
                "animated_mesh",
                GLB,
                "Animated mesh",
                "the moving mesh, with a morph target per frame and an animation that plays them",
                always=True,
            ),
        ),
        writer="actionmesh_wrapper.export.animated:write",
        priority=1,
        is_default=True,
        is_archived=True,
    ),
    OutputKind(
        name="usdz",
        about="the animation for Apple's and USD's tools",
        files=(
            OutputFile(
                "animated_mesh.usdz",
                "usdz",
                "model/vnd.usdz+zip",
                "Animated mesh, USDZ",
                "the moving mesh for Apple's Quick Look and for tools that speak USD",
            ),
        ),
        writer="actionmesh_wrapper.export.usdz:write",
        priority=3,
    ),
    OutputKind(
        name="blender",
        about="a .blend, and the GLB of Blender's own exporter",
        files=(
            OutputFile(
                "animated_mesh.blend",
                "blender",
                "application/x-blender",
                "Blender",
                "the moving mesh as a Blender project, its picture packed",
            ),
            OutputFile(
                "animated_mesh_blender.glb",
                "blender",
                GLB,
                "Blender",
                "the moving mesh as Blender's own exporter writes it",
            ),
        ),
        writer="actionmesh_wrapper.export.blender:write",
        priority=7,
        option="blender_export",
    ),
    OutputKind(
        name="meshes",
        about="a GLB per frame",
        files=(
            OutputFile(
                "mesh_???.glb",
                "meshes",
                GLB,
                "A mesh per frame",
                "one still mesh per frame, all in one vertex order",
                always=True,
            ),
        ),
        writer="actionmesh_wrapper.export.meshes:write",
        priority=5,
        is_default=True,
        is_archived=True,
    ),
    OutputKind(
        name="preview",
        about="a video, a loop and a picture to look at first",
        files=(
            OutputFile(
                "preview.mp4",
                "preview",
                "video/mp4",
                "Preview video",
                "the input beside the mesh, from several sides",
                always=True,
            ),
            OutputFile(
                "preview.webp",
                "preview_webp",
                "image/webp",
                "Preview loop",
                "a small loop of the mesh on a turntable, made with preview",
            ),
            OutputFile(
                "poster.png",
                "poster",
                "image/png",
                "Poster",
                "the mesh at its clearest, in one picture, made with preview",
            ),
        ),
        writer="actionmesh_wrapper.preview:write",
        priority=2,
        stage="preview",
        is_default=True,
        is_archived=True,
    ),
    OutputKind(
        name="masks",
        about="a PNG per frame: the subject; alone, they are all that is made, in seconds",
        files=(
            OutputFile(
                "mask_???.png",
                "masks",
                "image/png",
                "Masks",
                "one picture per frame, white on what was taken for the subject",
            ),
            OutputFile(
                "masks_preview.jpg",
                "masks_preview",
                "image/jpeg",
                "Masks at a glance",
                "all frames on one sheet, with the subject's outline, made with masks",
            ),
        ),
        writer="actionmesh_wrapper.export.masks:write",
        priority=6,
        needs_mesh=False,
    ),
    OutputKind(
        name="archive",
        about="zip of all",
        files=(
            OutputFile(
                "archive.zip",
                "archive",
                "application/zip",
                "Archive",
                "all of the above, with a manifest and a note",
                always=True,
            ),
        ),
        writer="actionmesh_wrapper.export.archive:write",
        priority=4,
        stage="preview",
    ),
)
"""In the order in which people want them, and in which they are written: the archive holds the others."""

FILES = tuple(file for kind in KINDS for file in kind.files)
CHOICES = tuple(kind.name for kind in KINDS if kind.option is None)
DEFAULTS = tuple(kind.name for kind in KINDS if kind.is_default)

_MEDIA_TYPES = {".json": JSON} | {PurePath(file.pattern).suffix: file.media_type for file in FILES}


def fields() -> dict[str, list[OutputFile]]:
    """The fields of a result's ``files`` with the files that each may hold, in order."""
    by_field: dict[str, list[OutputFile]] = {}
    for file in FILES:
        by_field.setdefault(file.field, []).append(file)
    return by_field


def holds_many(files: Sequence[OutputFile]) -> bool:
    """Whether a field of these files is a list."""
    return len(files) > 1 or files[0].is_many


def file_of(name: str) -> OutputFile | None:
    """The row of a file's name; None of a name that no kind has."""
    return next((file for file in FILES if fnmatchcase(name, file.pattern)), None)


def media_type(name: str) -> str:
    """The media type of a file by its name's ending; ``application/octet-stream`` for any other."""
    return _MEDIA_TYPES.get(PurePath(name).suffix, "application/octet-stream")
