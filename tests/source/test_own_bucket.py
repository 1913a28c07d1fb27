from collections.abc import Iterator
from pathlib import Path

import pytest

from actionmesh_wrapper.contract.request import Request
from actionmesh_wrapper.errors import DownloadFailed, UrlNotAllowed
from actionmesh_wrapper.service.worker import Worker
from actionmesh_wrapper.source import OwnBucket
from actionmesh_wrapper.source.pinned import parse
from tests.service.test_worker import worker
from tests.source.getting import get
from tests.source.server import CONTENT, Server, answer
from tests.storage.s3_server import KEY, SECRET, needed_executable, s3_server

V4, V2 = "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0a", "?AWSAccessKeyId=k&Signature=s&Expires=1"
OURS = OwnBucket.at("http://minio.lan:9000", "clips")


@pytest.mark.parametrize(
    "url",
    [
        "http://minio.lan:9000/clips/a.mp4" + V4,
        "http://minio.lan:9000/clips/a.mp4" + V2,
        "http://MinIO.lan:9000/clips/in/a%20b.mp4" + V4,
        "http://minio.lan:9000/%63lips/a.mp4" + V4,
        "http://clips.minio.lan:9000/a.mp4" + V4,
        "http://minio.lan:9000/clips/..a/b...mp4" + V4,
    ],
)
def test_signed_links_of_the_bucket_are_known(url: str) -> None:
    assert OURS.signed(parse(url))


@pytest.mark.parametrize(
    "url",
    [
        "http://minio.lan:9000/clips/a.mp4",
        "http://minio.lan:9000/clips/a.mp4?X-Amz-Signature=",
        "http://minio.lan:9000/clips/a.mp4?x=X-Amz-Signature=1",
        "http://minio.lan:9000/clips/a.mp4?Signature=s",
        "http://minio.lan:9000/clips/a.mp4#" + V4,
        "http://minio.lan:9000/clips/" + V4,
        "http://minio.lan:9000/clips" + V4,
        "http://minio.lan:9000/" + V4,
        "http://clips.minio.lan:9000/" + V4,
        "http://minio.lan:9000/clips2/a.mp4" + V4,
        "http://minio.lan:9000/other/a.mp4" + V4,
        "http://minio.lan:9000/Clips/a.mp4" + V4,
        "http://other.minio.lan:9000/clips/a.mp4" + V4,
        "http://minio.lan:9000//clips/a.mp4" + V4,
        "http://minio.lan:9000/clips/../other/a.mp4" + V4,
        "http://minio.lan:9000/clips/%2e%2e/other/a.mp4" + V4,
        "http://minio.lan:9000/clips/%2E./other/a.mp4" + V4,
        "http://minio.lan:9000/clips%2f..%2fother/a.mp4" + V4,
        "http://minio.lan:9000/clips/..%5Cother/a.mp4" + V4,
        "http://minio.lan/clips/a.mp4" + V4,
        "http://minio.lan:9001/clips/a.mp4" + V4,
        "https://minio.lan:9000/clips/a.mp4" + V4,
        "http://minio.lan.:9000/clips/a.mp4" + V4,
        "http://minio.lan.evil.example:9000/clips/a.mp4" + V4,
        "http://evilminio.lan:9000/clips/a.mp4" + V4,
        "http://10.0.0.1:9000/clips/a.mp4" + V4,
    ],
)
def test_nothing_else_is_taken_for_one(url: str) -> None:
    assert not OURS.signed(parse(url))


@pytest.mark.parametrize(
    ("server_url", "url"),
    [
        ("https://s3.lan", "https://s3.lan:443/clips/a.mp4"),
        ("https://s3.lan:443/", "https://s3.lan/clips/a.mp4"),
        ("http://[fd00::1]:9000", "http://[fd00::1]:9000/clips/a.mp4"),
        ("http://10.0.0.1:9000", "http://10.0.0.1:9000/clips/a.mp4"),
        ("https://gate.lan/s3", "https://gate.lan/s3/clips/a.mp4"),
    ],
)
def test_a_server_has_any_address(server_url: str, url: str) -> None:
    ours = OwnBucket.at(server_url, "clips")
    assert ours.signed(parse(url + V4))
    assert not ours.signed(parse(url.replace("clips/", "") + V4))


def refusing(host: str, port: int) -> list[str]:
    raise UrlNotAllowed(host)


@pytest.fixture
def ours(server: Server) -> OwnBucket:
    return OwnBucket.at(f"http://127.0.0.1:{server.server_port}", "clips")


def test_a_redirect_into_the_bucket_is_followed_and_one_out_of_it_checked(
    server: Server, target: Path, ours: OwnBucket
) -> None:
    inside = server.at("/clips/a" + V4, answer(b"", 302, Location="/clips/b" + V4))
    server.at("/clips/b" + V4, answer())
    assert get(inside, target, find=refusing, own=ours) == CONTENT
    for outside in ("/clips/b", "/other/b" + V4, f"http://localhost:{server.server_port}/clips/b" + V4):
        server.asked.clear()
        server.at("/clips/a" + V4, answer(b"", 302, Location=outside))
        with pytest.raises(UrlNotAllowed):
            get(inside, target, find=refusing, own=ours)
        assert len(server.asked) == 1


def test_without_the_bucket_no_link_is_taken(server: Server, target: Path) -> None:
    with pytest.raises(UrlNotAllowed):
        get(server.at("/clips/a" + V4, answer()), target, find=refusing)
    assert not server.asked


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with s3_server(needed_executable(), tmp_path_factory.mktemp("s3")) as url:
        yield url


def hired(tmp_path: Path, endpoint: str, **environ: str) -> Worker:
    names = {"BUCKET_NAME": "clips", "BUCKET_ENDPOINT_URL": endpoint}
    keys = {"BUCKET_ACCESS_KEY_ID": KEY, "BUCKET_SECRET_ACCESS_KEY": SECRET}
    return worker(tmp_path, **names, **keys, **environ)


def test_a_worker_fetches_a_link_of_its_private_bucket(tmp_path: Path, endpoint: str) -> None:
    import boto3
    from botocore.config import Config

    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
        config=Config(signature_version="s3v4"),
    )
    client.create_bucket(Bucket="clips")
    client.put_object(Bucket="clips", Key="in/a clip.mp4", Body=CONTENT)
    link = client.generate_presigned_url("get_object", Params={"Bucket": "clips", "Key": "in/a clip.mp4"})
    request = Request.model_validate({"video_url": link})
    setting = {"BUCKET_PRIVATE_LINKS": "true"}
    for url in (endpoint, f"{endpoint}/clips"):
        fetched = hired(tmp_path, url, **setting).intake.fetch(request, tmp_path, lambda _done, _of: None)
        assert fetched.main.read_bytes() == CONTENT
    with pytest.raises(UrlNotAllowed, match="video_url: The address leads to a network that is not public"):
        hired(tmp_path, endpoint).intake.fetch(request, tmp_path, lambda _done, _of: None)
    wrong = Request.model_validate({"video_url": link.replace("Signature=", "Signature=0")})
    with pytest.raises(DownloadFailed, match="status 403"):
        hired(tmp_path, endpoint, **setting).intake.fetch(wrong, tmp_path, lambda _done, _of: None)
