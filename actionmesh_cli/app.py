"""The commands, as click has them: what each takes. What each does stands in a module of its own."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from actionmesh_cli.options import options_of
from actionmesh_cli.weights import main as do_weights
from actionmesh_wrapper.contract.fields import About
from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.errors import InvalidInput, JobError, StartError, in_words
from actionmesh_wrapper.version import VERSION
from actionmesh_wrapper.weights.command import Action
from actionmesh_wrapper.weights.table import REPOSITORIES, chosen

WRONG, FAILED = 2, 1  # exit codes: of the command line, an option or a setting; of the job
FOR_A_BUCKET = {"cache"}  # what means nothing for a folder of this machine
SETTINGS = {
    "help_option_names": ["-h", "--help"],
    "max_content_width": 110,
}
EXISTING = click.Path(exists=True, readable=True, path_type=Path)
EXISTING_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


class Folder(click.Path):
    """A folder to write into. An empty name, as of an unset variable, would be the current folder."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """Refuses an empty name."""
        if value == "":
            self.fail("the name of the folder is empty.", param, ctx)
        return super().convert(value, param, ctx)


RESULTS_FOLDER = click.option(
    "-o",
    "--output",
    type=Folder(path_type=Path),
    help="Folder for the results. Without it a new one in OUTPUT_DIR is made, named after the file.",
)
OVERWRITE = click.option("--overwrite", is_flag=True, help="Replace a result that lies in that folder.")
NOT_OF_FILES = {*FOR_A_BUCKET, *Recipe.about(About.CLIP, About.MAKING)}


class Unnamed(click.Context):
    """The context of a command whose name nobody writes."""

    @property
    def command_path(self) -> str:
        """As one calls it."""
        return self.parent.command_path if self.parent else ""


class Clip(click.Command):
    """The command that is meant where none is named."""

    context_class = Unnamed


class CommandLine(click.Group):
    """A group whose first argument may be a clip: what names no command is the command ``clip``'s."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts ``clip`` before what is a clip, of that name too, or an option of its own."""
        if args and args[0] not in {*self.list_commands(ctx), "-h", "--help", "--version"}:
            args = ["clip", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All that have names of their own."""
        return [name for name in super().list_commands(ctx) if name != "clip"]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Both ways."""
        formatter.write_usage(ctx.command_path, "CLIP [OPTIONS]")
        formatter.write_usage(ctx.command_path, "COMMAND [ARGUMENTS]", prefix="       ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands, then the options of a clip."""
        self.format_commands(ctx, formatter)
        clip.format_options(ctx, formatter)


@click.group(cls=CommandLine, context_settings=SETTINGS)
@click.version_option(VERSION, message="%(version)s")
def app() -> None:
    """Turns a short video into an animated mesh.

    CLIP is a video, or a folder of frames. The options are those of a request; lists are written with commas,
    or as JSON. The settings in the environment hold, too: docs/settings.md.

    Exit codes: 0 done, 1 it failed, 2 the command line or a setting is wrong, 130 Ctrl-C.
    """


@app.command(
    cls=Clip, params=[click.Argument(["clip"], type=EXISTING), *options_of(Recipe, without=FOR_A_BUCKET)]
)
@click.option("--mesh", type=EXISTING_FILE, help="A GLB of your own, animated instead of one that is made.")
@RESULTS_FOLDER
@OVERWRITE
def clip(clip: Path, mesh: Path | None, output: Path | None, *, overwrite: bool, **options: Any) -> None:
    """Animates a clip."""
    from actionmesh_cli.clip import animate  # noqa: PLC0415 – NumPy, SciPy and OpenCV

    _check(output, overwrite=overwrite)
    animate(clip, _given(options), mesh=mesh, output=output, overwrite=overwrite)


@app.command(
    params=[
        click.Argument(["animated_mesh"], type=EXISTING_FILE),
        *options_of(Recipe, without=NOT_OF_FILES, required={"outputs"}),
    ]
)
@RESULTS_FOLDER
@OVERWRITE
def export(animated_mesh: Path, output: Path | None, *, overwrite: bool, **options: Any) -> None:
    """Make further files of a result's animated_mesh.glb.

    It takes neither the clip nor a GPU.
    """
    from actionmesh_cli.clip import export as do_export  # noqa: PLC0415 – NumPy, SciPy and OpenCV

    _check(output, overwrite=overwrite)
    do_export(animated_mesh, _given(options), output=output, overwrite=overwrite)


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that stand on the command line: null is a value, and not every field takes it."""
    source = click.get_current_context().get_parameter_source
    return {name: options[name] for name in options if source(name) is ParameterSource.COMMANDLINE}


def _check(output: Path | None, *, overwrite: bool) -> None:
    if overwrite and output is None:
        raise click.UsageError("--overwrite goes with --output: without it nothing is replaced.")


@app.group()
def weights() -> None:
    """ActionMesh's weights in a folder: fetch, verify, list."""


WHICH = (
    click.Argument(["folder"], envvar="WEIGHTS_DIR", type=Folder(file_okay=False, path_type=Path)),
    click.Option(
        ["--only"],
        multiple=True,
        type=click.Choice([item.folder for item in REPOSITORIES]),
        help="One of them; may be given several times. ISNET and BIREFNET are fetched by their names alone.",
    ),
)


@weights.command(params=[*WHICH])
def fetch(**which: Any) -> None:
    """Fetch them: 16 GB, of which U2NETP is 5 MB. A fetch that was cut goes on where it stopped."""
    _weights("fetch", **which)


@weights.command(params=[*WHICH])
def verify(**which: Any) -> None:
    """Hash every file, and fetch nothing."""
    _weights("verify", **which)


@weights.command("list", params=[*WHICH])
def list_(**which: Any) -> None:
    """Say what is there, by name and size."""
    _weights("list", **which)


def _weights(action: Action, folder: Path, only: Sequence[str]) -> None:
    if not do_weights(action, folder, chosen(only, folder)):
        sys.exit(FAILED)


@app.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def serve(arguments: Sequence[str]) -> None:
    """Serve RunPod's API on this machine, with a worker."""
    try:
        from local_runpod.__main__ import main  # noqa: PLC0415 – FastAPI
    except ImportError as error:
        raise click.ClickException(f"{error}: pip install fastapi uvicorn") from error

    main(arguments, os.environ)  # noqa: TID251 – this is a program of its own


@app.command()
def doctor() -> None:
    """Look what works here, what is missing, and what to do about it."""
    from actionmesh_cli.doctor import main  # noqa: PLC0415 – NumPy and more

    if not main():
        sys.exit(FAILED)


def run(arguments: list[str]) -> int:
    """Runs the command line; the exit code.

    Raises:
        KeyboardInterrupt: if Ctrl-C stopped it.
    """
    try:
        app.main(arguments, prog_name="actionmesh-worker", standalone_mode=False)
    except click.Abort as error:
        raise KeyboardInterrupt from error
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (StartError, InvalidInput) as error:
        return _said(error, WRONG)
    except JobError as error:
        return _said(error, FAILED)
    except OSError as error:  # of what is printed, as into a file on a full disk
        return _said(f"The output cannot be written: {in_words(error)}.", FAILED)
    return 0


def _said(error: Exception | str, code: int) -> int:
    from actionmesh_wrapper.service.logs import Redactor, secrets_of  # noqa: PLC0415 – only for an error

    redact = Redactor(secrets_of(os.environ))  # noqa: TID251 – this is a program of its own
    click.echo(redact(str(error)), err=True)
    return code
