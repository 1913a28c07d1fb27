"""One clip of this machine, or an animated mesh: checked at once, worked on, and told of in a few lines."""

import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from actionmesh_wrapper.api import export_animation, run_actionmesh
from actionmesh_wrapper.contract.engines import MAX_FRAMES
from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.contract.request import parse
from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.engines.registry import load
from actionmesh_wrapper.errors import DiskFull, Internal, JobError, StartError, in_words
from actionmesh_wrapper.host import unwritable
from actionmesh_wrapper.job.intake import FileIntake
from actionmesh_wrapper.job.workspace import unused_name
from actionmesh_wrapper.service import logs, terminal
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.source import Fetched
from actionmesh_wrapper.storage.manifest import RESULT

LONGEST_NAME = 60  # characters; of four bytes each, and with a number, a file system takes them
log = logging.getLogger(__name__)

Work = Callable[[Path, Callable[[Progress], None]], Result]
"""Fills a folder with results, and reports on the way."""


def animate(
    clip: Path, options: Mapping[str, Any], *, mesh: Path | None, output: Path | None, overwrite: bool
) -> None:
    """Animates a clip, with a bar, and prints where the results are and what to know of them.

    Args:
        clip: a video, or a folder of frames; exists.
        options: fields of `Recipe`.
        mesh: a GLB of the caller's own.
        output: the folder for the results; None: a new one in the settings' `output_dir`.
        overwrite: whether a result in it may be replaced.

    Raises:
        JobError: any of the tree in `actionmesh_wrapper.errors`.
        StartError: if a setting is wrong or no engine can run.
        UsageError: if the folder cannot be written, or has a result.
    """
    settings = _settings()
    data = {"mode": settings.default_mode, **options}
    parse({"num_frames": MAX_FRAMES, **data} if clip.is_dir() else data, Recipe)  # of a folder all are taken

    def work(folder: Path, report: Callable[[Progress], None]) -> Result:
        if sys.stderr.isatty():
            click.echo("Loading the engine …", err=True)  # which takes minutes with weights to verify
        engine = load(settings)
        click.echo(terminal.engine_line(engine.facts), err=True)
        return run_actionmesh(clip, folder, mesh=mesh, engine=engine, progress=report, **data)

    _told(work, clip, settings, output, overwrite=overwrite)


def export(animated_mesh: Path, options: Mapping[str, Any], *, output: Path | None, overwrite: bool) -> None:
    """Makes further outputs of an animated mesh, and tells of them like `animate`.

    Args:
        animated_mesh: of an earlier result; exists.
        options: fields of `Recipe`.
        output: see `animate`.
        overwrite: likewise.

    Raises:
        JobError, StartError, UsageError: see `animate`.
    """
    FileIntake(Fetched(None, animation=animated_mesh)).parse(options)

    def work(folder: Path, report: Callable[[Progress], None]) -> Result:
        return export_animation(animated_mesh, folder, progress=report, **options)

    _told(work, animated_mesh, _settings(), output, overwrite=overwrite)


def _settings() -> Settings:
    environ = os.environ  # noqa: TID251 – this is a program of its own
    settings = Settings.from_env(environ)
    logs.set_up(terminal.quiet(settings, environ), environ)
    return settings


def _told(work: Work, source: Path, settings: Settings, output: Path | None, *, overwrite: bool) -> None:
    """Does it in a folder for the results, with a bar, and prints what came of it."""
    name = _name(source)
    with _results_folder(settings.output_dir, name, output, overwrite=overwrite) as folder:
        try:
            with terminal.show_progress(name) as report:
                result = work(folder, report)
        except (JobError, StartError) as error:
            log.debug("%s", getattr(error, "detail", ""), exc_info=True)
            if isinstance(error, DiskFull):
                at = f"Working folders are in {settings.jobs_dir} (JOBS_DIR)."
                raise DiskFull(f"{error.message} {at}") from error
            raise
        except Exception as error:  # the last line before the terminal
            log.debug("unexpected", exc_info=True)
            what = in_words(error) if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
            raise Internal(f"{what} (LOG_LEVEL=DEBUG shows where)") from error
    click.echo(terminal.summary(result, f"{folder}{os.sep}"))


def _name(clip: Path) -> str:
    """A clip's name as a folder may have it: without its ending, and without what moves a cursor."""
    path = clip if clip.name not in {"", ".."} else clip.resolve()
    stem = path.name if path.is_dir() else path.stem
    shown = "".join(letter if letter.isprintable() else "_" for letter in stem)
    return shown[:LONGEST_NAME].strip(". ") or "clip"


@contextmanager
def _results_folder(root: Path, name: str, output: Path | None, *, overwrite: bool) -> Iterator[Path]:
    """Makes the folder for the results, tries to write in it, and removes it if nothing came into it.

    A folder that was there before stays.

    Raises:
        UsageError: if it cannot be written, or has a result that may not be replaced.
    """
    was_there = output is not None and output.is_dir()
    if problem := unwritable(output or root):
        raise click.UsageError(problem)
    folder = output or root / unused_name(root, name)
    folder.mkdir(exist_ok=True)
    try:
        if (folder / RESULT).exists() and not overwrite:
            raise click.UsageError(f"{folder} has a result already: name another folder, or add --overwrite.")
        yield folder
    finally:
        if not was_there:
            with suppress(OSError):  # there is something in it
                folder.rmdir()
