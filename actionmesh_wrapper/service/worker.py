"""A worker: what is loaded once and serves every job."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from actionmesh_wrapper.contract.request import Request, parse
from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.progress import Progress, StageStep
from actionmesh_wrapper.engines import Engine
from actionmesh_wrapper.engines.registry import load
from actionmesh_wrapper.job import run
from actionmesh_wrapper.job.output_files import Tools
from actionmesh_wrapper.job.workspace import enough_disk, job_bytes, sweep, workspace
from actionmesh_wrapper.preview import NUMPY, Renderer
from actionmesh_wrapper.preview import renderer as renderers
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.source import Fetched, OwnBucket, fetch
from actionmesh_wrapper.storage import Storage, choose
from actionmesh_wrapper.storage.endpoint import Endpoint


@dataclass(frozen=True)
class Worker:
    """Runs jobs that bring a video. Threads may share it: the engine takes one job at a time."""

    settings: Settings
    engine: Engine
    storage: Storage
    renderer: Renderer = NUMPY

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Loads the engine and the preview's renderer, opens the storage, and sweeps up after killed workers.

        Raises:
            StartError: if a setting cannot be met.
        """
        sweep(settings.jobs_dir, older_than_s=settings.jobs_ttl)
        return cls(settings, load(settings), choose(settings), renderers.load(settings))

    def run(
        self, job_id: str, data: object, report: Callable[[Progress], None], *, s3_config: object = None
    ) -> Result:
        """Runs a job in a working folder of its own, which is gone afterwards.

        Args:
            job_id: the job's id, any string.
            data: the job's ``input``, decoded JSON.
            report: is handed every `Progress`; may raise `Cancelled`.
            s3_config: the job's own bucket, RunPod's ``s3Config``; None is the worker's storage.

        Raises:
            JobError: any of the tree in `actionmesh_wrapper.errors`.
        """
        job_id = job_id.encode(errors="replace").decode()  # half a character cannot be written anywhere
        storage = self.storage if s3_config is None else self._open(s3_config)
        jobs_dir = self.settings.jobs_dir
        sweep(jobs_dir, older_than_s=self.settings.jobs_ttl)
        with enough_disk(jobs_dir, job_bytes(self.settings)), workspace(jobs_dir, job_id) as folders:
            return run.run(
                job_id,
                data,
                parse=self._parse,
                has_mesh=lambda request: request.has_mesh,
                fetch=self._fetch,
                engine=self.engine,
                storage=storage,
                folders=folders,
                report=report,
                tools=Tools(self.settings.blender_path, self.renderer),
            )

    def _parse(self, data: object) -> Request:
        return parse(data, Request, default_mode=self.settings.default_mode)

    def _fetch(self, request: Request, folder: Path, step: StageStep) -> Fetched:
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

    def _open(self, s3_config: object) -> Storage:
        from actionmesh_wrapper.storage.s3 import open_bucket  # noqa: PLC0415 – boto3 takes long

        return open_bucket(s3_config, link_ttl_s=self.settings.bucket_link_ttl)
