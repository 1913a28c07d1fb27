"""The start's checks with surfaces that are extracted, by marching cubes in diso's place."""

from pathlib import Path

import pytest


def test_a_processor_passes_them(sources: Path) -> None:
    import torch

    from actionmesh_wrapper.engines.actionmesh.self_test import run_checks
    from tests.upstream.stand_ins import STOOD_IN

    if "diso" not in STOOD_IN:
        pytest.skip("diso is installed, which computes on a GPU alone")
    run_checks(torch.device("cpu"))
