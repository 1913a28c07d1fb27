import errno
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionmesh_wrapper.contract.outputs import KINDS
from actionmesh_wrapper.data.frames import Frames, Source
from actionmesh_wrapper.data.writing import Tools, WriteJob
from actionmesh_wrapper.errors import DiskFull, ExportFailed, JobError
from actionmesh_wrapper.job.workspace import (
    RESULTS_BYTES,
    enough_disk,
    folder_name,
    free_bytes,
    job_bytes,
    results_bytes,
    unused_name,
    workspace,
)
from actionmesh_wrapper.settings import Settings
from tests.export.samples import ball

FULL = OSError(errno.ENOSPC, "No space left on device", "/secret/path")


@pytest.fixture(autouse=True)
def _a_gigabyte_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=1_000_000_000))


def test_a_job_takes_its_inputs_and_its_results() -> None:
    assert job_bytes(Settings.from_env({"MAX_VIDEO_MB": "10", "MAX_MESH_MB": "5"})) == 1_015_000_000
    longer = Settings.from_env({"MAX_VIDEO_MB": "10", "MAX_MESH_MB": "5", "MAX_FRAMES": "226"})
    assert 1.85e9 < job_bytes(longer) < 1.9e9
    assert results_bytes(16) == results_bytes(121) == RESULTS_BYTES


def test_the_room_for_results_holds_every_kind_and_an_archive_of_them(tmp_path: Path) -> None:
    animation = ball(16, detail=4)  # enough keys that what each kind has once does not count for each
    job = WriteJob(
        animation,
        Frames(np.zeros((1, 8, 8, 4), np.uint8), np.zeros(1), Source(1.0, 8, 8, 8.0, 1)),
        None,
        tmp_path,
        {},
        "standard",
        Tools(),
        lambda _: None,
    )
    for kind in KINDS:
        if kind.stage == "export":
            kind.write(job)
    rig = (tmp_path / "rigged_mesh.glb").stat().st_size  # does not grow with the keys
    others = sum(path.stat().st_size for path in tmp_path.iterdir()) - rig
    size = (others * 121 / animation.num_frames + rig) * 20_000 / animation.vertices.shape[1]
    assert 2 * size < RESULTS_BYTES * 3 / 4  # Blender's files, frames and preview take the rest


def test_a_job_that_has_no_room_does_not_begin(tmp_path: Path) -> None:
    with pytest.raises(DiskFull) as caught, enough_disk(tmp_path, 1_150_000_000):
        pytest.fail("it began")
    assert str(caught.value) == (
        "DISK_FULL: The worker's disk has no room for this job: it may take 1.15 GB, 1.00 GB are free."
    )
    assert caught.value.poisons
    with enough_disk(tmp_path, 1_000_000_000):
        pass


@pytest.mark.parametrize(
    "error",
    [
        FULL,
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        ExportFailed("The video could not be encoded.", detail="preview.mp4: No space left on device"),
    ],
)
def test_a_disk_that_is_filled_meanwhile_is_told_from_other_failures(
    error: Exception, tmp_path: Path
) -> None:
    with pytest.raises(DiskFull) as caught, enough_disk(tmp_path, 1):
        raise error
    assert caught.value.__cause__ is error
    assert str(caught.value) == (
        "DISK_FULL: A disk became full while this job ran: that of its working folder, where "
        "1.00 GB are free again, or that of its results."
    )
    assert caught.value.poisons


def test_so_it_is_behind_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(DiskFull), enough_disk(tmp_path, 1):
        try:
            raise FULL
        except OSError as error:
            raise ExportFailed("A file could not be written.") from error


@pytest.mark.parametrize("error", [OSError(errno.EACCES, "no"), ExportFailed("Other."), JobError("x")])
def test_other_failures_stay_what_they_are(error: Exception, tmp_path: Path) -> None:
    with pytest.raises(type(error)) as caught, enough_disk(tmp_path, 1):
        raise error
    assert caught.value is error


def test_the_folder_need_not_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def usage(folder: Path) -> SimpleNamespace:
        asked.append(folder)
        return SimpleNamespace(free=7)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    monkeypatch.chdir(tmp_path)
    assert free_bytes(Path("a/b")) == 7
    assert asked == [Path(os.path.realpath(tmp_path))]


def test_has_a_folder_for_inputs_and_one_for_results(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), workspace(tmp_path, "job 1") as folders:
        (folders.input / "000.png").touch()
        assert list(folders.output.iterdir()) == []
        assert folders.output.parent == folders.input.parent
        assert folders.input.parent.parent == tmp_path
        assert folders.input.parent.name.startswith(f"{folder_name('job 1')}--")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("job_id", ["a", "local_test", "6b1f-u1", "x" * 100, "a.b"])
def test_a_safe_id_is_its_own_name(job_id: str) -> None:
    assert folder_name(job_id) == job_id


@given(st.text())
def test_any_id_makes_a_safe_name(job_id: str) -> None:
    name = folder_name(job_id)
    assert 1 <= len(name) <= 100
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
    assert name[0] not in ".-"


@given(st.text(), st.text())
def test_different_ids_have_different_names(one: str, other: str) -> None:
    assert (folder_name(one) == folder_name(other)) == (one == other)


@pytest.mark.parametrize("job_id", ["../../etc", "a/b", "a b", "", "..", "'; rm -rf /", "x" * 300])
def test_dangerous_ids(job_id: str) -> None:
    assert "/" not in folder_name(job_id)
    assert not folder_name(job_id).startswith(".")
    assert "--" in folder_name(job_id)


def test_an_unused_name_has_the_first_number_that_is_free(tmp_path: Path) -> None:
    assert unused_name(tmp_path / "nowhere", "clip") == "clip"
    (tmp_path / "clip").mkdir()
    assert unused_name(tmp_path, "clip") == "clip-2"
    (tmp_path / "clip-2").touch()
    assert unused_name(tmp_path, "clip") == "clip-3"
