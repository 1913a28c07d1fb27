from pathlib import Path

import numpy as np
import pytest

from actionmesh_wrapper import preview
from actionmesh_wrapper.errors import Cancelled
from actionmesh_wrapper.frames import Frames, Source
from actionmesh_wrapper.preview import write_preview
from actionmesh_wrapper.preview.layout import PANEL
from tests.preview.decoding import decoded
from tests.preview.shapes import moving_sphere


def frames(count: int) -> Frames:
    """Frames that are all red first and all blue last."""
    images = np.zeros((count, 30, 40, 4), np.uint8)
    images[..., 0] = np.linspace(220, 0, count)[:, None, None]
    images[..., 2] = np.linspace(0, 220, count)[:, None, None]
    images[..., 3] = 255
    return Frames(images, np.arange(count) / 8, Source(count / 8, 40, 30, 8, count))


def no_step(index: int, of: int) -> None:
    pass


def test_it_is_a_video_that_every_browser_plays(tmp_path: Path) -> None:
    path = tmp_path / "preview.mp4"
    assert write_preview(moving_sphere(2, fps=6.0), frames(2), path, step=no_step) == path
    video = decoded(path)
    assert video.pictures.shape == (10, PANEL, 2 * PANEL, 3)
    assert video.stream.startswith("h264")
    assert "yuv420p" in video.stream
    assert video.fps == 6
    content = path.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_the_input_is_on_the_left_in_step_with_the_mesh_on_the_right(tmp_path: Path) -> None:
    write_preview(moving_sphere(2), frames(2), tmp_path / "preview.mp4", step=no_step)
    pictures = decoded(tmp_path / "preview.mp4").pictures
    is_red = [bool(picture[256, 256, 0] > picture[256, 256, 2]) for picture in pictures]
    assert is_red == [True, False] * 3 + [True, False, False, True]
    mesh = pictures[:, :, PANEL:].astype(int)
    highest = [int(np.nonzero(np.ptp(picture, axis=2).max(axis=1) > 12)[0].min()) for picture in mesh]
    assert [row > 80 for row in highest] == is_red


def test_it_reports_each_picture(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    write_preview(moving_sphere(1), frames(1), tmp_path / "p.mp4", step=lambda *args: steps.append(args))
    assert steps == [(i, 5) for i in range(1, 6)]


def test_many_keys_are_thinned_out_and_play_as_fast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "MAX_PICTURES", 10)
    write_preview(moving_sphere(3, fps=24.0), frames(3), tmp_path / "p.mp4", step=no_step)
    video = decoded(tmp_path / "p.mp4")
    assert len(video.pictures) == 10
    assert video.fps == 12


def test_a_cancel_passes_and_leaves_nothing_behind(tmp_path: Path) -> None:
    def cancel(index: int, of: int) -> None:
        if index == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_preview(moving_sphere(1), frames(1), tmp_path / "p.mp4", step=cancel)
    assert list(tmp_path.iterdir()) == []


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    first, second = (
        write_preview(moving_sphere(1), frames(1), tmp_path / name, step=no_step).read_bytes()
        for name in ("a.mp4", "b.mp4")
    )
    assert first == second
