"""One job: parse → fetch → sample → animate → texture → export → preview → upload."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from actionmesh_wrapper.contract.engines import MIN_FRAMES
from actionmesh_wrapper.contract.fields import About
from actionmesh_wrapper.contract.recipe import Options, Recipe, frame_counts
from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Meter, Notice, Progress, Warn
from actionmesh_wrapper.data.writing import Tools
from actionmesh_wrapper.engines import Engine, Task
from actionmesh_wrapper.errors import InvalidInput
from actionmesh_wrapper.job import doubtful_motion
from actionmesh_wrapper.job.early_results import EarlyResults
from actionmesh_wrapper.job.finish import Finish, Made, changed, found, ignored, without_animated_mesh
from actionmesh_wrapper.job.further import run_further
from actionmesh_wrapper.job.intake import Intake, R, identity
from actionmesh_wrapper.job.loop import close
from actionmesh_wrapper.job.output_files import OutputPlan
from actionmesh_wrapper.job.pace import TimeLimit, Work
from actionmesh_wrapper.job.response import Maker
from actionmesh_wrapper.job.workspace import Workspace, folder_name
from actionmesh_wrapper.mesh_file import read_mesh
from actionmesh_wrapper.storage import Delivery, Storage
from actionmesh_wrapper.texture import colour
from actionmesh_wrapper.video import sample

# Shares of a job's time, in percent of one of 16 frames; the engine's is divided among its own stages, and is
# larger the longer they take for more frames.
BEFORE = {"fetch": 2.0, "sample": 4.0}
ENGINE = 60.0
AFTER = {"texture": 15.0, "export": 2.0, "preview": 30.0, "upload": 2.0}
RIG = 20.0  # of the export, where there is one
SUMS = 1.0  # of the preview, where there is none: the sums of the files


def run(
    job_id: str,
    data: object,
    *,
    intake: Intake[R],
    engine: Engine | None,
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
        engine: makes the animation; None where the job is known to bring one.
        storage: keeps the files.
        folders: an empty working folder, which the caller removes.
        tools: what makes some of the files.
        report: is handed every `Progress`; may raise `Cancelled`.
        limit: how long it may take; None: as long as it does.

    Raises:
        JobError: any of the tree in `actionmesh_wrapper.errors`.
    """
    request = intake.parse(data)
    if intake.has_animation(request):
        return run_further(
            job_id, request, intake=intake, storage=storage, folders=folders, tools=tools, report=report
        )
    assert engine is not None, "a job with a clip needs an engine"
    plan, limit = OutputPlan.of(request), limit or TimeLimit()
    has_mesh = intake.has_mesh(request)
    meter = Meter(_shares(request, engine, _fewest(request, engine)), report, turns=engine.facts.turns)
    engine.accept(request, mesh=has_mesh)
    fetching = meter.stage("fetch")
    fetched = intake.fetch(request, folders.input, fetching)
    key = identity(fetched, request, engine.facts.name, engine.revision)
    if earlier := found(storage, key, request, job_id, meter):
        return earlier
    notices = _ignored(request, engine, has_mesh=has_mesh, makes_mesh=plan.needs_mesh)
    notices += without_animated_mesh(request, plan)
    finish = Finish(job_id, request, plan, key, folders.output, storage, tools, meter, notices)
    mesh = None if fetched.mesh is None else read_mesh(fetched.mesh, warn=notices.append, step=fetching)
    frames = _frames(fetched.main, request, engine, meter, notices.append)
    frames.write(folders.input)
    work = work_of(request, engine, len(frames), has_mesh=has_mesh)
    if plan.needs_mesh:
        limit.check(work, notices.append)
    with storage.deliver(folder_name(job_id)) as delivery:
        made = _make(finish, Task(frames, request, mesh), engine, delivery)
        maker = Maker(
            engine.facts.name, request.mode, request.seed, engine.accelerated, work.stages, work.frames
        )
        result = finish.run(made, maker, delivery)
    if plan.needs_mesh:
        limit.pace.note(work, result.timings_s)
    return result


def _frames(video: Path, request: Recipe, engine: Engine, meter: Meter, warn: Warn) -> Frames:
    """What the engine is given; the meter is told how many there are."""
    frames = sample(video, request, most=engine.facts.frames.most, step=meter.stage("sample"), warn=warn)
    meter.plan(_shares(request, engine, len(frames)))
    return frames


