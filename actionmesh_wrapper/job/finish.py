"""The end of every job: what was made → files, a delivery and a result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.contract.fields import About
from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmView
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Meter, Notice
from actionmesh_wrapper.data.writing import Tools, WriteJob
from actionmesh_wrapper.job.output_files import OutputFiles, OutputPlan
from actionmesh_wrapper.job.response import Done, Maker, describe, respond
from actionmesh_wrapper.storage import Delivery, Storage


@dataclass(frozen=True, eq=False)
class Made:
    """What a job has to write.

    Attributes:
        animation: None of a job of masks alone.
        frames: that it shows, one a key of the engine's; None where the animation is of an earlier job.
        masks: of the subject, (T, H, W) uint8, or None.
        film: the camera that filmed the subject, where it was found.
        extras: what every file says of its making.
        result_fields: what the result says of it, by its fields' names.
    """

    animation: Animation | None
    frames: Frames | None
    masks: NDArray[np.uint8] | None = None
    film: FilmView | None = None
    extras: Mapping[str, object] = field(default_factory=dict)
    result_fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Finish:
    """What is known of a job before anything is made.

    Attributes:
        job_id: the job's id.
        request: what was asked.
        plan: which files that comes to.
        key: equal for equal jobs.
        folder: for the files.
        storage: keeps them.
        tools: make some of them.
        meter: of the job; its stages are those of `AFTER` from export on.
        notices: the warnings so far; more are added.
    """

    job_id: str
    request: Recipe
    plan: OutputPlan
    key: str
    folder: Path
    storage: Storage
    tools: Tools
    meter: Meter
    notices: list[Notice]

    def run(self, made: Made, maker: Maker, delivery: Delivery) -> Result:
        """Writes the files, stores them, and seals the result.

        Raises:
            ExportFailed, StorageFailed: if a file could not be written or stored.
        """
        job, plan, meter = self._write_job(made), self.plan.after(self.notices), self.meter
        files = OutputFiles(plan, job)
        delivery.send(files.write("export", meter.stage("export")))
        delivery.send(files.write("preview", meter.stage("preview")))
        files.keep_the_mesh(self.storage.room)
        described = describe(files.asked.files)  # some storages move them
        upload = meter.stage("upload")
        stored = delivery.put(files.asked.files, step=upload, warn=self.notices.append)
        done = Done(job, described, {**files.result_fields, **made.result_fields}, stored, self.storage.kind)
        result = respond(self.job_id, maker, done, timings_s=meter.timings_s(), notices=self.notices)
        delivery.seal(self.key, result, step=upload)
        return result

    def _write_job(self, made: Made) -> WriteJob:
        keys = made.animation.num_frames if made.animation else 0
        return WriteJob(
            made.animation,
            made.frames,
            made.masks,
            self.folder,
            made.extras,
            self.request.animated_mesh_profile,
            self.tools,
            self.notices.append,
            mesh_bytes=self.plan.mesh_bytes(self.storage),
            keyframe_error=self.request.allowed_keyframe_error(keys),
            film=made.film,
        )


def found(storage: Storage, key: str, request: Recipe, job_id: str, meter: Meter) -> Result | None:
    """The result of an equal job before, as this one's, where it may be taken and is there."""
    if not request.cache or (earlier := storage.find(key)) is None:
        return None
    return earlier.model_copy(update={"job_id": job_id, "cached": True, "timings_s": meter.timings_s()})


def changed(request: Recipe, names: Iterable[str]) -> list[str]:
    """Those of a request's fields that the caller has set to something else than their default."""
    fields, told = Recipe.model_fields, request.model_fields_set
    return [name for name in names if name in told and getattr(request, name) != fields[name].default]


def without_animated_mesh(request: Recipe, plan: OutputPlan) -> list[Notice]:
    """A warning for each option of ``animated_mesh.glb`` that is set where none is made."""
    names = [] if "animated_mesh" in plan.made else Recipe.about(About.MESH_FILES)
    return ignored(changed(request, names), "where no animated_mesh is made")


def ignored(names: Iterable[str], why: str) -> list[Notice]:
    """A warning for each option that a job does not heed."""
    return [Notice("OPTION_IGNORED", f"{name} has no effect {why}.") for name in names]
