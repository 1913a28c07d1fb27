"""Files that a program of its own writes: what it is handed, how it is run, and what it must leave behind."""

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.data.writing import WriteJob
from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export.picture import encode
from actionmesh_wrapper.export.surface import CLAY, ROUGHNESS
from actionmesh_wrapper.system.contained import LimitExceeded, Limits, run

log = logging.getLogger(__name__)

R = TypeVar("R")
Tick = Callable[[], None]
"""Is called while a program runs; what it raises passes through and ends the program."""

_LOG_BYTES = 4096
_EXCEPTION = re.compile(r"^(?:\w+\.)*\w+(?:Error|Exception)\b.{0,200}", re.MULTILINE)  # as Python tells it
_FOLDERS = re.compile(r"(?<![\w.])/(?:.*/)?")  # before a file's name
_GIB = 1 << 30
_LIMITS = Limits(
    seconds=300, cpu_seconds=1200, memory_bytes=32 * _GIB, output_bytes=16 << 20, file_bytes=2 * _GIB
)


def made_or_left_out(
    job: WriteJob, make: Callable[[Tick], R], failed: Callable[[ExportFailed], Notice]
) -> R | None:
    """Makes something for a job; if that fails, it is left out with a warning, and the job goes on.

    Args:
        job: the job.
        make: makes it.
        failed: the warning; what the program said is logged.

    Returns:
        What was made, or None.
    """

    def tick() -> None:
        job.step(0, job.animation.num_frames)

    try:
        return make(tick)
    except ExportFailed as error:
        log.warning("%s %s", error, error.detail, exc_info=error.__cause__)
        job.warn(failed(error))
        return None


@contextmanager
def workplace(folder: Path) -> Iterator[Path]:
    """A folder for the program within the job's, gone afterwards.

    Its path is absolute and free of links: any other a program may complete, and tell in what it writes.

    Raises:
        ExportFailed: if anything within the ``with`` raises an OSError.
    """
    try:
        with TemporaryDirectory(dir=folder, prefix=".program-") as name:
            yield Path(name).resolve()
    except OSError as error:
        raise ExportFailed("Working files could not be written to the worker's disk.") from error


def lay(
    animation: Animation, folder: Path, *, facts: Mapping[str, object], **arrays: NDArray[np.generic]
) -> None:
    """Writes what a program reads: ``scene.json`` and the arrays ``vertices.npy``, ``faces.npy``, ``uv.npy``.

    Args:
        animation: what it is to write; its texture becomes the file that ``picture`` names.
        folder: for the program.
        facts: more for ``scene.json``, JSON values.
        arrays: more arrays, by name.
    """
    picture = None if animation.texture is None else encode(animation.texture)
    scene = {
        "name": "animated_mesh",
        "fps": animation.fps,
        "num_frames": animation.num_frames,
        "has_uv": animation.uv is not None,
        "colour": CLAY,
        "roughness": ROUGHNESS,
        "unlit": animation.unlit,
        "picture": picture and picture.name,
        **facts,
    }
    arrays = {"vertices": animation.vertices, "faces": animation.faces} | arrays
    if animation.uv is not None:
        arrays["uv"] = animation.uv
    (folder / "scene.json").write_text(json.dumps(scene))
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values)
    if picture is not None:
        (folder / picture.name).write_bytes(picture.data)


def run_program(
    title: str,
    command: list[str],
    folder: Path,
    names: Sequence[str],
    tick: Tick = lambda: None,
    *,
    environment: Mapping[str, str] = {},
) -> list[Path]:
    """Runs a program, contained, that writes files into its folder.

    Args:
        title: its name, for messages.
        command: an absolute path and its arguments.
        folder: for the program.
        names: of the files that it must leave there.
        tick: see `Tick`.
        environment: variables for it; of ours it gets none.

    Returns:
        The files.

    Raises:
        ExportFailed: if it failed, took too long or left a file out. The message has Python's last error,
            without folders; the detail is the end of its stderr and of its stdout, where Blender 3.4 tells
            such errors.
    """
    try:
        result = run(command, limits=_LIMITS, tick=lambda _: tick(), environment=environment)
    except LimitExceeded as error:
        raise ExportFailed(f"{title} took too long or said too much.", detail=error.log) from error
    except OSError as error:
        raise ExportFailed(f"{title} could not be started.") from error
    files = [folder / name for name in names]
    detail = f"{result.log}\n{result.output[-_LOG_BYTES:].decode(errors='replace')}".strip()
    if result.code != 0:
        raise ExportFailed(f"{title} failed{_cause(detail)}.", detail=detail)
    missing = [path.name for path in files if not path.is_file() or path.stat().st_size == 0]
    if missing:  # Blender ends well after many a failure
        raise ExportFailed(f"{title} did not write {' and '.join(missing)}{_cause(detail)}.", detail=detail)
    return files


def _cause(log: str) -> str:
    """The last error of Python's in a log, as the end of a sentence that may be told; or nothing."""
    errors = _EXCEPTION.findall(log)
    return f": {_FOLDERS.sub('', errors[-1]).rstrip('.')}" if errors else ""
