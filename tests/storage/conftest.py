"""A real S3 server that the storages' tests share."""

from collections.abc import Iterator

import pytest

from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage.s3 import S3
from tests.storage.s3_server import KEY, SECRET, needed_executable, s3_server

ENVIRON = {
    "BUCKET_NAME": "results",
    "BUCKET_ACCESS_KEY_ID": KEY,
    "BUCKET_SECRET_ACCESS_KEY": SECRET,
    "BUCKET_REGION": "us-east-1",
    "BUCKET_PREFIX": "meshes/",
}


@pytest.fixture(scope="session")
def s3_environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a worker whose bucket is on a server of the tests' own."""
    with s3_server(needed_executable(), tmp_path_factory.mktemp("s3")) as url:
        environ = ENVIRON | {"BUCKET_ENDPOINT_URL": url}
        S3.from_settings(Settings.from_env(environ)).client.create_bucket(Bucket="results")
        yield environ


@pytest.fixture(scope="session")
def storage(s3_environ: dict[str, str]) -> S3:
    """That bucket."""
    return S3.from_settings(Settings.from_env(s3_environ))
