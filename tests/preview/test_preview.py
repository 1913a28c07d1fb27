import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper import preview
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames, Source
from actionmesh_wrapper.errors import Cancelled, ExportFailed
from actionmesh_wrapper.preview import NUMPY, POSTER_SIDE, VIDEO_BYTES, Renderer, write_preview
from actionmesh_wrapper.preview.camera import View
from actionmesh_wrapper.preview.layout import BACKGROUND, PANEL, Shot
from actionmesh_wrapper.preview.picture import Picture
from actionmesh_wrapper.preview.rasterise import Hits
from actionmesh_wrapper.preview.scene import PreviewScene
from actionmesh_wrapper.system import accelerator
from tests.preview import chromium
from tests.preview.decoding import decoded, looped
from tests.preview.shapes import f32, moving_sphere, sphere


def frames(count: int, size: tuple[int, int] = (30, 40)) -> Frames:
    """Frames that are all red first and all blue last."""
    images = np.zeros((count, *size, 4), np.uint8)
    images[..., 0] = np.linspace(220, 0, count)[:, None, None]
    images[..., 2] = np.linspace(0, 220, count)[:, None, None]
    images[..., 3] = 255
    return Frames(images, np.arange(count) / 8, Source(count / 8, 40, 30, 8, count))


def no_step(index: int, of: int) -> None:
    pass


