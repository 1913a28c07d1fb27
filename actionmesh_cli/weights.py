"""What is done to a folder of weights, and what is said of it."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NoReturn

import click

from actionmesh_cli import STOPPED_CODE
from actionmesh_wrapper.host import drop_empty
from actionmesh_wrapper.weights.table import Repository

Action = Literal["fetch", "verify", "list"]


def main(action: Action, folder: Path, repositories: Sequence[Repository]) -> bool:
    """Does it, prints what the folder has then, and what is wrong; whether nothing is.

    Raises:
        ClickException: if huggingface_hub is not installed.
    """
    # A cut fetch goes on where it stopped, so there is no need to wait until its threads have their files.
    signal.signal(signal.SIGINT, _leave)
    drop_empty(os.environ)  # noqa: TID251 – this is a program of its own
    try:
        from actionmesh_wrapper.weights import fetch as weights  # noqa: PLC0415 – reads the environment
    except ImportError as error:
        raise click.ClickException(f"{error}: pip install 'huggingface_hub<1'") from error

    problems: list[str] = []
    if action == "fetch":
        names = ", ".join(item.folder for item in repositories)
        click.echo(f"Fetching into {folder}: {names}. Ctrl-C stops it; started again, it goes on.", err=True)
        problems = weights.fetch(folder, repositories, tell=click.echo)
    elif action == "verify":
        problems = weights.verify(folder, repositories)
    for listed in weights.listing(folder, repositories):
        click.echo(listed)
    for problem in problems:
        click.echo(problem, err=True)
    return not problems


def _leave(_signal: int, _frame: object) -> NoReturn:
    os.write(2, b"\nStopped by Ctrl-C.\n")  # Python's stderr may be at a line of its own
    os._exit(STOPPED_CODE)
