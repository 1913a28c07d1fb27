"""The job that a command line names: JSON, a file of JSON, or a video."""

import base64
import json
from pathlib import Path
from typing import Any

from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.job.workspace import folder_name, unused_name
from actionmesh_wrapper.service.jobs import Job


def read_job(value: str, output_dir: Path) -> Job:
    """A job from what follows ``--test_input``: JSON, a file of JSON, or a video.

    Args:
        value: what follows.
        output_dir: where results go; a video's gets an id that nothing there has yet.

    Raises:
        StartError: if it is none of these.
    """
    path = Path(value)
    try:
        if value.lstrip().startswith("{"):
            return _with_text_for_id(json.loads(value))
        if path.suffix == ".json":
            job = _with_text_for_id(json.loads(path.read_text("utf-8")))
            return {"id": folder_name(path.stem)} | job
        video = base64.b64encode(_content(path)).decode()
    except (OSError, ValueError, TypeError) as error:
        raise StartError(
            f"--test_input: neither a job in JSON nor a file that can be read: {error}"
        ) from error
    return {"id": unused_name(output_dir, folder_name(path.stem)), "input": {"video_base64": video}}


def _content(path: Path) -> bytes:
    """A file's content. What is no file may have no end, as a device.

    Raises:
        OSError, ValueError: if it cannot be read, or is no file.
    """
    if path.exists() and not path.is_file():
        raise ValueError(f"{path} is no file")
    return path.read_bytes()


def _with_text_for_id(job: Any) -> Job:
    """A decoded job, if its id is text, as those of hosts are, or not there.

    Raises:
        TypeError, ValueError: if it is no such job.
    """
    if not isinstance(job, dict) or not isinstance(job.get("id", ""), str):
        raise TypeError("a job is an object, its id a text")
    job.get("id", "").encode()  # half a character cannot be printed
    return job
