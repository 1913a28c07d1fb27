"""The files of a job: which kinds it makes, and their writing, stage by stage."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from actionmesh_wrapper.contract.output_kind import OutputKind, Stage
from actionmesh_wrapper.contract.outputs import KINDS
from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.data.progress import LOW_CONFIDENCE, Notice, StageStep
from actionmesh_wrapper.data.writing import WriteJob, Written
from actionmesh_wrapper.storage import Storage

MESH = next(kind for kind in KINDS if kind.name == "animated_mesh")
PREVIEW_BYTES = 2_500_000  # kept free for it: its video has 1.5 MB at most; the sample's pictures have 0.3

INSTEAD = Notice(
    "OUTPUT_ADDED",
    f"{MESH.files[0].pattern} was not asked for, but is all that can be given of the mesh: other outputs "
    "can be made of it later.",
)


@dataclass(frozen=True)
class OutputPlan:
    """What a job's files are to be.

    Attributes:
        asked: the names of the kinds that the caller gets.
        made: of those that must be made for these: an archive holds more than is asked for beside it.
        unasked: of those of which the caller gets what a job in doubt has, without having asked.
    """

    asked: frozenset[str]
    made: frozenset[str]
    unasked: frozenset[str] = frozenset()

    @property
    def needs_mesh(self) -> bool:
        """Whether any of them is made of the mesh."""
        return any(kind.needs_mesh for kind in KINDS if kind.name in self.made)

    @classmethod
    def of(cls, request: Recipe, *, clip: bool = True) -> Self:
        """The plan for a request; without a clip an archive lacks what shows it."""
        asked = {
            *request.outputs,
            *(kind.name for kind in KINDS if kind.option and getattr(request, kind.option)),
        }
        archived = {
            kind.name
            for kind in KINDS
            if kind.is_archived and "archive" in asked and (clip or not kind.needs_clip)
        }
        return cls(frozenset(asked), frozenset(asked | archived))

    def after(self, notices: Iterable[Notice]) -> Self:
        """The plan once the masks are known, and what the caller was warned of."""
        if not any(notice.code == LOW_CONFIDENCE for notice in notices):
            return self
        return replace(self, unasked=frozenset(kind.name for kind in KINDS if kind.doubt_writer) - self.made)

    def mesh_bytes(self, storage: Storage) -> int | None:
        """How many bytes ``animated_mesh.glb`` may have, with room for the preview beside it; None: any."""
        if storage.room is None:
            return None
        return storage.room - (PREVIEW_BYTES if "preview" in self.asked else 0)


class OutputFiles:
    """Writes the files of a plan.

    Args:
        plan: which kinds.
        job: what the writers are handed; each gets its own ``step`` and what was written before.
    """

    def __init__(self, plan: OutputPlan, job: WriteJob) -> None:
        self._plan, self._job = plan, job
        self._written: dict[OutputKind, Written] = {}

    def write(self, stage: Stage, step: StageStep) -> list[Path]:
        """Writes the kinds of a stage.

        Args:
            stage: which.
            step: is called with what is done of it.

        Returns:
            Those of its files that the caller gets, the most important first.

        Raises:
            ExportFailed: if a file could not be written.
        """
        plan = self._plan
        kinds = [kind for kind in KINDS if kind.stage == stage and kind.name in plan.made | plan.unasked]
        for kind in kinds:
            job = replace(self._job, step=step, before=self._together(self._written))
            self._written[kind] = kind.write(job, is_asked=kind.name in plan.made)
        return list(self._together(self._asked(kinds)).files)

    def keep_the_mesh(self, room: int | None) -> None:
        """Adds ``animated_mesh.glb`` where the caller would get nothing of a new mesh.

        So a job's work is not lost: other kinds can be made of that file later, perhaps by another worker.

        Args:
            room: how many bytes a file may have; None: any.

        Raises:
            ExportFailed: if it could not be written.
        """
        plan, is_new = self._plan, self._job.made is not None and self._job.taken is not None
        shown = self._together(kind for kind in self._written if kind.needs_mesh and kind.name in plan.asked)
        if not is_new or any(_fits(file, room) for file in shown.files):
            return
        notices: list[Notice] = []
        kept = self._written.get(MESH) or MESH.write(replace(self._job, warn=notices.append))
        if not all(_fits(file, room) for file in kept.files):
            return
        self._written[MESH] = kept
        self._plan = replace(plan, asked=plan.asked | {MESH.name})
        notices.append(INSTEAD)
        for notice in notices:
            self._job.warn(notice)

    @property
    def asked(self) -> Written:
        """All that the caller gets and that is written, the most important first."""
        return self._together(self._asked(self._written))

    @property
    def result_fields(self) -> Mapping[str, object]:
        """What the result says of the files, by its fields' names."""
        return self._together(self._written).result_fields

    def _asked(self, kinds: Iterable[OutputKind]) -> list[OutputKind]:
        return [kind for kind in kinds if kind.name in self._plan.asked | self._plan.unasked]

    def _together(self, kinds: Iterable[OutputKind]) -> Written:
        together = Written()
        for kind in sorted(kinds, key=lambda kind: kind.priority):
            together |= self._written[kind]
        return together


def _fits(file: Path, room: int | None) -> bool:
    return room is None or file.stat().st_size <= room
