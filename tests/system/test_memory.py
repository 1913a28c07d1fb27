import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from actionmesh_wrapper.system.memory import available_gb, give_back, ran_out

MACHINE = "MemTotal:       67108864 kB\nMemAvailable:   31250000 kB\n"
PIECE = 100_000  # bytes: small enough that glibc does not map each piece on its own


@pytest.fixture
def meminfo(tmp_path: Path) -> Path:
    path = tmp_path / "meminfo"
    path.write_text(MACHINE)
    return path


def container(folder: Path, limit: str, used: str, cached: str = "") -> Path:
    """Version 2 of control groups."""
    folder.mkdir()
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    if cached:
        stat = f"anon 1000000000\nfile 9000000000\nactive_file 7\ninactive_file {cached}\n"
        (folder / "memory.stat").write_text(stat)
    return folder


def older_container(folder: Path, limit: str, used: str, cached: str) -> Path:
    """Version 1, whose own line of cached files leaves out those of groups inside it."""
    (folder / "memory").mkdir(parents=True)
    (folder / "memory/memory.limit_in_bytes").write_text(f"{limit}\n")
    (folder / "memory/memory.usage_in_bytes").write_text(f"{used}\n")
    (folder / "memory/memory.stat").write_text(f"inactive_file 0\ntotal_inactive_file {cached}\n")
    return folder


def test_is_what_the_machine_has_left(tmp_path: Path, meminfo: Path) -> None:
    assert available_gb(tmp_path / "none", meminfo) == 32.0
    assert available_gb(container(tmp_path / "unlimited", "max", "5", "3"), meminfo) == 32.0
    unlimited = older_container(tmp_path / "older", "9223372036854771712", "5", "3")
    assert available_gb(unlimited, meminfo) == 32.0


def test_is_what_the_container_has_left_where_that_is_less(tmp_path: Path, meminfo: Path) -> None:
    assert available_gb(container(tmp_path / "small", "8000000000", "3000000000"), meminfo) == 5.0
    assert available_gb(container(tmp_path / "full", "8000000000", "9000000000"), meminfo) == 0.0


def test_files_in_the_cache_are_no_memory_in_use(tmp_path: Path, meminfo: Path) -> None:
    """A container of 32 GB that has just read 16 GB of weights to hash them."""
    read = "32000000000", "20000000000", "15000000000"
    assert available_gb(container(tmp_path / "new", *read), meminfo) == 27.0
    assert available_gb(older_container(tmp_path / "old", *read), meminfo) == 27.0


@pytest.mark.parametrize("stat", ["", "inactive_file\n", "inactive_file many\n", "anon 5\n"])
def test_what_cannot_be_read_of_the_cache_counts_as_in_use(tmp_path: Path, meminfo: Path, stat: str) -> None:
    odd = container(tmp_path / "odd", "8000000000", "3000000000")
    (odd / "memory.stat").write_text(stat)
    assert available_gb(odd, meminfo) == 5.0


def test_is_nothing_where_nothing_is_known(tmp_path: Path) -> None:
    assert available_gb(tmp_path, tmp_path / "none") == 0.0


def test_this_machine_has_some() -> None:
    assert available_gb() > 0


def resident_mb() -> float:
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if "VmRSS" in line]
    return int(line.split()[1]) / 1e3


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone keeps freed memory in this way")
def test_freed_memory_goes_back_to_the_system() -> None:
    give_back()
    before = resident_mb()
    pieces = [bytes([1]) * PIECE for _ in range(3000)]
    del pieces[1::2], pieces[:-1]  # what is left stands at the heap's end and holds it up
    held = resident_mb() - before
    give_back()
    assert resident_mb() - before < max(held / 4, 30)
    assert pieces


def test_opencvs_want_of_memory_is_known_from_its_other_errors() -> None:
    pixel = np.zeros((1, 1), np.uint8)
    with pytest.raises(cv2.error) as too_large:
        cv2.copyMakeBorder(pixel, 2**29, 2**29, 2**29, 2**29, cv2.BORDER_CONSTANT)  # 10¹⁸ bytes
    assert ran_out(too_large.value)
    with pytest.raises(cv2.error) as wrong:
        cv2.resize(pixel, (0, 0))
    assert not ran_out(wrong.value)
    assert ran_out(MemoryError())
    assert not ran_out(ValueError())
