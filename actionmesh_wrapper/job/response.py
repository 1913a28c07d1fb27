"""The answer to a finished job, built from what the steps made."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from actionmesh_wrapper.contract.engines import Mode
from actionmesh_wrapper.contract.result import File, Files, Result, ResultWarning, SourceVideo, StorageKind
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.data.writing import WriteJob
from actionmesh_wrapper.storage import Stored, relinked


@dataclass(frozen=True)
class Maker:
    """What made the mesh, or found the masks.

    Attributes:
        engine: its name.
        mode: it worked in.
        seed: it had.
        accelerated: the changes that made it faster.
        stages: of this job in which it worked.
        frames: that it was given; none where the mesh is of an earlier job.
    """

    engine: str
    mode: Mode
    seed: int
    accelerated: tuple[str, ...] = ()
    stages: Collection[str] = ()
    frames: int = 0


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
    job_id: str, maker: Maker, done: Done, *, timings_s: Mapping[str, float], notices: Sequence[Notice]
) -> Result:
    """Puts the result together.

    Args:
        job_id: the job.
        maker: made the animation.
        done: what came of it.
        timings_s: seconds by stage.
        notices: the warnings, in order.
    """
    animation, frames = done.made.made, done.made.taken
    engine_s = sum(timings_s.get(stage, 0.0) for stage in maker.stages)
    result = Result.model_validate(
        {
            "job_id": job_id,
            "engine": maker.engine,
            "accelerated": maker.accelerated,
            "mode": maker.mode,
            "seed": maker.seed,
            "from_animation": frames is None,
            "num_frames": animation.num_frames if animation else len(done.made.frames),
            "fps": round((animation or done.made.frames).fps, 3),
            "vertices": animation.vertices.shape[1] if animation else 0,
            "faces": len(animation.faces) if animation else 0,
            "quality": _rounded(asdict(animation.quality)) if animation and animation.quality else None,
            "source": frames and SourceVideo(**asdict(frames.source), timestamps_s=frames.times_s),
            "files": done.files,
            **done.file_fields,
            "storage": done.storage,
            "cached": False,
            "timings_s": dict(timings_s),
            "seconds_per_frame": round(engine_s / maker.frames, 4) if maker.frames else None,
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
