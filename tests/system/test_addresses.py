import socket
from collections.abc import Callable

import pytest

from actionmesh_wrapper.errors import DownloadFailed, UrlNotAllowed
from actionmesh_wrapper.system.addresses import any_addresses, is_public, public_addresses

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",  # carrier-grade NAT
    "100.100.100.200",  # Alibaba's metadata
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",  # metadata of most clouds
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",  # Oracle's metadata
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",  # an IPv4 address in an obsolete form
    "::ffff:127.0.0.1",  # mapped IPv4
    "::ffff:8.8.8.8",
    "::ffff:0:8.8.8.8",  # translated IPv4
    "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",  # Teredo
    "2001:db8::1",
    "2002:7f00:1::",  # 6to4 of 127.0.0.1
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",  # AWS's metadata
    "fe80::1%eth0",
    "fe80::a9fe:a9fe",  # a metadata address of some clouds
    "fec0::1",
    "ff02::1",
]


def answers(*addresses: str) -> Callable[[str, int], list[str]]:
    return lambda host, port: list(addresses)


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(UrlNotAllowed, match="not public"):
        public_addresses("example.com", 443, resolve=answers(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "100.128.0.1", "2606:4700::1111", "2a00::1"])
def test_public_addresses_are_taken(address: str) -> None:
    assert public_addresses("example.com", 443, resolve=answers(address)) == [address]


def test_one_bad_address_of_several_is_enough() -> None:
    with pytest.raises(UrlNotAllowed):
        public_addresses("example.com", 443, resolve=answers("1.1.1.1", "10.0.0.1"))


@pytest.mark.parametrize(
    "host",
    [
        *("2130706433", "0x7f000001", "017700000001", "127.1", "0x7f.1", "0177.0.0.1", "0", "0.0.0.0"),
        *("2852039166", "0xa9.254.0251.0376", "169.254.43518", "::1", "::ffff:7f00:1", "localhost"),
    ],
)
def test_the_system_reads_odd_notations_and_what_it_reads_is_refused(host: str) -> None:
    with pytest.raises(UrlNotAllowed):
        public_addresses(host, 80)


@pytest.mark.parametrize("host", ["a" * 64 + ".com", "a" * 300, "a..b", ".", "127.0.0.1.5", "999.1.1.1"])
def test_a_host_that_is_no_name_is_not_found(host: str) -> None:
    with pytest.raises(DownloadFailed):
        any_addresses(host, 80)


def test_a_host_without_address_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    with pytest.raises(DownloadFailed) as error:
        public_addresses("example.com", 80)
    assert error.value.message == "The server was not found."
