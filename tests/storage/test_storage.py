from pathlib import Path

import pytest

from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage import Inline, Local, choose

BUCKET = {
    "BUCKET_NAME": "b",
    "BUCKET_ACCESS_KEY_ID": "i",
    "BUCKET_SECRET_ACCESS_KEY": "s",
    "BUCKET_REGION": "auto",
}


@pytest.mark.parametrize(
    ("environ", "kind"),
    [
        ({}, "local"),
        ({"RUNPOD_POD_ID": "pod"}, "inline"),
        (BUCKET, "s3"),
        (BUCKET | {"RUNPOD_POD_ID": "pod"}, "s3"),
    ],
)
def test_the_settings_choose(environ: dict[str, str], kind: str) -> None:
    assert choose(Settings.from_env(environ)).kind == kind


def test_the_folder_is_the_settings() -> None:
    assert choose(Settings.from_env({"OUTPUT_DIR": "elsewhere"})) == Local(Path("elsewhere"))


def test_a_hosted_workers_own_disk_is_never_the_answer() -> None:
    assert isinstance(choose(Settings.from_env({"RUNPOD_POD_ID": "pod", "OUTPUT_DIR": "x"})), Inline)
