import importlib.util
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage.s3 import S3
from tests.storage.s3_server import KEY, SECRET, needed_executable, s3_server

SCRIPT = Path(__file__).parents[2] / "builder/sweep_bucket.py"
DAY = timedelta(days=1)
DEAD = f"dead/{'a' * 32}/preview.mp4"
WHOLE = [f"whole/{'b' * 32}/{name}" for name in ("manifest.json", "preview.mp4", "result.json")]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sweep_bucket", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    path = sys.path.copy()
    spec.loader.exec_module(module)
    sys.path[:] = path
    return module


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    with s3_server(needed_executable(), tmp_path) as url:
        yield {
            "BUCKET_NAME": "results",
            "BUCKET_ENDPOINT_URL": url,
            "BUCKET_ACCESS_KEY_ID": KEY,
            "BUCKET_SECRET_ACCESS_KEY": SECRET,
        }


@pytest.fixture
def bucket(environ: dict[str, str]) -> S3:
    bucket = S3.from_settings(Settings.from_env(environ))
    bucket.client.create_bucket(Bucket="results")
    for key in (DEAD, *WHOLE):
        bucket.write(key, b"{}")
    return bucket


def keys(bucket: S3) -> list[str]:
    return [item["Key"] for item in bucket.client.list_objects_v2(Bucket="results").get("Contents", [])]


def test_a_dry_run_lists_and_removes_nothing(
    script: ModuleType, bucket: S3, capsys: pytest.CaptureFixture[str]
) -> None:
    tomorrow = datetime.now(UTC) + 2 * DAY
    assert script.sweep(bucket, DAY, dry=True, now=tomorrow) == 0
    assert capsys.readouterr().out == f"stays: {DEAD}\n1 leftovers, 0 removed\n"
    assert keys(bucket) == [DEAD, *WHOLE]
    assert script.sweep(bucket, DAY, dry=False, now=tomorrow) == 0
    assert capsys.readouterr().out == f"removed: {DEAD}\n1 leftovers, 1 removed\n"
    assert keys(bucket) == WHOLE


def test_what_is_younger_than_a_day_stays(
    script: ModuleType, environ: dict[str, str], bucket: S3, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script.main([], environ) == 0
    assert script.main(["--hours", "1"], environ) == 0
    assert capsys.readouterr().out == "0 leftovers, 0 removed\n" * 2
    assert len(keys(bucket)) == 4


def test_says_what_is_wrong(
    script: ModuleType, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert script.main([], {}) == 1
    assert script.main([], environ | {"BUCKET_SECRET_ACCESS_KEY": "wrong"}) == 1
    assert capsys.readouterr().err == (
        "BUCKET_NAME is missing\n"
        "STORAGE_FAILED: The bucket refuses the key: it has to allow reading, writing and deleting.\n"
    )
    with pytest.raises(SystemExit):
        script.main(["--hours", "0.5"], environ)
    assert "--hours: at least 1" in capsys.readouterr().err
