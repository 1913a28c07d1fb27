"""A worker: what is loaded once and serves every job."""

import gc
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.contract.request import Request
from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.data.writing import Tools
from actionmesh_wrapper.engines import Engine
from actionmesh_wrapper.engines.registry import load
from actionmesh_wrapper.errors import JobError, StartError
from actionmesh_wrapper.host import LAPTOP, Host
from actionmesh_wrapper.job.intake import Intake, RequestIntake
from actionmesh_wrapper.job.pace import Pace, TimeLimit
from actionmesh_wrapper.job.run import run
from actionmesh_wrapper.job.run_folder import sweep
from actionmesh_wrapper.job.workspace import enough_disk, free_bytes, job_bytes, workspace
from actionmesh_wrapper.preview import renderer as renderers
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage import Storage, choose
from actionmesh_wrapper.system import accelerator


@dataclass(frozen=True)
class Worker:
    """Runs jobs that bring a video. Threads may share it: the engine takes one job at a time."""

    settings: Settings
    engine: Engine
    storage: Storage
    host: Host = LAPTOP
    tools: Tools = field(default_factory=Tools)
    pace: Pace = field(default_factory=Pace)

    @classmethod
    def load(cls, settings: Settings, host: Host = LAPTOP) -> Self:
        """Loads the engine and the preview's renderer, opens the storage, and sweeps up after killed workers.

        Raises:
            StartError: if a setting cannot be met.
        """
        sweep(settings.jobs_dir, older_than_s=settings.jobs_ttl)
        engine = load(settings, host)
        tools = Tools(settings.blender_path, renderers.load(settings))
        storage = choose(settings, host)
        gc.collect()
        gc.freeze()  # all of this stays: a job's collections pass over it
        return cls(settings, engine, storage, host, tools)

    def check(self) -> None:
        """Checks whether it is fit: mode and GPU, disk, and the storage by trying it.

        Weights are verified before they are loaded.

        Raises:
            StartError: with what is wrong and the variable that it hangs on.
        """
        self._check_mode()
        self._check_disk()
        self.storage.check()

    @property
    def intake(self) -> Intake[Request]:
        """Where jobs have their inputs from."""
        return RequestIntake(self.settings)

    def run(
        self,
        job_id: str,
        data: object,
        report: Callable[[Progress], None],
        *,
        s3_config: object = None,
        timeout_s: float | None = None,
    ) -> Result:
        """Runs a job in a working folder of its own, which is gone afterwards.

        Args:
            job_id: the job's id, any string.
            data: the job's ``input``, decoded JSON.
            report: is handed every `Progress`; may raise `Cancelled`.
            s3_config: the job's own bucket, see `storage.s3_config.S3Config`; None is the worker's storage.
            timeout_s: how long the host lets it run; None is what the settings say.

        Raises:
            JobError: any of the tree in `actionmesh_wrapper.errors`; `GpuFailed` at once if the GPU has
                failed in an earlier job.
        """
        accelerator.check()
        job_id = job_id.encode(errors="replace").decode()  # half a character cannot be written anywhere
        storage = self.storage if s3_config is None else self._open(s3_config)
        limit = TimeLimit(self.pace, timeout_s or self.settings.execution_timeout_s)
        jobs_dir = self.settings.jobs_dir
        sweep(jobs_dir, older_than_s=self.settings.jobs_ttl)
        with enough_disk(jobs_dir, job_bytes(self.settings)), workspace(jobs_dir, job_id) as folders:
            return run(
                job_id,
                data,
                intake=self.intake,
                engine=self.engine,
                storage=storage,
                folders=folders,
                tools=self.tools,
                report=report,
                limit=limit,
            )

    def _check_mode(self) -> None:
        """Checks that the engine can do a job that asks for nothing special."""
        mode = self.settings.default_mode
        try:
            self.engine.accept(Options(mode=mode), mesh=False)
        except JobError as error:
            raise StartError(f"DEFAULT_MODE={mode!r}: {error.message}") from error

    def _check_disk(self) -> None:
        """Checks that the working folders' disk has room for as many jobs as the worker takes at a time."""
        settings = self.settings
        needed = job_bytes(settings) * settings.max_concurrent_jobs
        if (free := free_bytes(settings.jobs_dir)) < needed:
            jobs_dir = str(settings.jobs_dir)
            raise StartError(
                f"JOBS_DIR={jobs_dir!r}: {free / 1e9:.2f} GB are free, {needed / 1e9:.2f} needed"
            )

    def _open(self, s3_config: object) -> Storage:
        from actionmesh_wrapper.storage.s3 import open_bucket  # noqa: PLC0415 – boto3 takes long

        return open_bucket(s3_config, link_ttl_s=self.settings.bucket_link_ttl)
