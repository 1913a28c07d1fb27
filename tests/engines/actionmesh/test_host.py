from pathlib import Path

import pytest

from actionmesh_wrapper.engines.actionmesh.host import available_gb

MACHINE = "MemTotal:       67108864 kB\nMemAvailable:   31250000 kB\n"


@pytest.fixture
def meminfo(tmp_path: Path) -> Path:
    path = tmp_path / "meminfo"
    path.write_text(MACHINE)
    return path


def container(folder: Path, limit: str, used: str) -> Path:
    folder.mkdir()
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    return folder


def test_is_what_the_machine_has_left(tmp_path: Path, meminfo: Path) -> None:
    assert available_gb(tmp_path / "none", meminfo) == 32.0
    assert available_gb(container(tmp_path / "unlimited", "max", "5"), meminfo) == 32.0


def test_is_what_the_container_has_left_where_that_is_less(tmp_path: Path, meminfo: Path) -> None:
    assert available_gb(container(tmp_path / "small", "8000000000", "3000000000"), meminfo) == 5.0
    assert available_gb(container(tmp_path / "full", "8000000000", "9000000000"), meminfo) == 0.0


def test_is_nothing_where_nothing_is_known(tmp_path: Path) -> None:
    assert available_gb(tmp_path, tmp_path / "none") == 0.0


def test_this_machine_has_some() -> None:
    assert available_gb() > 0
