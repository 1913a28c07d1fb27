"""Whatever the subject's shape, the engine gives a mesh or a coded error within limits of the process."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from actionmesh_wrapper.contract.engines import SILHOUETTE
from actionmesh_wrapper.engines.silhouette.marching import MOST_VERTICES
from tests.engines.silhouette.odd import OddClip

SPACE = 1_500_000_000  # bytes of address space beyond code and clip
PEAK_MB = 700  # resident, beyond the same
SECONDS = 60  # of processor time

KNOB = SILHOUETTE.knobs["face_decimation"]
LEAST, MOST = int(KNOB.least), int(KNOB.most)
LONG = 31  # frames


def name_of(value: object) -> str:
    """What a case is called in the tests' report."""
    return f"{value.subject} {value.height}x{value.width}" if isinstance(value, OddClip) else str(value)


Run = Callable[[OddClip, int], dict[str, Any]]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs RLIMIT_AS and /proc")


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a job in a limited process; what it took is in the tests' report (--junitxml)."""

    def run(clip: OddClip, faces: int) -> dict[str, Any]:
        command = [sys.executable, "-m", "tests.engines.silhouette.limited", json.dumps(asdict(clip))]
        done = subprocess.run(
            [*command, str(faces), str(SPACE)],
            check=False,
            capture_output=True,
            text=True,
            timeout=10 * SECONDS,
            cwd=Path(__file__).parents[3],
        )
        assert done.returncode == 0, done.stderr[-2000:]
        result: dict[str, Any] = json.loads(done.stdout)
        request.node.user_properties.extend(result.items())
        assert result["peak_mb"] < PEAK_MB
        assert result["seconds"] < SECONDS
        return result

    return run


@pytest.mark.parametrize(
    ("clip", "faces"),
    [
        (OddClip("bar", 8, 8), MOST),
        (OddClip("pixel", 512, 512), MOST),
        (OddClip("few rays", 512, 512), MOST),
        (OddClip("comb", 512, 512, LONG), MOST),
        (OddClip("noise", 512, 512), MOST),
        (OddClip("disc", 1024, 1024, LONG), MOST),
        (OddClip("star", 512, 512), LEAST),
        (OddClip("spiral", 1024, 1024, LONG, alpha=False), LEAST),
    ],
    ids=name_of,
)
def test_a_mesh_of_bounded_size(run: Run, clip: OddClip, faces: int) -> None:
    assert 100 < run(clip, faces)["vertices"] < MOST_VERTICES


@pytest.mark.parametrize(
    "clip",
    [
        OddClip("bar", 1024, 1, alpha=False),
        OddClip("all", 1, 1, alpha=False),
        OddClip("all", 2, 2),
        OddClip("all", 4, 480, alpha=False),
        OddClip("bar", 480, 4),
        OddClip("specks", 512, 512, LONG),
    ],
    ids=name_of,
)
def test_no_subject_is_an_error(run: Run, clip: OddClip) -> None:
    assert run(clip, MOST)["code"] == "SUBJECT_NOT_FOUND"
