"""The answer to a finished job, built from what the steps made."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from actionmesh_wrapper.contract.request import Recipe
from actionmesh_wrapper.contract.result import (
    AnimatedMeshInfo,
    File,
    FileKind,
    Files,
    Result,
    ResultWarning,
    SourceVideo,
    StorageKind,
)
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.export import AnimatedMesh
from actionmesh_wrapper.storage import Stored, relinked


def describe(paths: Sequence[Path]) -> list[File]:
    """Each file's name, size and hash; its address is not known yet."""
    return [File(name=path.name, url=None, bytes=path.stat().st_size, sha256=_sha256(path)) for path in paths]


def respond(
    job_id: str,
    request: Recipe,
    *,
    engine: str,
    accelerated: tuple[str, ...],
    storage: StorageKind,
    frames: Frames,
    animation: Animation,
    animated: AnimatedMesh | None,
    files: Mapping[FileKind, Sequence[File]],
    preview_renderer: str | None,
    stored: Stored,
    timings_s: Mapping[str, float],
    notices: Sequence[Notice],
) -> Result:
    """Puts the result together.

    Args:
        job_id: the job.
        request: what was asked.
        engine: the name of the engine that made ``animation``.
        accelerated: the names of the changes that made it faster.
        storage: the kind of storage that the files are in.
        frames: what the animation was made from.
        animation: the mesh.
        animated: how ``animated_mesh.glb`` is stored, or None without one.
        files: what was made, by kind, from `describe`.
        preview_renderer: the name of what drew the preview, or None without one.
        stored: the files' addresses.
        timings_s: seconds by stage.
        notices: the warnings, in order.
    """
    single = {kind: made[0] for kind, made in files.items() if made}
    previews = {file.name: file for file in files.get("preview", ())}
    result = Result(
        job_id=job_id,
        engine=engine,
        accelerated=accelerated,
        mode=request.mode,
        seed=request.seed,
        num_frames=animation.num_frames,
        fps=round(animation.fps, 3),
        vertices=animation.vertices.shape[1],
        faces=len(animation.faces),
        source=SourceVideo(
            **asdict(frames.source),
            timestamps_s=frames.times_s,
        ),
        files=Files(
            meshes=tuple(files.get("meshes", ())),
            masks=tuple(files.get("masks", ())),
            animated_mesh=single.get("animated_mesh"),
            preview=previews.get("preview.mp4"),
            preview_webp=previews.get("preview.webp"),
            poster=previews.get("poster.png"),
            usdz=single.get("usdz"),
            blender=tuple(files.get("blender", ())),
            archive=single.get("archive"),
        ),
        animated_mesh_info=_info(animated),
        preview_renderer=preview_renderer,
        storage=storage,
        cached=False,
        timings_s=dict(timings_s),
        warnings=tuple(ResultWarning(code=notice.code, message=notice.message) for notice in notices),
        expires_at=None,
    )
    return relinked(result, stored)


def _info(animated: AnimatedMesh | None) -> AnimatedMeshInfo | None:
    if animated is None:
        return None
    return AnimatedMeshInfo(profile=animated.profile, max_error=float(f"{animated.max_error:.3g}"))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
