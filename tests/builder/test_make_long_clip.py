import sys
from pathlib import Path

import numpy as np
import pytest

from builder import make_long_clip
from tests.preview.decoding import decoded


def test_the_fox_walks_on_its_place_then_turns_then_lies() -> None:
    vertices = np.array([[1, 0, 0], [0, 1.4, 0]], np.float32)
    assert np.array_equal(make_long_clip.posed(vertices, 0.3), vertices)
    half_turned = make_long_clip.posed(vertices, (make_long_clip.WALKS + make_long_clip.TURNS) / 2)
    assert half_turned[0] == pytest.approx([-1, 0, 0], abs=1e-6)
    lying = make_long_clip.posed(vertices, 0.95)
    assert np.ptp(lying[:, 1]) == pytest.approx(0, abs=1e-6)
    assert np.ptp(lying[:, 2]) == pytest.approx(1.4, abs=1e-6)


def test_it_stays_in_the_picture_while_it_lies() -> None:
    picture = make_long_clip.frame(0.95, 0.0, 192, 144).astype(int)
    is_fox = picture[..., 0] - picture[..., 2] > 40  # the room is blue
    assert is_fox.mean() > 0.05
    rows, columns = np.nonzero(is_fox)
    assert 0 < rows.min() < rows.max() < 143
    assert 0 < columns.min() < columns.max() < 191


def test_the_clip_has_its_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = tmp_path / "clip.mp4"
    monkeypatch.setattr(sys, "argv", ["make_long_clip", str(clip), "--seconds", "0.5", "--fps", "8"])
    make_long_clip.main()
    assert len(decoded(clip).pictures) == 4
