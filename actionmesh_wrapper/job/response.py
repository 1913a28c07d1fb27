"""The answer to a finished job, built from what the steps made."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from actionmesh_wrapper.contract.request import Recipe
from actionmesh_wrapper.contract.result import File, Files, Result, ResultWarning, SourceVideo, StorageKind
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.data.writing import WriteJob
from actionmesh_wrapper.engines import Engine
from actionmesh_wrapper.job.pace import Work
from actionmesh_wrapper.storage import Stored, relinked


@dataclass(frozen=True, eq=False)
class Done:
    """What the steps made.

    Attributes:
        made: the animation, and the frames that it was made from.
        files: what was written, from `describe`.
        file_fields: what the result says of the files, by its fields' names.
        stored: the files' addresses.
        storage: the kind of storage that they are in.
    """

    made: WriteJob
    files: Files
    file_fields: Mapping[str, object]
    stored: Stored
    storage: StorageKind


def describe(paths: Iterable[Path]) -> Files:
    """Each file's name, size and hash; its address is not known yet."""
    return Files.of(
        File(name=path.name, url=None, bytes=path.stat().st_size, sha256=_sha256(path)) for path in paths
    )


def respond(
    job_id: str,
    request: Recipe,
    engine: Engine,
    done: Done,
    *,
    work: Work,
    timings_s: Mapping[str, float],
    notices: Sequence[Notice],
) -> Result:
    """Puts the result together.

    Args:
        job_id: the job.
        request: what was asked.
        engine: made the animation.
        done: what came of it.
        work: what there was to do.
        timings_s: seconds by stage.
        notices: the warnings, in order.
    """
    animation, frames = done.made.made, done.made.frames
    engine_s = sum(timings_s.get(stage, 0.0) for stage in work.stages)
    result = Result.model_validate(
        {
            "job_id": job_id,
            "engine": engine.facts.name,
            "accelerated": engine.accelerated,
            "mode": request.mode,
            "seed": request.seed,
            "num_frames": animation.num_frames if animation else len(frames),
            "fps": round(animation.fps if animation else frames.fps, 3),
            "vertices": animation.vertices.shape[1] if animation else 0,
            "faces": len(animation.faces) if animation else 0,
            "quality": _rounded(asdict(animation.quality)) if animation and animation.quality else None,
            "source": SourceVideo(**asdict(frames.source), timestamps_s=frames.times_s),
            "files": done.files,
            **done.file_fields,
            "storage": done.storage,
            "cached": False,
            "timings_s": dict(timings_s),
            "seconds_per_frame": round(engine_s / work.frames, 4),
            "warnings": tuple(ResultWarning(code=notice.code, message=notice.message) for notice in notices),
            "expires_at": None,
        }
    )
    return relinked(result, done.stored)


def _rounded(measures: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: None if value is None else round(value, 4) for name, value in measures.items()}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
