"""The command on a folder of weights, from this command line."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from actionmesh_wrapper.weights.command import Action, run
from actionmesh_wrapper.weights.table import Repository


def main(action: Action, folder: Path, repositories: Sequence[Repository]) -> bool:
    """Does it; whether nothing is wrong."""
    if action == "fetch":
        click.echo(f"Fetching into {folder}: {', '.join(item.folder for item in repositories)}.", err=True)
    return run(action, folder, repositories, environ=os.environ)  # noqa: TID251 – this is a program of its own
