"""Addresses that must not be asked."""

from collections.abc import Callable

import pytest

from tests.hostile.scene import HOST, PUBLIC, Case, Scene, by_url
from tests.source.server import hang_up

pytestmark = pytest.mark.usefixtures("impatient")

Judge = Callable[[Case], None]

NOT_ALLOWED = {
    # credentials, and hosts that two readers may read as two
    "user and password": f"http://user:secret@{HOST}/video",
    "user alone": f"http://user@{HOST}/video",
    "a public user at a private host": f"http://{PUBLIC}@169.254.169.254/",
    "a public host and port as user": f"http://{PUBLIC}:80@10.0.0.1/",
    "a private host behind a backslash": f"http://10.0.0.1\\@{HOST}/",
    "one slash": "http:/10.0.0.1/",
    # networks of ours
    "this host": "http://0.0.0.0/",
    "loopback": "http://127.0.0.1/",
    "loopback's end": "http://127.255.255.254/",
    "private A": "http://10.0.0.1/",
    "private B": "http://172.16.0.1/",
    "private B's end": "http://172.31.255.255/",
    "private C": "http://192.168.1.1/",
    "link-local metadata": "http://169.254.169.254/latest/meta-data/",
    "container metadata": "http://169.254.170.2/v2/credentials",
    "CGNAT metadata": "http://100.100.100.200/",
    "CGNAT": "http://100.64.0.1/",
    "protocol assignments": "http://192.0.0.192/",
    "documentation": "http://192.0.2.1/",
    "benchmarks": "http://198.18.0.1/",
    "6to4 relay": "http://192.88.99.1/",
    "multicast": "http://224.0.0.1/",
    "reserved": "http://240.0.0.1/",
    "broadcast": "http://255.255.255.255/",
    "IPv6 nothing": "http://[::]/",
    "IPv6 loopback": "http://[::1]/",
    "IPv6 loopback in full": "http://[0:0:0:0:0:0:0:1]:80/",
    "mapped loopback": "http://[::ffff:127.0.0.1]/",
    "mapped loopback in hex": "http://[::ffff:7f00:1]/",
    "mapped metadata": "http://[::ffff:a9fe:a9fe]/",
    "mapped public": "http://[::ffff:8.8.8.8]/",
    "compatible loopback": "http://[::7f00:1]/",
    "NAT64 of loopback": "http://[64:ff9b::7f00:1]/",
    "local NAT64": "http://[64:ff9b:1::a9fe:a9fe]/",
    "6to4 of loopback": "http://[2002:7f00:1::]/",
    "Teredo": "http://[2001::1]/",
    "IPv6 documentation": "http://[2001:db8::1]/",
    "unique local": "http://[fc00::1]/",
    "AWS metadata": "http://[fd00:ec2::254]/latest/meta-data/",
    "IPv6 link-local": "http://[fe80::1]/",
    "IPv6 site-local": "http://[fec0::1]/",
    "IPv6 multicast": "http://[ff02::1]/",
    "IPv6 discard": "http://[100::1]/",
    # the same in other notations
    "decimal": "http://2130706433/",
    "decimal metadata": "http://2852039166/latest/",
    "hex": "http://0x7f000001/",
    "hex parts": "http://0x7f.0x0.0x0.0x1/",
    "octal": "http://017700000001/",
    "octal parts": "http://0177.0.0.01/",
    "short": "http://127.1/",
    "zero": "http://0/",
    "mixed notation": "http://0xa9.254.0250.254/",
    "full-width digits": "http://１２７.０.０.１/",
    "circled digits": "http://①②⑦.⓪.⓪.①/",
    "ideographic dots": "http://127。0。0。1/",
    "escaped": "http://%31%32%37.0.0.1/",
    "a trailing dot": "http://127.0.0.1./",
    "a port": "http://127.0.0.1:6379/",
    # names
    "localhost": "http://localhost/",
    "LOCALHOST": "http://LOCALHOST:8080/",
    "a name of loopback": "http://loopback.test/",
    "a name of a private address": "https://inside.test/",
    "a cloud's name for metadata": "http://metadata.google.internal/computeMetadata/v1/",
    "an address as a name": "http://127.0.0.1.names.test/",
    "a name of a mapped address": "http://mapped.test/",
    "a name of NAT64": "http://nat64.test/",
    "a name with a zone": "http://zone.test/",
    "public first, private then": "http://mixed.test/",
    "private first, public then": "http://mixed6.test/",
}
ANSWERS = {
    "loopback.test": ["127.0.0.1"],
    "inside.test": ["10.1.2.3"],
    "metadata.google.internal": ["169.254.169.254"],
    "127.0.0.1.names.test": ["127.0.0.1"],
    "mapped.test": ["::ffff:127.0.0.1"],
    "nat64.test": ["64:ff9b::a9fe:a9fe"],
    "zone.test": ["fe80::1%1"],
    "mixed.test": [PUBLIC, "192.168.0.7"],
    "mixed6.test": ["::1", PUBLIC],
}

