import sys
from pathlib import Path

import pytest

from actionmesh_wrapper.memory import give_back

PIECE = 100_000  # bytes: small enough that glibc does not map each piece on its own


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
