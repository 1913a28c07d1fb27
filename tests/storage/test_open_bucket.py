"""A job's own bucket, as it is opened; what it then connects to is in test_pinned.py."""

from pathlib import Path

import pytest

from actionmesh_wrapper.errors import DownloadFailed, InvalidInput, StorageFailed, UrlNotAllowed
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage.s3 import S3, open_bucket
from actionmesh_wrapper.system.addresses import public_addresses

OF_A_JOB = "hunter2hunter2"
CONFIG = {
    "accessId": "AKIDEXAMPLE",
    "accessSecret": OF_A_JOB,
    "bucketName": "meshes",
    "endpointUrl": "https://s3.example.com",
}


def leads_to(address: str) -> object:
    return lambda host, port: public_addresses(host, port, resolve=lambda _host, _port: [address])


def opened(config: object, address: str = "93.184.215.14") -> S3:
    return open_bucket(config, link_ttl_s=600, find=leads_to(address))  # type: ignore[arg-type]  # a resolver's


def test_opens_the_callers_bucket() -> None:
    storage = opened(CONFIG)
    assert (storage.bucket, storage.prefix, storage.link_ttl_s) == ("meshes", "", 600)
    assert storage.client.meta.endpoint_url == "https://s3.example.com"
    link = storage.link("job-1", "preview.mp4")
    assert link.startswith("https://s3.example.com/meshes/job-1/preview.mp4?")
    assert "AKIDEXAMPLE" in link
    assert OF_A_JOB not in link


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"accessId": ""}, "s3Config.accessId: Value should have at least 1 item after validation, not 0."),
        ({"bucket": "b"}, "s3Config.bucket: unknown field."),
        ({"accessId": "x" * 8193}, "s3Config: accessId: a text of more than 8,192 characters."),
        ({str(n): "" for n in range(97)}, "s3Config: 101 fields, of which at most 100 are looked at."),
        (
            {"endpointUrl": "s3.example.com"},
            "s3Config.endpointUrl: Input should be a valid URL, relative URL",
        ),
    ],
)
def test_names_what_is_wrong(change: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        opened(CONFIG | change)
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize("config", [{}, [], "x", {"accessSecret": [OF_A_JOB]}, CONFIG | {"more": OF_A_JOB}])
def test_repeats_no_value(config: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        opened(config)
    assert OF_A_JOB not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1"])
def test_an_endpoint_in_our_own_network_is_refused(address: str) -> None:
    with pytest.raises(UrlNotAllowed, match=r"s3Config\.endpointUrl: .* not public"):
        opened(CONFIG, address)


def test_an_endpoint_that_is_not_found_is_no_failed_download() -> None:
    def find(host: str, port: int) -> list[str]:
        raise DownloadFailed("The server was not found.")

    with pytest.raises(StorageFailed) as caught:
        open_bucket(CONFIG, link_ttl_s=60, find=find)
    assert str(caught.value) == "STORAGE_FAILED: s3Config.endpointUrl: The server was not found."


def test_an_endpoint_without_tls_is_refused() -> None:
    with pytest.raises(UrlNotAllowed, match="https"):
        opened(CONFIG | {"endpointUrl": "http://s3.example.com"})


@pytest.mark.parametrize("url", ["https://meshes.s3.example.com", "https://s3.example.com/meshes/"])
def test_the_endpoint_of_a_jobs_own_bucket_may_name_it(url: str) -> None:
    storage = opened(CONFIG | {"endpointUrl": url})
    assert storage.client.meta.endpoint_url == "https://s3.example.com"


def test_the_host_that_is_connected_to_is_the_one_that_is_checked() -> None:
    asked: list[tuple[str, int]] = []

    def find(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["93.184.215.14"]

    for url in ("https://meshes.s3.example.com:8443", "https://[2606:4700::1111]", "https://s3.example.com"):
        open_bucket(CONFIG | {"endpointUrl": url}, link_ttl_s=600, find=find)
    assert asked == [("s3.example.com", 8443), ("2606:4700::1111", 443), ("s3.example.com", 443)]


@pytest.mark.parametrize(
    ("change", "region"),
    [
        ({"endpointUrl": "https://meshes.0a1b2c.r2.cloudflarestorage.com"}, "auto"),
        ({"endpointUrl": "https://s3.fr-par.scw.cloud"}, "fr-par"),
        ({"endpointUrl": "https://s3.fr-par.scw.cloud", "region": "nl-ams"}, "nl-ams"),
        ({"region": "RegionOne"}, "RegionOne"),
        ({"region": None}, "us-east-1"),
        ({}, "us-east-1"),
    ],
)
def test_the_region_of_a_jobs_own_bucket_is_its_own_or_its_endpoints_and_never_the_workers(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, str], region: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    storage = opened(CONFIG | change)
    assert f"%2F{region}%2Fs3%2Faws4_request" in storage.link("job-1", "preview.mp4")


@pytest.mark.parametrize("variable", ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"])
def test_the_workers_environment_moves_no_jobs_own_bucket(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    config = tmp_path / "config"
    config.write_text("[default]\ns3 =\n  addressing_style = virtual\n  use_accelerate_endpoint = true\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv(variable, "true")
    link = opened(CONFIG).link("job-1", "preview.mp4")
    assert link.startswith("https://s3.example.com/meshes/job-1/preview.mp4?")


def test_a_bucket_stands_in_the_host_where_its_server_takes_nothing_else() -> None:
    asked: list[str] = []

    def find(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["93.184.215.14"]

    config = CONFIG | {"endpointUrl": "https://oss-cn-hangzhou.aliyuncs.com"}
    link = open_bucket(config, link_ttl_s=600, find=find).link("job-1", "preview.mp4")
    assert link.startswith("https://meshes.oss-cn-hangzhou.aliyuncs.com/job-1/preview.mp4?")
    assert asked == ["meshes.oss-cn-hangzhou.aliyuncs.com"]
    environ = {"BUCKET_NAME": "meshes", "BUCKET_ENDPOINT_URL": config["endpointUrl"]}
    keys = {"BUCKET_ACCESS_KEY_ID": "a", "BUCKET_SECRET_ACCESS_KEY": "b"}
    link = S3.from_settings(Settings.from_env(environ | keys)).link("job-1", "preview.mp4")
    assert link.startswith("https://meshes.oss-cn-hangzhou.aliyuncs.com/job-1/preview.mp4?")
