"""What a kind of output is; `outputs` has the rows."""

from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Literal

from actionmesh_wrapper.data.writing import WriteJob, Writer, Written

Stage = Literal["export", "preview"]
"""The stage of a job in which a kind is written."""


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
        opening: how a program opens it, in a sentence or two; empty where the note of the archive has its own
            words, or where anything opens it.
    """

    pattern: str
    field: str
    media_type: str
    title: str
    about: str
    always: bool = False
    opening: str = ""

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
        needs_clip: whether it shows the clip. What does not can be made later, of ``animated_mesh.glb``.
        option: a switch of the request that asks for it, in place of ``outputs``.
        doubt_writer: as ``writer``, for a job that did not ask for the kind and whose masks are in doubt.
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
    needs_clip: bool = False
    option: str | None = None
    doubt_writer: str | None = None

    def write(self, job: WriteJob, *, is_asked: bool = True) -> Written:
        """Writes its files, or those that a job in doubt gets without asking; see `Writer`."""
        name = self.writer if is_asked else self.doubt_writer
        assert name is not None
        writer: Writer = resolve_name(name)
        return writer(job)
