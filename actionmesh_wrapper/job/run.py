"""One job: parse → fetch → sample → animate → texture → export → preview → upload."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from actionmesh_wrapper.contract.engines import MIN_FRAMES, FrameLimits
from actionmesh_wrapper.contract.request import Options, Recipe, frame_counts
from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmView
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Meter, Notice, Progress, Warn
from actionmesh_wrapper.data.writing import Tools, WriteJob
from actionmesh_wrapper.engines import Engine, Task
from actionmesh_wrapper.errors import InvalidInput
from actionmesh_wrapper.job import doubtful_motion
from actionmesh_wrapper.job.early_results import EarlyResults
from actionmesh_wrapper.job.intake import Intake, identity
from actionmesh_wrapper.job.loop import close
from actionmesh_wrapper.job.output_files import OutputFiles, OutputPlan
from actionmesh_wrapper.job.pace import TimeLimit, Work
from actionmesh_wrapper.job.response import Done, describe, respond
from actionmesh_wrapper.job.workspace import Workspace, folder_name
from actionmesh_wrapper.mesh_file import read_mesh
from actionmesh_wrapper.storage import Storage
from actionmesh_wrapper.texture import colour
from actionmesh_wrapper.video import sample

R = TypeVar("R", bound=Recipe)

# Shares of a job's time, in percent of one of 16 frames; the engine's is divided among its own stages, and is
# larger the longer they take for more frames.
BEFORE = {"fetch": 2.0, "sample": 4.0}
ENGINE = 60.0
AFTER = {"texture": 15.0, "export": 2.0, "preview": 30.0, "upload": 2.0}

# Options that mean nothing where no mesh is made.
_OF_A_MESH = (Options.model_fields.keys() - {"masks", "subject_box", "subject_points"}) | {
    "animated_mesh_profile",
    "keyframe_error",
    "texture",
    "texture_size",
    "loop",
}


def run(
    job_id: str,
    data: object,
    *,
    intake: Intake[R],
    engine: Engine,
    storage: Storage,
    folders: Workspace,
    tools: Tools,
    report: Callable[[Progress], None],
    limit: TimeLimit | None = None,
) -> Result:
    """Runs a job.

    Args:
        job_id: the job's id, any string.
        data: its input, as it came.
        intake: checks the input and brings the files that it names.
        engine: makes the animation.
        storage: keeps the files.
        folders: an empty working folder, which the caller removes.
        tools: what makes some of the files.
        report: is handed every `Progress`; may raise `Cancelled`.
        limit: how long it may take; None: as long as it does.

    Raises:
        JobError: any of the tree in `actionmesh_wrapper.errors`.
    """
    request = intake.parse(data)
    limits, limit = engine.facts.frames, limit or TimeLimit()
    has_mesh = intake.has_mesh(request)
    meter = Meter(_shares(request, engine, _fewest(request, limits)), report, turns=engine.facts.turns)
    engine.accept(request, mesh=has_mesh)
    fetching = meter.stage("fetch")
    fetched = intake.fetch(request, folders.input, fetching)
    key = identity(fetched, request, engine.facts.name, engine.revision)
    if request.cache and (earlier := storage.find(key)):
        return earlier.model_copy(update={"job_id": job_id, "cached": True, "timings_s": meter.timings_s()})
    plan = OutputPlan.of(request)
    notices = _ignored(request, engine, has_mesh=has_mesh, makes_mesh=plan.needs_mesh)
    warn = notices.append
    mesh = None if fetched.mesh is None else read_mesh(fetched.mesh, warn=warn, step=fetching)
    frames = sample(fetched.video, request, most=limits.most, step=meter.stage("sample"), warn=warn)
    meter.plan(_shares(request, engine, len(frames)))
    frames.write(folders.input)
    work = work_of(request, engine, len(frames), has_mesh=has_mesh)
    if plan.needs_mesh:
        limit.check(work, warn)
    with storage.deliver(folder_name(job_id)) as delivery:
        keys = len(frames) * 2 ** (request.subsampling - 1)
        extras = _extras(request, engine, frames)
        early = EarlyResults(folders.output, delivery, meter, extras, keys=keys, recipe=request)
        task = Task(frames, request, mesh)
        if plan.needs_mesh:
            shown = _animate(engine, task, request, early=early, meter=meter, warn=warn)
        else:
            engine.find_masks(task, early.listener(warn))
            shown = _Shown(None, frames)
        animation, frames = shown.animation, shown.frames
        made = WriteJob(
            animation,
            frames,
            None if early.masks is None else early.masks[: len(frames)],
            folders.output,
            _extras(request, engine, frames) | ({"loops": True} if shown.loops else {}),
            request.animated_mesh_profile,
            tools,
            warn,
            mesh_bytes=plan.mesh_bytes(storage),
            keyframe_error=request.allowed_keyframe_error(animation.num_frames if animation else 0),
            film=shown.film,
        )
        files = OutputFiles(plan.after(notices), made)
        delivery.send(files.write("export", meter.stage("export")))
        delivery.send(files.write("preview", meter.stage("preview")))
        described = describe(files.asked.files)  # some storages move them
        upload = meter.stage("upload")
        stored = delivery.put(files.asked.files, step=upload, warn=warn)
        done = Done(made, described, {**files.result_fields, **shown.result_fields}, stored, storage.kind)
        timings_s = meter.timings_s()
        result = respond(job_id, request, engine, done, work=work, timings_s=timings_s, notices=notices)
        delivery.seal(key, result, step=upload)
    if plan.needs_mesh:
        limit.pace.note(work, timings_s)
    return result


def work_of(request: Recipe, engine: Engine, frames: int, *, has_mesh: bool) -> Work:
    """What a request has the engine do, of a kind with what takes as long for each frame."""
    return Work((request.mode, has_mesh, request.texture), engine.stages(request, frames), frames)


@dataclass(frozen=True, eq=False)
class _Shown:
    """What a job made of its frames, ready for export.

    Attributes:
        animation: None of a job of masks alone.
        frames: one a key of the engine's; fewer than were sampled where the motion was cut to a cycle.
        film: the camera that filmed the subject, where it was found.
        result_fields: what the result says of it, by its fields' names.
        loops: whether the last key is the first.
    """

    animation: Animation | None
    frames: Frames
    film: FilmView | None = None
    result_fields: Mapping[str, object] = field(default_factory=dict)
    loops: bool = False


def _animate(
    engine: Engine, task: Task, request: Recipe, *, early: EarlyResults, meter: Meter, warn: Warn
) -> _Shown:
    """The engine's animation, with the colours and as the cycle that the request asks for."""
    with early:
        made = engine.animate(task, early.listener(warn))
        if made.quality:
            for notice in doubtful_motion.notices(made.quality):
                warn(notice)
        step, begun = partial(meter, "texture"), early.unwrapping
        coloured = colour(made, task.frames, early.masks, request, step=step, warn=warn, begun=begun)
    if not request.loop:
        return _Shown(coloured.animation, task.frames, coloured.film, coloured.result_fields)
    animation, frames, loop = close(coloured.animation, task.frames, warn)
    return _Shown(animation, frames, coloured.film, {**coloured.result_fields, "loop_info": loop}, loops=True)


