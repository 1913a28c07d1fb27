import errno
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from actionmesh_wrapper.disk import free_bytes, job_bytes, room
from actionmesh_wrapper.errors import DiskFull, ExportFailed, JobError
from actionmesh_wrapper.settings import Settings

FULL = OSError(errno.ENOSPC, "No space left on device", "/secret/path")


@pytest.fixture(autouse=True)
def _half_a_gigabyte_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=500_000_000))


def test_a_job_takes_its_inputs_and_its_results() -> None:
    assert job_bytes(Settings.from_env({"MAX_VIDEO_MB": "10", "MAX_MESH_MB": "5"})) == 515_000_000


def test_a_job_that_has_no_room_does_not_begin(tmp_path: Path) -> None:
    with pytest.raises(DiskFull) as caught, room(tmp_path, 650_000_000):
        pytest.fail("it began")
    assert str(caught.value) == (
        "DISK_FULL: The worker's disk has no room for this job: it may take 0.65 GB, 0.50 GB are free."
    )
    assert caught.value.poisons
    with room(tmp_path, 500_000_000):
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
    with pytest.raises(DiskFull) as caught, room(tmp_path, 1):
        raise error
    assert caught.value.__cause__ is error
    assert "secret" not in str(caught.value)


def test_so_it_is_behind_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(DiskFull), room(tmp_path, 1):
        try:
            raise FULL
        except OSError as error:
            raise ExportFailed("A file could not be written.") from error


@pytest.mark.parametrize("error", [OSError(errno.EACCES, "no"), ExportFailed("Other."), JobError("x")])
def test_other_failures_stay_what_they_are(error: Exception, tmp_path: Path) -> None:
    with pytest.raises(type(error)) as caught, room(tmp_path, 1):
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
