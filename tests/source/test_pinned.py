from pathlib import Path

import pytest

from actionmesh_wrapper.errors import DownloadFailed, UrlNotAllowed
from actionmesh_wrapper.source.pinned import parse
from tests.certificates import self_signed, serving_tls
from tests.source.getting import get
from tests.source.server import CONTENT, Handler, Server, answer

BASE = "https://public.example/dir/video?x=1"


@pytest.mark.parametrize(
    ("url", "host", "port", "authority", "resource"),
    [
        ("http://1.1.1.1", "1.1.1.1", 80, "1.1.1.1", "/"),
        ("https://Video.Example/a?b#c", "video.example", 443, "video.example", "/a?b"),
        ("https://video.example:8443/", "video.example", 8443, "video.example:8443", "/"),
        ("http://[2606:4700::1111]/", "2606:4700::1111", 80, "[2606:4700::1111]", "/"),
        ("http://[2606:4700::1111]:81/", "2606:4700::1111", 81, "[2606:4700::1111]:81", "/"),
        ("http://bücher.example/ü?ü", "xn--bcher-kva.example", 80, "xn--bcher-kva.example", "/%C3%BC?%C3%BC"),
        ("http://127%2e0%2E0%2e1/", "127.0.0.1", 80, "127.0.0.1", "/"),  # an address, and checked as one
        ("http://%31%32%37.1/", "127.1", 80, "127.1", "/"),
        ("http://0x7f.1/", "0x7f.1", 80, "0x7f.1", "/"),
        ("http://127.0.0.1./", "127.0.0.1.", 80, "127.0.0.1.", "/"),
        (r"http://1.1.1.1\@10.0.0.1/", "1.1.1.1", 80, "1.1.1.1", "/%5C@10.0.0.1/"),
        ("http://1.1.1.1?@10.0.0.1/", "1.1.1.1", 80, "1.1.1.1", "/?@10.0.0.1/"),
        ("http://1.1.1.1#@10.0.0.1/", "1.1.1.1", 80, "1.1.1.1", "/"),
        ("http://1.1.1.1/a\r\nX-Evil: y", "1.1.1.1", 80, "1.1.1.1", "/a%0D%0AX-Evil:%20y"),
    ],
)
def test_one_reading_of_a_url_is_checked_connected_to_and_asked_for(
    *, url: str, host: str, port: int, authority: str, resource: str
) -> None:
    target = parse(url)
    assert (target.host, target.port, target.authority, target.resource) == (host, port, authority, resource)
    assert parse(url, base=BASE) == target


@pytest.mark.parametrize(
    ("url", "resource"),
    [
        ("../new?y", "/new?y"),
        ("///10.0.0.1/x", "/10.0.0.1/x"),
        (r"/\10.0.0.1/x", "/%5C10.0.0.1/x"),
        (r"\\10.0.0.1/x", "/dir/%5C%5C10.0.0.1/x"),
        ("http\x00://10.0.0.1/", "/dir/http%00:/10.0.0.1/"),
        ("/x\r\nHost: evil.example", "/xHost:%20evil.example"),
    ],
)
def test_what_names_no_host_stays_where_it_was(url: str, resource: str) -> None:
    target = parse(url, base=BASE)
    assert (target.host, target.resource) == ("public.example", resource)


@pytest.mark.parametrize("base", ["", BASE])
@pytest.mark.parametrize(
    "url",
    [
        r"http:\\10.0.0.1/",
        "http:/10.0.0.1/",
        "http:///10.0.0.1/",
        "http:10.0.0.1",
        "\thttp://10.0.0.1/",
        "\x00http://10.0.0.1/",
        "ht\ntp://10.0.0.1/",
        "http://10.0.\t0.1/",
        "http://1.1.1.1\x00.example/",
        "http://1.1.1.1%00.example/",
        "http://1.1.1.1 .example/",
        "http://1.1.1.1\n@10.0.0.1/",
        "http://1.1.1.1;@10.0.0.1/",
        "http://a@b@1.1.1.1/",
        "http://:@1.1.1.1/",
        "http://127。0。0。1/",
        "http://１２７.0.0.1/",
        "http://①②⑦.⓪.⓪.①/",
        "http://a\u200b.example/",
        "http://\ud800/",
        "http://[fe80::1%25eth0]/",
        "http://[2606:4700::1111%25lo]/",
        "http://[2606:4700::1111%lo]/",
        "http://[::1]x/",
        "http://[::1",
        "http://[v1.x]/",
        "http://1.1.1.1:65536/",
        "http://1.1.1.1:80:90/",
        "http://1.1.1.1:８０/",
        "http://:80/",
        "http+unix://1.1.1.1/",
        "gopher://1.1.1.1/",
        "data:,x",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(url: str, base: str) -> None:
    with pytest.raises(UrlNotAllowed):
        parse(url, base=base)


@pytest.mark.parametrize(
    ("host", "header"),
    [("[2606:4700::1111]", "[2606:4700::1111]"), ("bücher.test", "xn--bcher-kva.test"), ("A.test", "a.test")],
)
def test_the_host_is_named_in_ascii_with_brackets_and_port(
    server: Server, target: Path, host: str, header: str
) -> None:
    server.at("/", answer())
    assert get(f"http://{host}:{server.server_port}/", target, find=lambda *_: ["127.0.0.1"]) == CONTENT
    assert server.asked[0].headers["Host"] == f"{header}:{server.server_port}"


def test_a_location_puts_no_header_into_the_next_request(server: Server, target: Path) -> None:
    def redirect(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n X-Evil: 1\r\nContent-Length: 0\r\n\r\n")

    server.at("/x%20X-Evil:%201", answer())
    assert get(server.at("/", redirect), target) == CONTENT
    assert "X-Evil" not in server.asked[1].headers


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for video.test, with its key."""
    return self_signed(tmp_path / "certificate.pem", "video.test")


@pytest.fixture
def secure(server: Server, certificate: Path) -> Server:
    """The server over TLS."""
    server.socket = serving_tls(certificate).wrap_socket(server.socket, server_side=True)
    server.at("/", answer())
    return server


def get_secure(server: Server, target: Path, host: str) -> bytes:
    return get(f"https://{host}:{server.server_port}/", target, find=lambda *_: ["127.0.0.1"])


def test_a_certificate_for_the_host_is_taken(
    secure: Server, target: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert get_secure(secure, target, "video.test") == CONTENT


def test_a_certificate_for_another_host_is_refused(
    secure: Server, target: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(DownloadFailed, match="no valid certificate"):
        get_secure(secure, target, "other.test")


def test_a_certificate_that_nobody_vouches_for_is_refused(secure: Server, target: Path) -> None:
    with pytest.raises(DownloadFailed, match="no valid certificate"):
        get_secure(secure, target, "video.test")
