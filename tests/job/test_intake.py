import os
from pathlib import Path

import pytest

from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.contract.request import Request, parse
from actionmesh_wrapper.errors import NotAMesh, NotAVideo
from actionmesh_wrapper.job import intake as module
from actionmesh_wrapper.job.intake import FileIntake, identity
from actionmesh_wrapper.source import Fetched


@pytest.fixture
def video(tmp_path: Path) -> Fetched:
    path = tmp_path / "source"
    path.write_bytes(b"video")
    return Fetched(path)


def test_is_the_same_wherever_the_video_came_from(video: Fetched) -> None:
    there = parse({"video_url": "https://example.com/a.mp4?signature=1"}, Request)
    here = parse({"video_base64": "dmlkZW8="}, Request)
    elsewhere = Fetched(video.main.rename(video.main.with_name("other")))
    assert identity(elsewhere, there, "ball", "1") == identity(elsewhere, here, "ball", "1")
    assert len(identity(elsewhere, here, "ball", "1")) == 64


@pytest.mark.parametrize(
    "change",
    [
        *({"seed": 1}, {"mode": "fast"}, {"num_frames": 17}, {"num_frames": "auto"}),
        *({"outputs": ["preview"]}, {"start_s": 0.5}),
    ],
)
def test_differs_with_every_wish(video: Fetched, change: dict[str, object]) -> None:
    assert identity(video, parse(change, Recipe), "ball", "1") != identity(video, Recipe(), "ball", "1")


def test_whether_a_result_may_be_used_again_is_no_wish(video: Fetched) -> None:
    assert identity(video, parse({"cache": False}, Recipe), "ball", "1") == identity(
        video, Recipe(), "ball", "1"
    )


def test_differs_with_video_engine_and_version(video: Fetched, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {
        identity(video, Recipe(), engine, revision)
        for engine, revision in (("ball", "1"), ("ball", "2"), ("cube", "1"))
    }
    monkeypatch.setattr(module, "VERSION", "0.0.0")
    keys.add(identity(video, Recipe(), "ball", "1"))
    video.main.write_bytes(b"vide0")
    keys.add(identity(video, Recipe(), "ball", "1"))
    assert len(keys) == 5


def test_a_folder_counts_by_its_files(tmp_path: Path) -> None:
    keys = set()
    for name, content in (("0.png", b"a"), ("1.png", b"a"), ("1.png", b"b")):
        (tmp_path / name).write_bytes(content)
        keys.add(identity(Fetched(tmp_path), Recipe(), "ball", "1"))
    assert len(keys) == 3


def test_a_mesh_counts_by_its_content(video: Fetched) -> None:
    keys = {identity(video, Recipe(), "ball", "1")}
    for name, content in (("mesh", b"a"), ("other", b"a"), ("mesh", b"b")):
        path = video.main.with_name(name)
        path.write_bytes(content)
        keys.add(identity(Fetched(video.main, path), Recipe(), "ball", "1"))
    assert len(keys) == 3


def test_a_file_in_a_folder_may_have_any_name(tmp_path: Path) -> None:
    Path(os.fsdecode(bytes(tmp_path) + b"/03\xff.png")).write_bytes(b"x")
    assert len(identity(Fetched(tmp_path), Recipe(), "ball", "1")) == 64


def test_a_pipe_or_a_device_is_refused_at_once(video: Fetched, tmp_path: Path) -> None:
    pipe, recipe = tmp_path / "pipe", parse({}, Recipe)
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(NotAVideo):
            FileIntake(Fetched(path)).fetch(recipe, tmp_path, lambda *_: None)
        with pytest.raises(NotAMesh):
            FileIntake(Fetched(video.main, path)).fetch(recipe, tmp_path, lambda *_: None)
    assert FileIntake(video).fetch(recipe, tmp_path, lambda *_: None) == video
