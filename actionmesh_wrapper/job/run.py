"""One job, from its input to its result: parse → fetch → sample → animate → export → preview → upload."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from actionmesh_wrapper.contract.request import Options, Recipe, frame_counts
from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Meter, Notice, Progress, StageStep
from actionmesh_wrapper.engines import Engine
from actionmesh_wrapper.job.intake import identity
from actionmesh_wrapper.job.listener import Early
from actionmesh_wrapper.job.output_files import Order, Tools, archive, export, preview
from actionmesh_wrapper.job.response import describe, respond
from actionmesh_wrapper.job.workspace import Workspace, folder_name
from actionmesh_wrapper.mesh_file import read_mesh
from actionmesh_wrapper.source import Fetched
from actionmesh_wrapper.storage import Storage
from actionmesh_wrapper.video import sample

R = TypeVar("R", bound=Recipe)

# Shares of a job's time, in percent; the engine's is divided among its own stages.
BEFORE = {"fetch": 2.0, "sample": 4.0}
ENGINE = 60.0
AFTER = {"export": 2.0, "preview": 30.0, "upload": 2.0}

# What tells how a mesh is made, which is not done where the caller brings one.
OF_A_MESH_OF_OURS = frozenset({"stage_0_steps", "face_decimation", "floaters_threshold"})

# What binds whoever gets the files, by engine.
LICENCES = {
    "actionmesh": "Made with ActionMesh's weights (Meta, FAIR Noncommercial Research License) and, for "
    "masks, BRIA's RMBG-1.4 (non-commercial): not for commercial use."
}


def run(
    job_id: str,
    data: object,
    *,
    parse: Callable[[object], R],
    has_mesh: Callable[[R], bool],
    fetch: Callable[[R, Path, StageStep], Fetched],
    engine: Engine,
    storage: Storage,
    folders: Workspace,
    tools: Tools,
    report: Callable[[Progress], None],
) -> Result:
    """Runs a job.

    Args:
        job_id: the job's id, any string.
        data: its input, as it came.
        parse: checks the input.
        has_mesh: whether such a job comes with a mesh of the caller's own.
        fetch: brings the inputs into a folder, or names what is there already; returns the paths.
        engine: makes the animation.
        storage: keeps the files.
        folders: an empty working folder, which the caller removes.
        tools: what makes some of the files.
        report: is handed every `Progress`; may raise `Cancelled`.

    Raises:
        JobError: any of the tree in `actionmesh_wrapper.errors`.
    """
    name = folder_name(job_id)
    notices: list[Notice] = []

    request = parse(data)
    engine.accept(request, mesh=has_mesh(request))
    most = frame_counts(request.num_frames)[-1]  # with auto the video is yet to tell
    meter = Meter(_shares(engine.stages(request, most)), report)
    fetched = fetch(request, folders.input, meter.stage("fetch"))
    key = identity(fetched, request, engine.name, engine.revision)
    if request.cache and (found := storage.find(key)):
        return found.model_copy(update={"job_id": job_id, "cached": True, "timings_s": meter.timings_s()})
    mesh = None if fetched.mesh is None else read_mesh(fetched.mesh, warn=notices.append)
    frames = sample(fetched.video, request, step=meter.stage("sample"))
    frames.write(folders.input)
    order = Order.of(request, storage, _facts(request, engine, frames), folders.output, warn=notices.append)
    with storage.deliver(name) as delivery:
        early = Early(folders.output, delivery, meter, order.facts)
        animation = engine.animate(frames, request, meter, notices.append, early, mesh=mesh)
        made = export(animation, early.taken, order, tools, step=meter.stage("export"), warn=notices.append)
        delivery.send(made.only(order.asked).paths)
        made |= preview(animation, frames, order, tools, step=meter.stage("preview"))
        delivery.send(made.only(order.asked).paths)
        made = (made | archive(made, order)).only(order.asked)
        files = {kind: describe(paths) for kind, paths in made.files.items()}
        upload = meter.stage("upload")
        stored = delivery.put(made.paths, step=upload, warn=notices.append)
        result = respond(
            job_id,
            request,
            engine=engine.name,
            accelerated=engine.accelerated,
            storage=storage.kind,
            frames=frames,
            animation=animation,
            animated=made.animated,
            files=files,
            preview_renderer=made.renderer,
            stored=stored,
            timings_s=meter.timings_s(),
            notices=_ignored(request, engine, tools, has_mesh=mesh is not None) + notices,
        )
        delivery.seal(key, result, step=upload)
    return result


def _shares(stages: Mapping[str, float]) -> dict[str, float]:
    """Each stage of a job with its share of the time, given those of the engine."""
    total = sum(stages.values())
    return BEFORE | {stage: share / total * ENGINE for stage, share in stages.items()} | AFTER


def _facts(request: Recipe, engine: Engine, frames: Frames) -> dict[str, object]:
    """What every file says of its making."""
    facts: dict[str, object] = {
        "engine": engine.name,
        "mode": request.mode,
        "seed": request.seed,
        "source_timestamps_s": frames.times_s,
    }
    return facts | ({"licence": LICENCES[engine.name]} if engine.name in LICENCES else {})


def _ignored(request: Recipe, engine: Engine, tools: Tools, *, has_mesh: bool) -> list[Notice]:
    """A warning for every option that differs from its default and that this job does not heed."""
    given = [name for name, info in Options.model_fields.items() if getattr(request, name) != info.default]
    unheeded = {name: f"with the {engine.name} engine" for name in given if name not in engine.honours}
    if has_mesh:
        unheeded |= {name: "on a mesh of your own" for name in given if name in OF_A_MESH_OF_OURS}
    notices = [Notice("OPTION_IGNORED", f"{name} has no effect {why}.") for name, why in unheeded.items()]
    if request.blender_export and tools.blender is None:
        notices.append(Notice("OPTION_IGNORED", "blender_export has no effect: this worker lacks Blender."))
    return notices
