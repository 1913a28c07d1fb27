import pytest

from actionmesh_wrapper.storage.endpoint import Endpoint

# The bucket is "results" in all of them.
FORMS = {
    "https://s3.us-west-2.amazonaws.com": [
        "https://s3.us-west-2.amazonaws.com/",
        "https://results.s3.us-west-2.amazonaws.com",
        "https://results.s3.us-west-2.amazonaws.com/",
        "https://s3.us-west-2.amazonaws.com/results",
        "https://s3.us-west-2.amazonaws.com/results/",
    ],
    "https://0a1b2c.r2.cloudflarestorage.com": [
        "https://results.0a1b2c.r2.cloudflarestorage.com",
        "https://0a1b2c.r2.cloudflarestorage.com/results",
        "https://0A1B2C.r2.cloudflarestorage.com",
    ],
    "https://0a1b2c.eu.r2.cloudflarestorage.com": ["https://results.0a1b2c.eu.r2.cloudflarestorage.com"],
    "https://s3.us-west-004.backblazeb2.com": ["https://results.s3.us-west-004.backblazeb2.com"],
    "https://fra1.digitaloceanspaces.com": ["https://results.fra1.digitaloceanspaces.com/"],
    "http://127.0.0.1:9000": ["http://127.0.0.1:9000/results/", "http://127.0.0.1:9000"],
    "http://[::1]:9000": ["http://[::1]:9000/results"],
    "https://minio.example.com:9000": ["https://results.minio.example.com:9000"],
    "https://example.com/s3": ["https://example.com/s3/results/", "https://example.com/s3/"],
    "https://results.example.com": ["https://results.example.com/results"],
}


@pytest.mark.parametrize(
    ("expected", "address"), [(url, form) for url, forms in FORMS.items() for form in forms]
)
def test_every_form_is_the_same_server(expected: str, address: str) -> None:
    assert Endpoint.of(address, "results").url == expected


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("s3.us-west-2.amazonaws.com", "us-west-2"),
        ("s3-eu-central-1.amazonaws.com", "eu-central-1"),
        ("s3.dualstack.us-gov-east-1.amazonaws.com", "us-gov-east-1"),
        ("s3.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("s3.amazonaws.com", None),
        ("s3.us-west-004.backblazeb2.com", "us-west-004"),
        ("fra1.digitaloceanspaces.com", "fra1"),
        ("s3api-eu-ro-1.runpod.io", "eu-ro-1"),
        ("0a1b2c.r2.cloudflarestorage.com", "auto"),
        ("0a1b2c.eu.r2.cloudflarestorage.com", "auto"),
        ("storage.googleapis.com", "auto"),
        ("minio.example.com", None),
        ("s3.us-west-2.amazonaws.com.example.com", None),
        ("127.0.0.1", None),
    ],
)
def test_some_hosts_tell_the_region(host: str, region: str | None) -> None:
    assert Endpoint.of(f"https://{host}", "results").region == region
    assert Endpoint.of(f"https://{host}/results", "results").region == region


@pytest.mark.parametrize(
    ("url", "bucket"),
    [
        ("https://storage.googleapis.com", "storage"),
        ("https://s3.us-west-2.amazonaws.com", "s3"),
        ("https://fra1.digitaloceanspaces.com", "fra1"),
        ("http://127.0.0.1:9000", "127"),
    ],
)
def test_a_servers_own_host_is_not_taken_for_a_bucket(url: str, bucket: str) -> None:
    assert Endpoint.of(url, bucket).url == url


def test_what_is_connected_to_is_told_apart() -> None:
    endpoint = Endpoint.of("https://user:secret@RESULTS.s3.example.com:8443/results?x=1#y", "results")
    assert (endpoint.host, endpoint.port) == ("results.s3.example.com", 8443)
    assert endpoint.url == "https://results.s3.example.com:8443"
    endpoint = Endpoint.of("https://[2001:db8::1]", "results")
    assert (endpoint.host, endpoint.port) == ("2001:db8::1", None)


@pytest.mark.parametrize("url", ["https:///results", "https://host:99999", "https://host:x"])
def test_what_is_no_address_is_an_error(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 – the words are Python's
        Endpoint.of(url, "results")
