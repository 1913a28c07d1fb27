"""Servers of the tests' own, which come from PyPI for some machines alone."""

import os
import shutil
import sysconfig

import pytest


def find(name: str) -> str | None:
    """A program's path, None where it is not installed."""
    places = [sysconfig.get_path("scripts"), os.environ.get("PATH", "")]
    return shutil.which(name, path=os.pathsep.join(places))


def needed(program: str | None, package: str) -> str:
    """The program of a package; without it the test is skipped, and says why."""
    if program is None:
        pytest.skip(f"{package} is not installed (PyPI, Linux on x86-64), so there is no S3 server")
    return program
