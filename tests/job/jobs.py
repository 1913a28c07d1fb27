"""A job on a folder of frames, with everything real but the engine."""

from collections.abc import Callable
from pathlib import Path

from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.contract.result import Result, SourceVideo
from actionmesh_wrapper.data.progress import Progress, StageStep
from actionmesh_wrapper.data.writing import Tools
from actionmesh_wrapper.job.intake import FileIntake
from actionmesh_wrapper.job.pace import TimeLimit
from actionmesh_wrapper.job.run import run
from actionmesh_wrapper.job.workspace import workspace
from actionmesh_wrapper.source import Fetched
from actionmesh_wrapper.storage import Local, Storage
from tests.fakes import BallEngine, write_frames

QUICK = {"outputs": ["meshes", "animated_mesh"]}


class SteppingIntake(FileIntake):
    """Files that are there, and a stage that is told of."""

    def fetch(self, request: Recipe, folder: Path, step: StageStep) -> Fetched:
        step(1, 1)
        return super().fetch(request, folder, step)


class Job:
    """A job on a folder of frames, with everything real but the engine."""

    def __init__(self, root: Path, frames: int = 16) -> None:
        self.root = root
        self.frames = write_frames(root / "frames", frames)
        self.engine = BallEngine()
        self.storage: Storage = Local(root / "outputs")
        self.blender: Path | None = None
        self.progress: list[Progress] = []
        self.mesh: Path | None = None
        self.limit: TimeLimit | None = None

    def run(
        self,
        data: object = QUICK,
        job_id: str = "job-1",
        report: Callable[[Progress], None] | None = None,
    ) -> Result:
        with workspace(self.root / "jobs", job_id) as folders:
            return run(
                job_id,
                data,
                intake=SteppingIntake(Fetched(self.frames, self.mesh)),
                engine=self.engine,
                storage=self.storage,
                folders=folders,
                report=report or self.progress.append,
                tools=Tools(self.blender),
                limit=self.limit,
            )

    def files(self, job_id: str = "job-1") -> list[str]:
        folder = self.root / "outputs" / job_id
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def source_of(result: Result) -> SourceVideo:
    """The video of a result that has one."""
    assert result.source is not None
    return result.source
