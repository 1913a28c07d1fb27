"""A job's working folder, and the sweeping of those that a killed worker left behind."""

import hashlib
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LONGEST_NAME = 100  # characters; well below every file system's limit
MARK = ".actionmesh-job"  # lies in every folder of ours, so that nobody else's is ever removed


@dataclass(frozen=True)
class Workspace:
    """The folders of one job.

    Attributes:
        input: for the video and the frames taken from it, ``000.png`` ….
        output: for the results.
    """

    input: Path
    output: Path


@contextmanager
def workspace(jobs_dir: Path, job_id: str, *, ttl_s: float) -> Iterator[Workspace]:
    """Makes a job's folders below ``jobs_dir`` and removes them at the end, however the job ends.

    A folder of the same job, which a killed worker left, is emptied first; other jobs' folders that were not
    touched for ``ttl_s`` seconds are removed.
    """
    sweep(jobs_dir, older_than_s=ttl_s)
    root = jobs_dir / folder_name(job_id)
    if (root / MARK).exists():
        shutil.rmtree(root)
    folders = Workspace(root / "input", root / "output")
    root.mkdir(parents=True, mode=0o700)
    (root / MARK).touch()
    folders.input.mkdir()
    folders.output.mkdir()
    try:
        yield folders
    finally:
        shutil.rmtree(root, ignore_errors=True)


def folder_name(job_id: str) -> str:
    """A name for a job's folder or keys: the id itself where that is safe, else a safe form and its hash.

    The answer holds letters, digits, ``-``, ``_`` and ``.`` alone, starts with a letter, digit or ``_``, and
    differs for different ids.
    """
    if re.fullmatch(r"\w[\w.-]{0,99}", job_id, re.ASCII):
        return job_id
    safe = re.sub(r"[^\w.-]+", "_", job_id, flags=re.ASCII).lstrip(".-")
    digest = hashlib.sha256(job_id.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{safe[: LONGEST_NAME - 14] or 'job'}--{digest}"


def sweep(jobs_dir: Path, *, older_than_s: float) -> None:
    """Removes the jobs' folders in ``jobs_dir`` that nothing was added to for ``older_than_s`` seconds."""
    limit = time.time() - older_than_s
    for mark in jobs_dir.glob(f"*/{MARK}"):
        if _last_touched(mark.parent) < limit:
            shutil.rmtree(mark.parent, ignore_errors=True)


def _last_touched(folder: Path) -> float:
    """Unix time of the latest change in the folder or one level below; now, if it just vanished."""
    try:
        return max(path.stat().st_mtime for path in (folder, *folder.glob("*")))
    except OSError:
        return time.time()
