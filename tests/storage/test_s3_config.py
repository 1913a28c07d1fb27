import pytest

from actionmesh_wrapper.errors import InvalidInput
from actionmesh_wrapper.storage.s3_config import S3Config, is_bucket_name

CONFIG = {
    "accessId": "AKIDEXAMPLE",
    "accessSecret": "hunter2hunter2",
    "bucketName": "meshes",
    "endpointUrl": "https://s3.example.com",
}


@pytest.mark.parametrize("name", ["abc", "my.bucket-1", "0-9", "a" * 63, "1.2.3", "x-s3alias-1"])
def test_names_of_buckets(name: str) -> None:
    assert is_bucket_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "ab", "a" * 64, "Results", "my_bucket", "-ab", "ab-", ".ab", "ab.", "a..b", "ab\n", "ä" * 4),
        *("10.0.0.1", "a/b", "a?b", "a#b", "a@b", "a:b", "a%2fb", "a b", "../abc", "abc\0"),
        *("xn--abc", "sthree-abc", "amzn-s3-demo-abc"),
        *("abc-s3alias", "abc--ol-s3", "abc.mrap", "abc--usw2-az1--x-s3", "abc--op-s3", "abc--table-s3"),
        "arn:aws:s3:::results",
        "arn:aws:s3:us-west-2:123456789012:accesspoint/inside",
        "arn:aws:s3::123456789012:accesspoint/inside.mrap",
        "arn:aws:s3-outposts:us-west-2:123456789012:outpost:op-01234567890123456:accesspoint:inside",
        "arn:aws:s3-object-lambda:us-west-2:123456789012:accesspoint/inside",
    ],
)
def test_what_is_no_buckets_name(name: str) -> None:
    assert not is_bucket_name(name)
    with pytest.raises(InvalidInput) as caught:
        S3Config.of(CONFIG | {"bucketName": name})
    assert caught.value.message.startswith("s3Config.bucketName: must be a bucket's name by S3's rules")
    assert len(name) < 10 or name not in caught.value.message


@pytest.mark.parametrize("region", ["us-east-1", "auto", "RegionOne", "fr-par", "x", None])
def test_a_region_may_be_told(region: str | None) -> None:
    assert S3Config.of(CONFIG | {"region": region}).region == region


@pytest.mark.parametrize("region", ["", "1", "a.b", "a/", "-a", "a-", "a" * 64, "eu\n", "eu west", 1, "é"])
def test_what_is_no_region(region: object) -> None:
    with pytest.raises(InvalidInput, match=r"^INVALID_INPUT: s3Config\.region: "):
        S3Config.of(CONFIG | {"region": region})


@pytest.mark.parametrize("config", [3, [], "x", True])
def test_what_is_no_object_is_refused_in_the_callers_words(config: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        S3Config.of(config)
    assert caught.value.message == "s3Config must be a JSON object."


def test_runpods_own_fields_are_enough() -> None:
    job = S3Config.of(CONFIG)
    assert (job.access_id.get_secret_value(), job.bucket_name, job.region) == ("AKIDEXAMPLE", "meshes", None)
    assert "hunter2" not in repr(job)
