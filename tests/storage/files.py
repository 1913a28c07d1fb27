"""What the storages' tests share."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from actionmesh_wrapper.contract.result import File, Files, Result, SourceVideo
from actionmesh_wrapper.storage.bucket import Bucket


def ignore(*_: object) -> None:
    """A step, or a warning, that nobody listens to."""


def make_files(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Writes files into ``folder/made`` and returns their paths, in order."""
    made = folder / "made"
    made.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (made / name).write_bytes(content)
    return [made / name for name in contents]


def a_result(files: Iterable[Path] = ()) -> Result:
    """A result whose meshes are these files, without addresses."""
    meshes = [
        File(
            name=file.name, url=None, bytes=file.stat().st_size, sha256=sha256(file.read_bytes()).hexdigest()
        )
        for file in files
    ]
    return Result(
        job_id="job",
        engine="ball",
        mode="default",
        seed=44,
        num_frames=16,
        fps=8.0,
        vertices=42,
        faces=80,
        source=SourceVideo(duration_s=2.0, width=64, height=64, fps=8.0, frames=16, timestamps_s=(0.0,)),
        files=Files.of(meshes),
        storage="s3",
        cached=False,
        timings_s={"fetch": 1.0},
        warnings=(),
        expires_at=None,
    )


def keys_of(bucket: Bucket, name: str) -> list[str]:
    """The keys of all that lies in a job's folder, or in another."""
    listed = bucket.client.list_objects_v2(Bucket=bucket.bucket, Prefix=bucket.key(name, ""))
    return [item["Key"] for item in listed.get("Contents", [])]


def run_of(bucket: Bucket, name: str) -> str:
    """The folder of a job's only run, ``{name}/{run}``."""
    [run] = {key.removeprefix(bucket.prefix).rpartition("/")[0] for key in keys_of(bucket, name)}
    return run