@pytest.fixture(scope="module")
def two_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The preview of a ball at two keys."""
    folder = tmp_path_factory.mktemp("preview")
    made = write_preview(moving_sphere(2, fps=6.0), frames(2), folder, step=no_step)
    assert made.files == [folder / "preview.mp4", folder / "preview.webp", folder / "poster.png"]
    assert made.renderer == "numpy"
    return folder


def test_it_is_a_video_that_every_browser_plays(two_keys: Path) -> None:
    video = decoded(two_keys / "preview.mp4")
    assert video.pictures.shape == (10, PANEL, 2 * PANEL, 3)
    assert video.stream.startswith("h264")
    assert "yuv420p" in video.stream
    assert video.fps == 6
    content = (two_keys / "preview.mp4").read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_the_input_is_on_the_left_in_step_with_the_mesh_on_the_right(two_keys: Path) -> None:
    pictures = decoded(two_keys / "preview.mp4").pictures
    is_red = [bool(picture[256, 256, 0] > picture[256, 256, 2]) for picture in pictures]
    assert is_red == [True, False] * 3 + [True, False, False, True]
    mesh = pictures[:, :, PANEL:].astype(int)
    highest = [int(np.nonzero(np.ptp(picture, axis=2).max(axis=1) > 12)[0].min()) for picture in mesh]
    assert [row > 80 for row in highest] == is_red


def test_both_panels_are_title_safe(two_keys: Path) -> None:
    pictures = decoded(two_keys / "preview.mp4").pictures.astype(int)
    shown = np.ptp(pictures, axis=3) > 40  # in colour, save for what the codec bleeds
    height, width = shown.shape[1:]
    across, down = round(0.05 * width), round(0.05 * height)
    shown[:, down:-down, across:-across] = False
    assert not shown.any()
    assert np.abs(pictures[:, :down] - BACKGROUND).max() <= 3


def test_the_loop_is_the_turntable_of_the_video(two_keys: Path) -> None:
    turntable = decoded(two_keys / "preview.mp4").pictures[6:]
    loop = looped(two_keys / "preview.webp")
    assert loop.pictures.shape == (4, PANEL // 2, PANEL, 3)
    assert loop.durations_ms == [167] * 4
    for shown, picture in zip(loop.pictures.astype(float), turntable, strict=True):
        assert abs(shown - np.asarray(Image.fromarray(picture).reduce(2))).mean() < 3


def test_the_poster_shows_the_larger_key_large_and_alone(two_keys: Path) -> None:
    with Image.open(two_keys / "poster.png") as poster:
        assert (poster.format, poster.size) == ("PNG", (POSTER_SIDE, POSTER_SIDE))
        rows, columns = np.nonzero(np.ptp(np.asarray(poster).astype(int), axis=2) > 8)
    assert min(np.ptp(rows), np.ptp(columns)) > 0.75 * POSTER_SIDE


def test_keys_between_frames_show_the_nearest_frame(tmp_path: Path) -> None:
    write_preview(moving_sphere(3), frames(2), tmp_path, step=no_step)
    first, _, last = decoded(tmp_path / "preview.mp4").pictures[:3, 256, 256].astype(int)
    assert first[0] > 200
    assert last[2] > 200


def test_it_reports_each_picture(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    write_preview(moving_sphere(1), frames(1), tmp_path, step=lambda *args: steps.append(args))
    assert steps == [(i, 5) for i in range(1, 6)]


def test_many_keys_are_thinned_out_and_play_as_fast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "MAX_PICTURES", 10)
    write_preview(moving_sphere(3, fps=24.0), frames(3), tmp_path, step=no_step)
    video = decoded(tmp_path / "preview.mp4")
    assert len(video.pictures) == 10
    assert video.fps == 12


@pytest.mark.parametrize(
    ("keys", "fps", "pictures"),
    [(31, 8.0, 93), (121, 8.0, 121), (226, 8.0, 113), (16, 1.6, 16), (121, 32.0, 183)],
)
def test_no_preview_is_longer_than_twelve_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: int, fps: float, pictures: int
) -> None:
    drawn = Picture(np.zeros((PANEL, PANEL, 3), np.uint8), covered=1)
    monkeypatch.setattr(PreviewScene, "picture", lambda *_: drawn)
    monkeypatch.setattr(preview, "write_still", lambda _picture, path: path)
    write_preview(moving_sphere(keys, fps=fps), frames(keys), tmp_path, step=no_step)
    video = decoded(tmp_path / "preview.mp4")
    assert len(video.pictures) == pictures
    assert len(video.pictures) / video.fps <= 12.01


@pytest.fixture
def in_work(monkeypatch: pytest.MonkeyPatch) -> list[Shot]:
    """What is being drawn."""
    shots: list[Shot] = []
    picture = PreviewScene.picture

    def draw(scene: PreviewScene, key: int, view: View) -> Picture:
        shots.append(Shot(key, view))
        try:
            return picture(scene, key, view)
        finally:
            shots.remove(Shot(key, view))

    monkeypatch.setattr(PreviewScene, "picture", draw)
    return shots


def test_a_cancel_passes_and_leaves_nothing_behind(tmp_path: Path, in_work: list[Shot]) -> None:
    def cancel(index: int, of: int) -> None:
        if index == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_preview(moving_sphere(1), frames(1), tmp_path, step=cancel)
    assert list(tmp_path.iterdir()) == []
    assert in_work == []


def test_an_encoder_that_fails_ends_the_drawing(tmp_path: Path, in_work: list[Shot]) -> None:
    with pytest.raises(ExportFailed) as caught:
        write_preview(moving_sphere(1), frames(1), tmp_path / "none", step=no_step)
    assert caught.value.detail
    assert in_work == []


def test_pictures_drawn_at_the_same_time_are_those_drawn_one_by_one(tmp_path: Path) -> None:
    animation, clip = noisy(4)
    written = []
    for number in (0, 4):
        folder = tmp_path / str(number)
        folder.mkdir()
        made = write_preview(animation, clip, folder, step=no_step, renderer=replace(NUMPY, prefetch=number))
        written.append([file.read_bytes() for file in made.files])
    assert written[0] == written[1]


def noisy(keys: int) -> tuple[Animation, Frames]:
    """What is hard to encode: noise that is new in each frame, beside a turning ball with a fine chequer."""
    vertices, faces = sphere(1.0, 4)
    around, height = np.arctan2(vertices[:, 0], vertices[:, 2]), vertices[:, 1]
    uv = f32(np.column_stack([around / 6.3 + 0.5, 0.5 - height / 2]))
    chequer = np.indices((256, 256)).sum(axis=0) // 4 % 2 * 255
    texture = np.repeat(chequer[..., None], 3, axis=2).astype(np.uint8)
    animation = Animation(np.repeat(vertices[None], keys, axis=0), faces, 4.0, uv, texture)
    images = np.random.default_rng(0).integers(0, 256, (keys, 128, 128, 4)).astype(np.uint8)
    images[..., 3] = 255
    return animation, Frames(images, np.arange(keys) / 4, Source(keys / 4, 128, 128, 4, keys))


def test_no_video_is_too_large_and_two_runs_write_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "VIDEO_BYTES", VIDEO_BYTES // 4)  # as for four times as many keys
    animation, clip = noisy(4)
    written = []
    for name in "ab":
        (tmp_path / name).mkdir()
        made = write_preview(animation, clip, tmp_path / name, step=no_step)
        written.append([file.read_bytes() for file in made.files])
    assert VIDEO_BYTES // 8 < len(written[0][0]) <= VIDEO_BYTES // 4
    assert written[0] == written[1]


def out_of_memory(
    points: NDArray[np.float64],
    faces: NDArray[np.int64],
    width: int,
    height: int,
    *,
    front: int | None = None,
) -> Hits:
    raise RuntimeError("out of memory")


def test_where_the_device_fails_numpy_draws(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    faulty = Renderer("pytorch3d", out_of_memory, faults=(RuntimeError,))
    with caplog.at_level(logging.WARNING):
        made = write_preview(moving_sphere(1), frames(1), tmp_path, renderer=faulty, step=no_step)
    assert made.renderer == "numpy"
    assert all(file.stat().st_size > 1000 for file in made.files)
    assert "the preview's renderer pytorch3d failed, so numpy draws it" in caplog.text


@pytest.mark.parametrize(("words", "fails"), [("CUDA error: lost", True), ("out of memory", False)])
def test_a_device_that_failed_is_noted(tmp_path: Path, words: str, fails: bool) -> None:
    """The preview is there all the same, but later jobs would fail: the worker is to be replaced."""

    def lose(*_: object, **__: object) -> Hits:
        raise RuntimeError(words)

    faulty = Renderer("pytorch3d", lose, faults=(RuntimeError,))
    made = write_preview(moving_sphere(1), frames(1), tmp_path, renderer=faulty, step=no_step)
    assert made.renderer == "numpy"
    assert accelerator.has_failed() is fails


def test_a_fault_of_numpys_own_is_not_hidden(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="out of memory"):
        write_preview(
            moving_sphere(1),
            frames(1),
            tmp_path,
            renderer=Renderer("numpy", out_of_memory),
            step=no_step,
        )
    assert list(tmp_path.iterdir()) == []


def test_the_pictures_of_a_key_agree_between_panels(two_keys: Path) -> None:
    """The same key seen from the front and at the turntable's start differs by the pitch alone."""
    pictures: NDArray[np.int64] = decoded(two_keys / "preview.mp4").pictures[:, :, PANEL:].astype(int)
    assert np.abs(pictures[0] - pictures[6]).mean() < 4


