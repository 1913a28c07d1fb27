"""One job of the engine in a process whose address space is limited: writes what came of it, as JSON.

Started as ``python -m tests.engines.silhouette.limited CLIP FACES BYTES``: an `OddClip` as JSON, and what the
engine may take beyond what the process has once its code is imported and the clip is drawn.
"""

import json
import re
import resource
import sys
import time
from pathlib import Path

from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.progress import Listener
from actionmesh_wrapper.engines import Task
from actionmesh_wrapper.engines.silhouette import Silhouette
from actionmesh_wrapper.errors import JobError
from tests.engines.silhouette.odd import OddClip


def memory(name: str) -> int:
    """A figure of this process in bytes: VmSize, the address space; VmHWM, the most that was resident."""
    line = re.search(rf"{name}:\s*(\d+) kB", Path("/proc/self/status").read_text())
    if line is None:
        raise LookupError(name)
    return int(line[1]) * 1024


def main(clip: OddClip, faces: int, limit: int) -> None:
    task = Task(clip.draw(), Options(face_decimation=faces))
    space, resident, start = memory("VmSize") + limit, memory("VmHWM"), time.process_time()
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    result: dict[str, object]
    try:
        animation = Silhouette().animate(task, Listener())
        result = {"vertices": animation.vertices.shape[1], "faces": len(animation.faces)}
    except JobError as error:
        result = {"code": error.code}
    peak_mb = (memory("VmHWM") - resident) >> 20
    json.dump({**result, "seconds": round(time.process_time() - start, 1), "peak_mb": peak_mb}, sys.stdout)


if __name__ == "__main__":
    main(OddClip(**json.loads(sys.argv[1])), *map(int, sys.argv[2:]))
