"""Reads a mesh in a process of its own under limits of the kernel, and tells what it took.

As a program: ``python limited.py FILE CPU_SECONDS MEMORY_BYTES``.
"""

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Reading:
    """What came of it.

    Attributes:
        outcome: the mesh's shape, or the error as a caller gets it.
        cpu_s: processor seconds in all.
        longest_s: of them the most without a call of ``step``, after which a cancel is heeded.
        steps: how many calls there were.
    """

    outcome: str
    cpu_s: float
    longest_s: float
    steps: int


def read_limited(path: Path, *, cpu_s: int, memory_bytes: int) -> Reading:
    """Reads a mesh within so many processor seconds, and so much memory beyond what the imports take.

    Raises:
        AssertionError: if that does not do; the process is killed then.
    """
    command = [sys.executable, __file__, str(path), str(cpu_s), str(memory_bytes)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, f"ended by {done.returncode}: {done.stderr[-500:]}"
    return Reading(**json.loads(done.stdout))


def _main(path: Path, cpu_s: int, memory_bytes: int) -> Reading:
    from actionmesh_wrapper.errors import JobError
    from actionmesh_wrapper.mesh_file import read_mesh

    start = time.process_time()
    _limit(resource.RLIMIT_CPU, int(start) + 1 + cpu_s)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    _limit(resource.RLIMIT_AS, pages * resource.getpagesize() + memory_bytes)
    times = [start]
    try:
        mesh = read_mesh(path, warn=lambda _: None, step=lambda _, __: times.append(time.process_time()))
        outcome = str(mesh.vertices.shape)
    except JobError as error:
        outcome = str(error)
    times.append(time.process_time())
    gaps = [after - before for before, after in pairwise(times)]
    return Reading(outcome, times[-1] - start, max(gaps), len(times) - 2)


def _limit(kind: int, limit: int) -> None:
    resource.setrlimit(kind, (limit, limit))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(vars(_main(Path(sys.argv[1]), *map(int, sys.argv[2:])))))