def test_a_mesh_that_has_only_a_front_never_shows_its_back(tmp_path: Path) -> None:
    ball = moving_sphere(1, subdivisions=4)
    side = np.where(ball.vertices[0, :, 2] < 0, 0.75, 0.25).astype(np.float32)
    uv = np.stack([np.full_like(side, 0.5), side], axis=1)
    red_behind = np.array([[[0, 0, 255]], [[255, 0, 0]]], np.uint8)
    shown = []
    for front_only in (False, True):
        folder = tmp_path / str(front_only)
        folder.mkdir()
        animation = replace(ball, uv=uv, texture=red_behind, front_only=front_only)
        write_preview(animation, frames(1), folder, step=no_step)
        mesh = decoded(folder / "preview.mp4").pictures[:, :, PANEL:].astype(int)
        shown.append((mesh[..., 0] - mesh[..., 2] > 100).mean(axis=(1, 2)).max())
    assert shown[0] > 0.1  # the turntable, of two pictures here, has its second behind the ball
    assert shown[1] < 0.05


def test_chromium_plays_it(two_keys: Path) -> None:
    browser = chromium.find()
    if browser is None:
        pytest.skip("needs Debian's chromium")
    played = chromium.play(browser, two_keys / "preview.mp4")
    assert (played["width"], played["height"]) == (2 * PANEL, PANEL)
    assert played["duration"] == pytest.approx(10 / 6, abs=0.05)
    assert played["shown"] > 0