INVALID = {
    "file": "file:///etc/passwd",
    "file as http": "file://localhost/etc/passwd",
    "ftp": f"ftp://{HOST}/video",
    "gopher": "gopher://127.0.0.1:6379/_INFO",
    "dict": "dict://127.0.0.1:11211/stats",
    "ldap": "ldap://127.0.0.1/",
    "s3": "s3://bucket/key",
    "data": "data:video/mp4;base64,AAAA",
    "javascript": "javascript:alert(1)",
    "jar": f"jar:http://{HOST}!/video",
    "http+unix": "http+unix://%2Fvar%2Frun%2Fdocker.sock/info",
    "ffmpeg's concat": "concat:/etc/passwd|/etc/hosts",
    "ffmpeg's subfile": "subfile,,start,0,end,100,,:/etc/passwd",
    "no scheme": f"//{HOST}/video",
    "a path": "/etc/passwd",
    "a Windows share": "\\\\10.0.0.1\\share",
    "no host": "http://",
    "a word": "video",
    "an open bracket": "http://[::1",
    "a zone": "http://[fe80::1%25eth0]/",
    "a zone of loopback": "http://[::1%25lo]/",
    "a port too high": f"http://{HOST}:65536/",
    "a negative port": f"http://{HOST}:-1/",
    "a port of letters": f"http://{HOST}:http/",
    "too many parts": "http://1.2.3.4.5/",
    "a part too high": "http://256.1.1.1/",
    "a space in the host": "http://server .test/",
    "a NUL in the host": "http://server\0.test/",
    "a name that is no Unicode": "http://xn--zzzzzz.test/",
    "very long": f"http://{HOST}/{'a' * 8192}",
}


@pytest.mark.parametrize("name", NOT_ALLOWED)
def test_refused(judge: Judge, scene: Scene, name: str) -> None:
    scene.names.answers |= {host: [found] for host, found in ANSWERS.items()}
    judge(Case(name, "URL_NOT_ALLOWED", lambda _: by_url(NOT_ALLOWED[name])))
    assert scene.reached == []


@pytest.mark.parametrize("name", INVALID)
def test_invalid(judge: Judge, scene: Scene, name: str) -> None:
    judge(Case(name, "INVALID_INPUT", lambda _: by_url(INVALID[name])))
    assert scene.names.asked == []


@pytest.mark.parametrize("name", ["loopback", "mixed notation", "private first, public then"])
def test_the_address_of_a_mesh_or_an_animation_is_refused_too(judge: Judge, scene: Scene, name: str) -> None:
    scene.names.answers |= {host: [found] for host, found in ANSWERS.items()}
    judge(Case(name, "URL_NOT_ALLOWED", lambda scene: scene.good | {"mesh_url": NOT_ALLOWED[name]}))
    further = {"animation_url": NOT_ALLOWED[name], "outputs": ["obj"]}
    judge(Case(f"{name}, of an animation", "URL_NOT_ALLOWED", lambda _: further))
    assert scene.reached == []


@pytest.mark.parametrize(
    "host", ["nowhere.test", "a..b", f"{'a' * 64}.test"], ids=["no name", "an empty part", "a long part"]
)
def test_not_found(judge: Judge, scene: Scene, host: str) -> None:
    judge(Case(host, "DOWNLOAD_FAILED", lambda _: by_url(f"http://{host}/")))


def test_a_fragment_hides_no_host(judge: Judge, scene: Scene) -> None:
    scene.server.at("/", scene.gives)
    judge(Case("fragment", None, lambda _: by_url(f"http://{HOST}#@169.254.169.254/")))
    assert scene.names.asked == [HOST]


def test_a_name_is_looked_up_once_and_never_again(judge: Judge, scene: Scene) -> None:
    scene.names.answers["rebinding.test"] = [[PUBLIC], ["127.0.0.1"]]
    scene.server.at("/video", scene.gives)
    judge(Case("rebinding", None, lambda _: by_url("http://rebinding.test/video")))
    assert scene.names.asked == ["rebinding.test"]
    assert scene.reached == [(PUBLIC, 80)]


def test_a_name_that_moves_between_tries_is_refused(judge: Judge, scene: Scene) -> None:
    scene.names.answers["rebinding.test"] = [[PUBLIC], ["127.0.0.1"]]
    scene.server.at("/video", hang_up)
    judge(Case("rebinding", "URL_NOT_ALLOWED", lambda _: by_url("http://rebinding.test/video")))
    assert scene.names.asked == ["rebinding.test"] * 2
    assert scene.reached == [(PUBLIC, 80)]


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_proxies_are_not_asked(
    judge: Judge, scene: Scene, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://10.0.0.1:3128")
    judge(Case(variable, None, lambda scene: scene.serve(scene.gives)))
    assert scene.reached == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    "url", [f"http://{HOST}:8443/video", f"HTTP://{HOST.upper()}:/video", f"http://{PUBLIC}/video"]
)
def test_odd_but_good(judge: Judge, scene: Scene, url: str) -> None:
    scene.server.at("/video", scene.gives)
    judge(Case(url, None, lambda _: by_url(url)))
