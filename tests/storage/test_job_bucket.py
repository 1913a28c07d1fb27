import pytest

from actionmesh_wrapper.addresses import public
from actionmesh_wrapper.errors import InvalidInput, UrlNotAllowed
from actionmesh_wrapper.storage.job_bucket import open_bucket
from actionmesh_wrapper.storage.s3 import S3

SECRET = "hunter2hunter2"
CONFIG = {
    "accessId": "AKIDEXAMPLE",
    "accessSecret": SECRET,
    "bucketName": "meshes",
    "endpointUrl": "https://s3.example.com",
}


def leads_to(address: str) -> object:
    return lambda host, port: public(host, port, resolve=lambda _host, _port: [address])


def opened(config: object, address: str = "93.184.215.14") -> S3:
    return open_bucket(config, link_ttl_s=600, find=leads_to(address))  # type: ignore[arg-type]  # a resolver's


def test_opens_the_callers_bucket() -> None:
    storage = opened(CONFIG)
    assert (storage.bucket, storage.prefix, storage.link_ttl_s) == ("meshes", "", 600)
    assert storage.client.meta.endpoint_url == "https://s3.example.com"
    link = storage.link("job-1", "preview.mp4")
    assert link.startswith("https://s3.example.com/meshes/job-1/preview.mp4?")
    assert "AKIDEXAMPLE" in link
    assert SECRET not in link


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"accessId": ""}, "s3Config.accessId: Value should have at least 1 item after validation, not 0."),
        ({"bucket": "b"}, "s3Config.bucket: unknown field."),
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


@pytest.mark.parametrize("config", [{}, [], "x", {"accessSecret": [SECRET]}, CONFIG | {"more": SECRET}])
def test_repeats_no_value(config: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        opened(config)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1"])
def test_an_endpoint_in_our_own_network_is_refused(address: str) -> None:
    with pytest.raises(UrlNotAllowed):
        opened(CONFIG, address)


def test_an_endpoint_without_tls_is_refused() -> None:
    with pytest.raises(UrlNotAllowed, match="https"):
        opened(CONFIG | {"endpointUrl": "http://s3.example.com"})


@pytest.mark.parametrize("url", ["https://meshes.s3.example.com", "https://s3.example.com/meshes/"])
def test_the_endpoint_may_name_the_bucket(url: str) -> None:
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


def test_the_region_is_the_endpoints_own() -> None:
    storage = opened(CONFIG | {"endpointUrl": "https://meshes.0a1b2c.r2.cloudflarestorage.com"})
    assert storage.client.meta.region_name == "auto"
