"""One job, from its input to its result: parse → fetch → sample → animate → export → preview → upload."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from actionmesh_wrapper.deliverables import archive, export, flat, preview, to_make
from actionmesh_wrapper.early import Early
from actionmesh_wrapper.engines import Engine
from actionmesh_wrapper.frames import Frames
from actionmesh_wrapper.identity import identity
from actionmesh_wrapper.notice import Notice
from actionmesh_wrapper.progress import Meter, Part, Progress
from actionmesh_wrapper.request import Options, Recipe
from actionmesh_wrapper.response import describe, respond
from actionmesh_wrapper.result import Result
from actionmesh_wrapper.storage import Storage
from actionmesh_wrapper.video import sample
from actionmesh_wrapper.workspace import Workspace, folder_name

R = TypeVar("R", bound=Recipe)

# Shares of a job's time, in percent; the engine's is divided among its own stages.
BEFORE = {"fetch": 2.0, "sample": 4.0}
ENGINE = 60.0
AFTER = {"export": 2.0, "preview": 30.0, "upload": 2.0}


def run(
    job_id: str,
    data: object,
    *,
    parse: Callable[[object], R],
    fetch: Callable[[R, Path, Part], Path],
    engine: Engine,
    storage: Storage,
    folders: Workspace,
    report: Callable[[Progress], None],
) -> Result:
    """Runs a job.

    Args:
        job_id: the job's id, any string.
        data: its input, as it came.
        parse: checks the input.
        fetch: brings the video into a folder, or names a folder of frames; returns the path.
        engine: makes the animation.
        storage: keeps the files.
        folders: an empty working folder, which the caller removes.
        report: is handed every `Progress`; may raise `Cancelled`.

    Raises:
        JobError: any of the tree in `actionmesh_wrapper.errors`.
    """
    name = folder_name(job_id)
    notices: list[Notice] = []

    request = parse(data)
    engine.accept(request)
    meter = Meter(_shares(engine.stages(request, request.num_frames)), report)
    video = fetch(request, folders.input, meter.stage("fetch"))
    key = identity(video, request, engine.name, engine.revision)
    if request.cache and (found := storage.find(key)):
        return found.model_copy(update={"job_id": job_id, "cached": True, "timings_s": meter.timings_s()})
    frames = sample(video, request, step=meter.stage("sample"))
    frames.write(folders.input)
    kinds, facts = to_make(request.outputs), _facts(request, engine, frames)
    early = Early(name, folders.output, storage, meter, facts)
    animation = engine.animate(frames, request, meter, notices.append, early)
    made = export(animation, early.taken, kinds, folders.output, facts, step=meter.stage("export"))
    made |= preview(animation, frames, kinds, folders.output, step=meter.stage("preview"))
    made |= archive(made, kinds, folders.output, facts)
    kept = {kind: made[kind] for kind in request.outputs if kind in made}
    files = {kind: describe(paths) for kind, paths in kept.items()}
    stored = storage.put(name, flat(kept), step=meter.stage("upload"), warn=notices.append)
    result = respond(
        job_id,
        request,
        engine=engine.name,
        storage=storage.kind,
        frames=frames,
        animation=animation,
        files=files,
        stored=stored,
        timings_s=meter.timings_s(),
        notices=_ignored(request, engine) + notices,
    )
    storage.seal(name, key, result)
    return result


def _shares(stages: Mapping[str, float]) -> dict[str, float]:
    """Each stage of a job with its share of the time, given those of the engine."""
    total = sum(stages.values())
    return BEFORE | {stage: share / total * ENGINE for stage, share in stages.items()} | AFTER


def _facts(request: Recipe, engine: Engine, frames: Frames) -> dict[str, object]:
    """What every file says of its making."""
    return {
        "engine": engine.name,
        "mode": request.mode,
        "seed": request.seed,
        "source_timestamps_s": frames.times_s,
    }


def _ignored(request: Recipe, engine: Engine) -> list[Notice]:
    """A warning for every option that differs from its default and that this worker does not heed."""
    notices = [
        Notice("OPTION_IGNORED", f"{field} has no effect with the {engine.name} engine.")
        for field, info in Options.model_fields.items()
        if getattr(request, field) != info.default and field not in engine.honours
    ]
    if request.blender_export:
        notices.append(Notice("OPTION_IGNORED", "blender_export has no effect: this worker lacks Blender."))
    return notices
