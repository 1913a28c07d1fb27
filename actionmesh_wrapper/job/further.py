"""A job on the animated mesh of an earlier result: further outputs of it, without clip and engine."""

from collections.abc import Callable

from actionmesh_wrapper.contract.fields import About
from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.progress import Meter, Progress
from actionmesh_wrapper.data.writing import Tools
from actionmesh_wrapper.job.finish import Finish, Made, changed, found, ignored, without_animated_mesh
from actionmesh_wrapper.job.intake import Intake, R, identity
from actionmesh_wrapper.job.output_files import OutputPlan
from actionmesh_wrapper.job.response import Maker
from actionmesh_wrapper.job.workspace import Workspace, folder_name
from actionmesh_wrapper.mesh_file.animated import read_animation
from actionmesh_wrapper.storage import Storage
from actionmesh_wrapper.texture import camera_info

SHARES = {"fetch": 10.0, "export": 80.0, "preview": 2.0, "upload": 8.0}
"""Of such a job's time, by stage."""


def run_further(
    job_id: str,
    request: R,
    *,
    intake: Intake[R],
    storage: Storage,
    folders: Workspace,
    tools: Tools,
    report: Callable[[Progress], None],
) -> Result:
    """Runs a job that brings an animation; see `run.run`.

    Raises:
        JobError: any of the tree in `actionmesh_wrapper.errors` but those of videos and engines.
    """
    meter = Meter(SHARES, report)
    fetching = meter.stage("fetch")
    fetched = intake.fetch(request, folders.input, fetching)
    key = identity(fetched, request, "", "")
    if earlier := found(storage, key, request, job_id, meter):
        return earlier
    unheeded = changed(request, Recipe.about(About.CLIP, About.MAKING))
    notices = ignored(unheeded, "on an animation that is made already")
    stored = read_animation(fetched.main, warn=notices.append, step=fetching)
    plan = OutputPlan.of(request, clip=False)
    notices += without_animated_mesh(request, plan)
    finish = Finish(job_id, request, plan, key, folders.output, storage, tools, meter, notices)
    fields = {} if stored.film is None else {"camera": camera_info(stored.film)}
    made = Made(stored.animation, None, film=stored.film, extras=stored.extras, result_fields=fields)
    making = stored.making
    with storage.deliver(folder_name(job_id)) as delivery:
        return finish.run(made, Maker(making.engine, making.mode, making.seed), delivery)
