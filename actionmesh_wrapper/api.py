"""ActionMesh from Python: a folder of frames in, a folder of meshes out."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from actionmesh_wrapper.contract.engines import Mode
from actionmesh_wrapper.contract.outputs import file_of
from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.contract.request import parse
from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.data.writing import Tools
from actionmesh_wrapper.engines import Engine
from actionmesh_wrapper.engines.registry import load
from actionmesh_wrapper.errors import InvalidInput
from actionmesh_wrapper.job.intake import FileIntake
from actionmesh_wrapper.job.run import run
from actionmesh_wrapper.job.run_folder import sweep
from actionmesh_wrapper.job.workspace import enough_disk, results_bytes, workspace
from actionmesh_wrapper.preview import renderer as renderers
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.source import Fetched
from actionmesh_wrapper.storage import Local
from actionmesh_wrapper.video.images import count


def run_actionmesh(
    input_dir: str | Path,
    output_dir: str | Path,
    fast: bool = False,  # noqa: FBT001, FBT002 – ActionMesh's own names and order
    low_ram: bool = False,  # noqa: FBT001, FBT002 – as above
    *,
    mesh: str | Path | None = None,
    engine: Engine | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    **options: object,
) -> Result:
    """Animates a folder of frames: the same steps as a job of the worker, without the download.

    Args:
        input_dir: folder of frames, PNG, JPEG or WebP of one size, in the natural order of their names. Their
            alpha channel, or masks beside them, are the subject's mask; see `folder.frame_files`. A video
            file will do too.
        output_dir: folder for ``mesh_000.glb`` …, ``animated_mesh.glb``, ``preview.mp4`` … and
            ``result.json``; made if missing. An earlier result in it is replaced, other files stay. No
            file of it can be the input.
        fast: ActionMesh's fast preset.
        low_ram: its low-memory preset; goes with ``fast`` or alone.
        mesh: a GLB of your own, to be animated instead of one that is made from the frames: the subject as
            it stands in the anchor frame, Y up, +Z to the camera; see `mesh_file.read_mesh`.
        engine: a loaded engine, to use again; by default one is loaded as the environment says.
        progress: is handed every `Progress`.
        **options: any other field of `Recipe`, such as ``num_frames``, ``seed`` or ``outputs``. By default
            all frames of a folder are taken, or of the part that ``start_s``, ``end_s`` and ``fps`` tell, up
            to the most that the engine takes.

    Returns:
        What ``result.json`` holds; file addresses are relative to it.

    Raises:
        JobError: any of the tree in `actionmesh_wrapper.errors`.
        FileNotFoundError: if there is no such video or mesh.
        StartError: if the environment's settings are wrong or no engine can run.
    """
    settings = _settings()
    frames = Path(input_dir)
    engine = engine or load(settings)
    data = {"mode": _mode(fast=fast, low_ram=low_ram)} | options
    if frames.is_dir() and "num_frames" not in data:
        limits = engine.facts.frames
        wish = parse(data | {"num_frames": limits.most}, Recipe)
        data["num_frames"] = min(max(count(frames, wish), limits.least), limits.most)
    files = Fetched(frames, None if mesh is None else Path(mesh))
    return _run(files, output_dir, data, settings, engine=engine, progress=progress)


def export_animation(
    animated_mesh: str | Path,
    output_dir: str | Path,
    *,
    progress: Callable[[Progress], None] = lambda _: None,
    **options: object,
) -> Result:
    """Makes further outputs of an ``animated_mesh.glb``, without the clip and without an engine.

    Args:
        animated_mesh: of an earlier result, in any profile; see `mesh_file.animated.read_animation`.
        output_dir: see `run_actionmesh`; not the folder of the file itself, which would be replaced.
        progress: is handed every `Progress`.
        **options: ``outputs``, which has to be given, and what else of `Recipe` is about files.

    Returns:
        What ``result.json`` holds; file addresses are relative to it.

    Raises:
        JobError: any of the tree in `actionmesh_wrapper.errors` but those of videos and engines.
        FileNotFoundError: if there is no such file.
        StartError: if the environment's settings are wrong.
    """
    files = Fetched(None, animation=Path(animated_mesh))
    return _run(files, output_dir, options, _settings(), engine=None, progress=progress)


def _settings() -> Settings:
    return Settings.from_env(os.environ)  # noqa: TID251 – the one door besides handler.py


def _run(
    files: Fetched,
    output_dir: str | Path,
    data: Mapping[str, object],
    settings: Settings,
    *,
    engine: Engine | None,
    progress: Callable[[Progress], None],
) -> Result:
    output = Path(output_dir).resolve()
    for source in (files.video, files.mesh, files.animation):
        if source is not None and source.resolve().parent == output and file_of(source.name):
            raise InvalidInput(
                f"{source.name} lies in the output folder and would be replaced: name another folder."
            )
    sweep(settings.jobs_dir, older_than_s=settings.jobs_ttl)
    with (
        enough_disk(settings.jobs_dir, results_bytes(settings.max_frames)),
        workspace(settings.jobs_dir, output.name) as folders,
    ):
        return run(
            output.name,
            data,
            intake=FileIntake(files),
            engine=engine,
            storage=Local(output.parent, output.name),
            folders=folders,
            tools=Tools(settings.blender_path, None if engine is None else renderers.load(settings)),
            report=progress,
        )


def _mode(*, fast: bool, low_ram: bool) -> Mode:
    if fast:
        return "fast_low_ram" if low_ram else "fast"
    return "low_ram" if low_ram else "default"
