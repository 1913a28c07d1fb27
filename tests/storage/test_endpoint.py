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
        ("s3.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        ("s3-fips.us-east-1.amazonaws.com", "us-east-1"),
        ("s3-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("s3-fips.dualstack.ca-central-1.amazonaws.com", "ca-central-1"),
        ("s3.amazonaws.com", None),
        ("s3.us-west-004.backblazeb2.com", "us-west-004"),
        ("fra1.digitaloceanspaces.com", "fra1"),
        ("s3api-eu-ro-1.runpod.io", "eu-ro-1"),
        ("0a1b2c.r2.cloudflarestorage.com", "auto"),
        ("0a1b2c.eu.r2.cloudflarestorage.com", "auto"),
        ("storage.googleapis.com", "auto"),
        ("s3.wasabisys.com", "us-east-1"),
        ("s3.eu-central-2.wasabisys.com", "eu-central-2"),
        ("s3.nl-1.wasabisys.com", "eu-central-1"),
        ("s3.uk-2.wasabisys.com", "eu-west-3"),
        ("s3.fr-par.scw.cloud", "fr-par"),
        ("s3.nl-ams.scw.cloud", "nl-ams"),
        ("s3.gra.io.cloud.ovh.net", "gra"),
        ("s3.sbg.perf.cloud.ovh.net", "sbg"),
        ("s3.bhs.cloud.ovh.net", "bhs"),
        ("s3.eu-west-par.io.cloud.ovh.net", "eu-west-par"),
        ("s3.us-east-va.io.cloud.ovh.us", "us-east-va"),
        ("fsn1.your-objectstorage.com", "fsn1"),
        ("hel1.your-objectstorage.com", "hel1"),
        ("us-southeast-1.linodeobjects.com", "us-southeast-1"),
        ("us-iad-18.linodeobjects.com", "us-iad-18"),
        ("axyz12.compat.objectstorage.us-ashburn-1.oraclecloud.com", "us-ashburn-1"),
        ("axyz12.compat.objectstorage.eu-frankfurt-1.oci.customer-oci.com", "eu-frankfurt-1"),
        ("axyz12.compat.objectstorage.us-gov-phoenix-1.oraclegovcloud.com", "us-gov-phoenix-1"),
        ("vhcompat.objectstorage.us-phoenix-1.oci.customer-oci.com", "us-phoenix-1"),
        ("oss-cn-hangzhou.aliyuncs.com", "cn-hangzhou"),
        ("oss-cn-hangzhou-internal.aliyuncs.com", "cn-hangzhou"),
        ("s3.oss-ap-southeast-5.aliyuncs.com", "ap-southeast-5"),
        ("s3.oss-us-west-1-internal.aliyuncs.com", "us-west-1"),
        ("oss-accelerate.aliyuncs.com", None),
        ("minio.example.com", None),
        ("s3.fr-par.scw.cloud.example.com", None),
        ("s3.us-west-2.amazonaws.com.example.com", None),
        ("127.0.0.1", None),
    ],
)
def test_some_hosts_tell_the_region(host: str, region: str | None) -> None:
    assert Endpoint.of(f"https://{host}", "results").region == region
    assert Endpoint.of(f"https://{host}/results", "results").region == region
    if host != "127.0.0.1":
        assert Endpoint.of(f"https://results.{host}", "results").region == region


@pytest.mark.parametrize(
    ("url", "bucket"),
    [
        ("https://storage.googleapis.com", "storage"),
        ("https://s3.us-west-2.amazonaws.com", "s3"),
        ("https://fra1.digitaloceanspaces.com", "fra1"),
        ("https://s3.wasabisys.com", "s3"),
        ("https://s3.oss-cn-hangzhou.aliyuncs.com", "s3"),
        ("https://axyz12.compat.objectstorage.us-ashburn-1.oraclecloud.com", "axyz12"),
        ("http://127.0.0.1:9000", "127"),
    ],
)
def test_a_servers_own_host_is_not_taken_for_a_bucket(url: str, bucket: str) -> None:
    assert Endpoint.of(url, bucket).url == url


@pytest.mark.parametrize(
    ("server", "host"),
    [
        ("oss-cn-hangzhou.aliyuncs.com", "results.oss-cn-hangzhou.aliyuncs.com"),
        ("s3.oss-accelerate.aliyuncs.com", "results.s3.oss-accelerate.aliyuncs.com"),
        (
            "vhcompat.objectstorage.us-phoenix-1.oci.customer-oci.com",
            "results.vhcompat.objectstorage.us-phoenix-1.oci.customer-oci.com",
        ),
        ("s3.us-west-2.amazonaws.com", "s3.us-west-2.amazonaws.com"),
        ("oss-cn-hangzhou.aliyuncs.com.example.com", "oss-cn-hangzhou.aliyuncs.com.example.com"),
    ],
)
def test_a_bucket_stands_in_the_host_only_where_the_path_is_refused(server: str, host: str) -> None:
    for form in (server, f"{server}/results", f"results.{server}"):
        assert Endpoint.of(f"https://{form}", "results").host_of("results") == host


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
