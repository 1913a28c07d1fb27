from pathlib import Path

import pytest

from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.settings import Settings, shown

SECRET = "hunter2hunter2"
BUCKET = {"BUCKET_NAME": "b", "BUCKET_ACCESS_KEY_ID": "id", "BUCKET_SECRET_ACCESS_KEY": SECRET}


def test_defaults() -> None:
    settings = Settings.from_env({})
    assert settings.engine == "auto"
    assert settings.jobs_dir == Path("/tmp/actionmesh_jobs")
    assert settings.max_video_bytes == 100_000_000
    assert settings.max_mesh_bytes == 50_000_000


def test_reads_its_variables_and_no_others() -> None:
    settings = Settings.from_env({"MAX_VIDEO_MB": "0.5", "OUTPUT_DIR": "x", "HOME": "/"})
    assert (settings.max_video_bytes, settings.output_dir) == (500_000, Path("x"))


def test_an_empty_variable_counts_as_unset() -> None:
    every = [str(item.alias) for item in Settings.model_fields.values()]
    for empty in ("", " ", "\n"):
        assert Settings.from_env(dict.fromkeys(every, empty)) == Settings.from_env({})


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"ENGINE": "gpu"}, "ENGINE='gpu': Input should be 'auto', 'actionmesh' or 'silhouette'"),
        (
            {"ACCELERATE": "all,magic"},
            "ACCELERATE='all,magic': 'magic' is no change: all, exact, none, swift_load",
        ),
        ({"PORT": "0"}, "PORT='0': Input should be greater than or equal to 1"),
        ({"MAX_VIDEO_MB": "big"}, "MAX_VIDEO_MB='big': Input should be a valid number, unable to parse"),
        (
            {"BUCKET_LINK_TTL": "999999"},
            "BUCKET_LINK_TTL='999999': Input should be less than or equal to 604800",
        ),
        ({"BUCKET_REGION": "r"}, "BUCKET_REGION: BUCKET_NAME is missing"),
        ({"BUCKET_PRIVATE_LINKS": "true"}, "BUCKET_PRIVATE_LINKS: BUCKET_NAME is missing"),
        (
            {"BUCKET_NAME": "b", "BUCKET_PRIVATE_LINKS": "true"},
            "BUCKET_PRIVATE_LINKS: BUCKET_ENDPOINT_URL is missing",
        ),
        ({"BUCKET_PUBLIC_URL": "cdn.example"}, "BUCKET_PUBLIC_URL='cdn.example': String should match"),
        (
            {"BUCKET_NAME": "b", "BUCKET_ACCESS_KEY_ID": "id"},
            "BUCKET_ACCESS_KEY_ID and BUCKET_SECRET_ACCESS_KEY: one of the two is missing",
        ),
    ],
)
def test_a_bad_value_names_the_variable_the_value_and_what_is_allowed(
    environ: dict[str, str], message: str
) -> None:
    with pytest.raises(StartError) as caught:
        Settings.from_env(environ)
    assert str(caught.value).startswith(message)


def test_private_links_are_off_unless_set() -> None:
    bucket = {"BUCKET_NAME": "b", "BUCKET_ENDPOINT_URL": "http://minio:9000"}
    assert not Settings.from_env(bucket).bucket_private_links
    assert Settings.from_env(bucket | {"BUCKET_PRIVATE_LINKS": "false"}).bucket_private_links is False
    assert Settings.from_env(bucket | {"BUCKET_PRIVATE_LINKS": "1"}).bucket_private_links


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(StartError) as caught:
        Settings.from_env({"ENGINE": "gpu", "PORT": "x"})
    assert [line.split("=")[0] for line in str(caught.value).splitlines()] == ["ENGINE", "PORT"]


def test_the_secret_is_never_shown() -> None:
    assert SECRET not in repr(Settings.from_env(BUCKET))
    with pytest.raises(StartError) as caught:
        Settings.from_env(BUCKET | {"BUCKET_NAME": "", "PORT": "x"})
    assert SECRET not in str(caught.value)


ADDRESSES_WITH_A_PASSWORD = [
    f"https://user:{SECRET}@ho st/",
    f"https://user:{SECRET}/{SECRET}@host/",
    f"https://user:{SECRET}@{SECRET}@host:99999",
    f"user:{SECRET}@host:9000",
    f"https://user:{SECRET}@",
    f"https://{SECRET}:@host:port",
    f"https://user:{SECRET}@[::1",
    f"https://user:{SECRET}\u2100@host",
    f"https:// host/?token={SECRET}",
    f"https://user:\n{SECRET}@host",
]


@pytest.mark.parametrize("variable", ["BUCKET_ENDPOINT_URL", "BUCKET_PUBLIC_URL", "PORT", "BUCKET_PREFIX"])
@pytest.mark.parametrize("address", ADDRESSES_WITH_A_PASSWORD)
def test_no_password_of_an_address_is_shown(variable: str, address: str) -> None:
    try:
        Settings.from_env(BUCKET | {variable: address})
    except StartError as error:
        assert SECRET not in str(error)  # noqa: PT017 – some of them are taken, and refused later
        assert variable in str(error)  # noqa: PT017


@pytest.mark.parametrize(
    ("value", "as_shown"),
    [
        ("http://user:pass@host:1/a", "'http://***@host:1/a'"),
        ("host?a=b", "'host?***'"),
        ("gpu", "'gpu'"),
        ("a\nb", "'a\\nb'"),
        (5, "'5'"),
    ],
)
def test_a_value_is_shown_without_user_password_and_query(value: object, as_shown: str) -> None:
    assert shown(value) == as_shown


@pytest.mark.parametrize(
    ("environ", "cache"),
    [
        ({}, None),
        ({"HF_HOME": "/h"}, Path("/h/hub")),
        ({"HF_HUB_CACHE": "/c"}, Path("/c")),
        ({"HF_HOME": "/h", "HF_HUB_CACHE": "/c"}, Path("/c")),
    ],
)
def test_where_the_hub_keeps_its_cache(environ: dict[str, str], cache: Path | None) -> None:
    assert Settings.from_env(environ).hub_cache == cache
