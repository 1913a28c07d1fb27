from pathlib import Path

import pytest

from actionmesh_wrapper.host import LAPTOP, Host
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage import Inline, Local, choose

BUCKET = {
    "BUCKET_NAME": "b",
    "BUCKET_ACCESS_KEY_ID": "i",
    "BUCKET_SECRET_ACCESS_KEY": "s",
    "BUCKET_REGION": "auto",
}


SERVERLESS = Host("a cloud", is_serverless=True, answer_bytes=10_000_000)


@pytest.mark.parametrize(
    ("environ", "host", "kind"),
    [({}, LAPTOP, "local"), ({}, SERVERLESS, "inline"), (BUCKET, LAPTOP, "s3"), (BUCKET, SERVERLESS, "s3")],
)
def test_the_settings_choose(environ: dict[str, str], host: Host, kind: str) -> None:
    assert choose(Settings.from_env(environ), host).kind == kind


def test_the_folder_is_the_settings() -> None:
    assert choose(Settings.from_env({"OUTPUT_DIR": "elsewhere"})) == Local(Path("elsewhere"))


def test_a_serverless_workers_own_disk_is_never_the_answer() -> None:
    assert choose(Settings.from_env({"OUTPUT_DIR": "x"}), SERVERLESS) == Inline(10_000_000)
