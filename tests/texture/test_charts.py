import io
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.texture.unwrap import CHARTS

pytestmark = pytest.mark.skipif(find_spec("xatlas") is None, reason="xatlas is not installed")

SQUARE = np.array([[0, 0, 0], [60, 0, 0], [60, 60, 0], [0, 60, 0]], np.float32)
FACES = np.array([[0, 1, 2], [0, 2, 3]], np.int32)


def charted(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> dict[str, NDArray[Any]]:
    given = io.BytesIO()
    np.savez(given, vertices=vertices, faces=faces, size=256)
    command = [sys.executable, "-P", str(CHARTS)]
    done = subprocess.run(command, input=given.getvalue(), capture_output=True, check=True)
    with np.load(io.BytesIO(done.stdout)) as made:
        return dict(made)


def test_a_square_is_one_chart_and_stays_square() -> None:
    made = charted(SQUARE, FACES)
    assert made["charts"] == 1
    assert np.array_equal(made["origin"][made["faces"]], FACES)
    corners = made["uv"][np.argsort(made["origin"])]
    sides = np.linalg.norm(np.diff(corners, axis=0, append=corners[:1]), axis=1)
    assert sides == pytest.approx(sides[0], rel=0.02)
    assert np.linalg.norm(corners[0] - corners[2]) == pytest.approx(sides[0] * 2**0.5, rel=0.02)


def test_parts_that_do_not_touch_are_charts_that_do_not_either() -> None:
    above = SQUARE + np.array([0, 0, 40], np.float32)
    made = charted(np.concatenate([SQUARE, above]), np.vstack([FACES, FACES + 4]))
    assert made["charts"] == 2
    boxes = [made["uv"][np.unique(made["faces"][part])] for part in (slice(0, 2), slice(2, 4))]
    gaps = [
        max(one.min(axis=0)[axis] - other.max(axis=0)[axis] for one, other in (boxes, boxes[::-1]))
        for axis in (0, 1)
    ]
    assert max(gaps) * 256 >= 4  # texels
