"""Rigs that several tests look at, each solved once."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.export.rig import Rig, dem_bones_is_installed, solve_rig
from tests.export.samples import ball

NEEDS_DEM_BONES = pytest.mark.skipif(not dem_bones_is_installed(), reason="py-dem-bones is not installed")
EGG = ball(16, textured=True)


def solved(animation: Animation) -> Rig:
    """The rig of an animation."""
    with TemporaryDirectory() as folder:
        return solve_rig(animation, Path(folder))


@cache
def egg() -> Rig:
    """The rig of `EGG`."""
    return solved(EGG)
