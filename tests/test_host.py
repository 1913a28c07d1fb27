import os
import subprocess
import sys
from pathlib import Path

import pytest

from actionmesh_wrapper.host import drop_empty, unwritable

# boto3 fails at each of these when it is set to "".
AWS = [
    "AWS_PROFILE",
    "AWS_CA_BUNDLE",
    "AWS_MAX_ATTEMPTS",
    "AWS_RETRY_MODE",
    "AWS_REQUEST_CHECKSUM_CALCULATION",
]
HANDLER = Path(__file__).parents[1] / "handler.py"


def test_what_is_set_to_nothing_is_unset_and_the_rest_stays() -> None:
    environ = {
        "HF_HOME": "",
        "HUGGING_FACE_HUB_TOKEN": " \n",
        "AWS_PROFILE": "",
        "AWS_REGION": "x",
        "PATH": "",
    }
    drop_empty(environ)
    assert environ == {"AWS_REGION": "x", "PATH": ""}


def test_the_worker_never_fetches_weights() -> None:
    code = (
        "import handler, sys; print({'actionmesh_wrapper.weights.fetch', 'huggingface_hub'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=HANDLER.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout == "set()\n"


def test_the_worker_starts_with_a_bucket_beside_empty_settings_of_boto3(tmp_path: Path) -> None:
    bucket = {"BUCKET_NAME": "b", "BUCKET_ACCESS_KEY_ID": "k", "BUCKET_SECRET_ACCESS_KEY": "s"}
    done = subprocess.run(
        [sys.executable, HANDLER, "--test_input", '{"id": "a", "input": {}}'],
        env={
            "PATH": os.environ["PATH"],
            "JOBS_DIR": str(tmp_path),
            "LOG_LEVEL": "INFO",
            "BUCKET_REGION": "us-east-1",
        }
        | bucket
        | dict.fromkeys(AWS, ""),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "storage: s3" in done.stderr
    assert "INVALID_INPUT" in done.stdout + done.stderr  # the job's own error: the worker has started


def test_a_folder_that_can_be_written_is_made(tmp_path: Path) -> None:
    assert unwritable(tmp_path / "a" / "b") is None
    assert list((tmp_path / "a" / "b").iterdir()) == []


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    why = "File exists" if name == "file" else "Not a directory"
    assert unwritable(tmp_path / name) == f"{tmp_path / name} cannot be written: {why}."