def _fewest(request: Recipe, limits: FrameLimits) -> int:
    """How many frames a job has at least: with auto the video is yet to tell.

    Raises:
        InvalidInput: if the worker takes other numbers of frames.
    """
    least, most = frame_counts(request.num_frames, limits.most)
    if not limits.least <= least <= most <= limits.most:
        raise InvalidInput(f"num_frames: this worker takes {limits.least} to {limits.most}.")
    return least


def _shares(request: Recipe, engine: Engine, num_frames: int) -> dict[str, float]:
    """Each stage of a job of so many frames with its share of the time."""
    usual = sum(engine.stages(request, MIN_FRAMES).values())
    stages = engine.stages(request, num_frames)
    after = {
        stage: share for stage, share in AFTER.items() if stage != "texture" or request.texture != "none"
    }
    return BEFORE | {stage: share / usual * ENGINE for stage, share in stages.items()} | after


def _extras(request: Recipe, engine: Engine, frames: Frames) -> dict[str, object]:
    """What every file says of its making."""
    extras: dict[str, object] = {
        "engine": engine.facts.name,
        "mode": request.mode,
        "seed": request.seed,
        "source_timestamps_s": frames.times_s,
    }
    return extras | ({"licence": engine.facts.licence} if engine.facts.licence else {})


def _ignored(request: Recipe, engine: Engine, *, has_mesh: bool, makes_mesh: bool) -> list[Notice]:
    """A warning for every option that differs from its default and that this job does not heed."""
    facts = engine.facts
    changed = [name for name, info in Recipe.model_fields.items() if getattr(request, name) != info.default]
    told = [name for name in changed if name in Options.model_fields]
    ignored = {name: f"with the {facts.name} engine" for name in told if name not in facts.heeded}
    if has_mesh:
        ignored |= {name: "on a mesh of your own" for name in told if name in facts.not_with_mesh}
    if not makes_mesh:
        ignored |= {name: "on masks alone" for name in changed if name in _OF_A_MESH}
    return [Notice("OPTION_IGNORED", f"{name} has no effect {why}.") for name, why in ignored.items()]