def _make(finish: Finish, task: Task, engine: Engine, delivery: Delivery) -> Made:
    """The engine's part: the animation, or the masks alone."""
    request, warn, meter = finish.request, finish.notices.append, finish.meter
    keys = len(task.frames) * 2 ** (request.subsampling - 1)
    extras = _extras(request, engine, task.frames)
    early = EarlyResults(finish.folder, delivery, meter, extras, keys=keys, recipe=request)
    if finish.plan.needs_mesh:
        return _animate(engine, task, request, early=early, meter=meter, warn=warn)
    engine.find_masks(task, early.listener(warn))
    return Made(None, task.frames, early.masks, extras=extras)


def work_of(request: Recipe, engine: Engine, frames: int, *, has_mesh: bool) -> Work:
    """What a request has the engine do, of a kind with what takes as long for each frame."""
    return Work((request.mode, has_mesh, request.texture), engine.stages(request, frames), frames)


def _animate(
    engine: Engine, task: Task, request: Recipe, *, early: EarlyResults, meter: Meter, warn: Warn
) -> Made:
    """The engine's animation, with the colours and as the cycle that the request asks for."""
    with early:
        animation = engine.animate(task, early.listener(warn))
        if animation.quality:
            for notice in doubtful_motion.notices(animation.quality):
                warn(notice)
        step, frames, begun = partial(meter, "texture"), task.frames, early.unwrapping
        coloured = colour(animation, frames, early.masks, request, step=step, warn=warn, begun=begun)
    animation, fields = coloured.animation, dict(coloured.result_fields)
    if request.loop:
        animation, frames, fields["loop_info"] = close(animation, frames, warn)
    extras = _extras(request, engine, frames) | _extras_of(animation)
    masks = None if early.masks is None else early.masks[: len(frames)]
    return Made(animation, frames, masks, coloured.film, extras, fields)


def _fewest(request: Recipe, engine: Engine) -> int:
    """How many frames a job has at least: with auto the video is yet to tell.

    Raises:
        InvalidInput: if the worker takes other numbers of frames.
    """
    limits = engine.facts.frames
    least, most = frame_counts(request.num_frames, limits.most)
    if not limits.least <= least <= most <= limits.most:
        raise InvalidInput(f"num_frames: this worker takes {limits.least} to {limits.most}.")
    return least


def _shares(request: Recipe, engine: Engine, num_frames: int) -> dict[str, float]:
    """Each stage of a job of so many frames with its share of the time, by what is to be made."""
    plan = OutputPlan.of(request)
    usual = sum(engine.stages(request, MIN_FRAMES).values())
    stages = list(engine.stages(request, num_frames).items())
    after = dict(AFTER)
    if not plan.needs_mesh:
        stages = stages[:1]  # that of the masks
    if not plan.needs_mesh or request.texture == "none":
        del after["texture"]
    if "rig" in plan.made:
        after["export"] += RIG
    if "preview" not in plan.made:
        after["preview"] = SUMS
    return BEFORE | {stage: share / usual * ENGINE for stage, share in stages} | after


def _extras(request: Recipe, engine: Engine, frames: Frames) -> dict[str, object]:
    """What every file says of its making."""
    extras: dict[str, object] = {
        "engine": engine.facts.name,
        "mode": request.mode,
        "seed": request.seed,
        "source_timestamps_s": frames.times_s,
    }
    return extras | ({"licence": engine.facts.licence} if engine.facts.licence else {})


def _extras_of(animation: Animation) -> dict[str, object]:
    """What they say of the motion, where it is not as usual."""
    usual = {"loops": False, "anchor": 0}
    return {name: value for name, no in usual.items() if (value := getattr(animation, name)) != no}


def _ignored(request: Recipe, engine: Engine, *, has_mesh: bool, makes_mesh: bool) -> list[Notice]:
    """A warning for every option that differs from its default and that this job does not heed."""
    facts = engine.facts
    told = changed(request, Options.model_fields)
    unheeded = {name: f"with the {facts.name} engine" for name in told if name not in facts.heeded}
    if has_mesh:
        unheeded |= {name: "on a mesh of your own" for name in told if name in facts.not_with_mesh}
    if not makes_mesh:
        unheeded |= dict.fromkeys(changed(request, Recipe.about(About.MAKING)), "on masks alone")
    return [notice for name, why in unheeded.items() for notice in ignored([name], why)]
