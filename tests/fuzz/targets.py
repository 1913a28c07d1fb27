"""What is fed, and what must be true of that which comes out."""

import base64
import json
import random
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from actionmesh_wrapper.contract.recipe import Sampling, frame_counts
from actionmesh_wrapper.contract.request import Request, parse
from actionmesh_wrapper.errors import JobError
from actionmesh_wrapper.export.animated import write_animated_mesh
from actionmesh_wrapper.mesh_file import read_mesh
from actionmesh_wrapper.mesh_file.animated import read_animation
from actionmesh_wrapper.source import pinned
from actionmesh_wrapper.source.encoded import decoded
from actionmesh_wrapper.system.addresses import is_public, public_addresses
from actionmesh_wrapper.video import sample

WISHES: list[dict[str, Any]] = [
    *({}, {}, {"fps": 8}, {"start_s": 0.2}, {"num_frames": 17}, {"num_frames": "auto"}, {"end_s": 0.7})
]
# What no caller may reach: IANA's special registries, and what only looks public; numbers, no library.
REFUSED_4 = """0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3"""
REFUSED_6 = """::/3 2001::/23 2001:db8::/32 2002::/16 3fff::/20 4000::/2 8000::/1"""


def _networks(text: str, family: int) -> list[tuple[int, int]]:
    """Each network's first bits, and how many bits are not among them."""
    pairs = [network.split("/") for network in text.split()]
    bits = 32 if family == socket.AF_INET else 128
    return [
        (int.from_bytes(socket.inet_pton(family, at), "big") >> (bits - int(size)), bits - int(size))
        for at, size in pairs
    ]


REFUSED = {
    family: _networks(text, family)
    for family, text in ((socket.AF_INET, REFUSED_4), (socket.AF_INET6, REFUSED_6))
}


def is_refused(address: str) -> bool:
    """Whether the table says that an address is not to be reached."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    number = int.from_bytes(socket.inet_pton(family, address.partition("%")[0]), "big")
    return any(number >> rest == start for start, rest in REFUSED[family])


class Wrong(Exception):
    """A result that must not be."""


def feed_video(data: bytes, folder: Path) -> None:
    path = folder / "source"
    path.write_bytes(data)
    wish = Sampling.model_validate(random.Random(len(data)).choice(WISHES))
    frames = sample(path, wish, step=lambda _done, _of: None)
    least, most = frame_counts(wish.num_frames)
    is_right = (
        least <= len(frames) <= most and frames.images.dtype == np.uint8 and frames.source.duration_s > 0
    )
    if not (is_right and (np.diff(frames.timestamps) > 0).all() and np.isfinite(frames.timestamps).all()):
        raise Wrong(f"frames {frames.images.shape} at {frames.timestamps}")


def feed_mesh(data: bytes, folder: Path) -> None:
    path = folder / "mesh"
    path.write_bytes(data)
    mesh = read_mesh(path, warn=lambda _: None)
    if not np.isfinite(mesh.vertices).all() or mesh.faces.max() >= mesh.vertices.shape[1]:
        raise Wrong("a mesh of vertices that are not there")


def feed_animation(data: bytes, folder: Path) -> None:
    path = folder / "animation"
    path.write_bytes(data)
    stored = read_animation(path)
    animation = stored.animation
    if not np.isfinite(animation.vertices).all() or animation.faces.max() >= animation.vertices.shape[1]:
        raise Wrong("an animation of vertices that are not there")
    write_animated_mesh(animation, folder / "again.glb", extras=stored.extras, film=stored.film)


def feed_request(value: Any) -> None:
    parse(json.loads(json.dumps(value)), Request)


def feed_base64(pair: tuple[str, str]) -> None:
    data, damage = bytes.fromhex(pair[0]), pair[1]
    text = base64.b64encode(data).decode()
    if data and b"".join(decoded(f" data:;base64,{text.rstrip('=')}\n", len(data))) != data:
        raise Wrong("sound base64 gave other bytes")
    middle = len(text) // 2
    b"".join(decoded(text[:middle] + damage + text[middle:], 1000))


def feed_url(url: str) -> None:
    target = pinned.parse(url)
    if any(letter in target.host for letter in "/@\\?# \r\n\0"):
        raise Wrong(f"a host {target.host!r}")
    try:
        found = [
            str(address[0])
            for *_, address in socket.getaddrinfo(target.host, target.port, flags=socket.AI_NUMERICHOST)
        ]
    except (OSError, UnicodeError, OverflowError):
        return
    if any(
        is_refused(address)
        for address in public_addresses(target.host, target.port, resolve=lambda *_: found)
    ):
        raise Wrong(f"{url!r} leads to {found}")


def feed_address(address: str) -> None:
    if is_public(address) and is_refused(address):
        raise Wrong(f"{address} is no public address")
    if ":" not in address and not is_public(address) and not is_refused(address):
        raise Wrong(f"{address} is a public address")


_WORDS = ["default", "fast", "auto", "meshes", "", "http://a/b", "https://[::1]/", "AAAA"]
_LISTS = [["meshes"], ["archive", "usdz"], [0, 0, 1, 1], [[0.5, 0.5, 1]], [], None, True]
_numbers = st.sampled_from([0, 1, 16, 31, 32, -1, 0.5, 1e308, 5e-324]) | st.integers(-(10**400), 10**400)
_json = st.recursive(
    st.none() | st.booleans() | _numbers | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=20,
)
_near = _numbers | st.sampled_from([*_WORDS, *_LISTS])
_fields = st.sampled_from(list(Request.model_fields))
_job = st.dictionaries(_fields, _near | _json, max_size=8)
_near_job = st.dictionaries(_fields, _near, max_size=2).map(lambda fields: {"video_base64": "AAAA"} | fields)
_EDGES = [
    (family, edge << rest)
    for family, table in REFUSED.items()
    for start, rest in table
    for edge in (start, start + 1)
]


def _written(pair: tuple[tuple[int, int], int]) -> str:
    """An address so far from the edge of a network."""
    (family, edge), by = pair
    size = 4 if family == socket.AF_INET else 16
    return socket.inet_ntop(family, ((edge + by) % 256**size).to_bytes(size, "big"))


_addresses = st.tuples(st.sampled_from(_EDGES), st.integers(-2, 2) | st.integers()).map(_written)
_hosts = st.one_of(
    _addresses.map(lambda text: f"[{text}]" if ":" in text else text),
    st.integers(0, 2**32).map(str),
    st.integers(0, 2**32).map(hex),
    st.lists(
        st.sampled_from(["127", "0x7f", "0177", "1", "0", "256", "10", "１２７"]), min_size=1, max_size=5
    ).map(".".join),
    st.text(st.sampled_from("a1.-_:@/\\[]%#?&=~ \t\0。é\ud83d"), max_size=20),
)
_urls = st.tuples(
    st.sampled_from(["http://", "https://", "HTTP:", "http:/", "//", "ftp://", "http:\\\\", ""]),
    st.sampled_from(["", "", "", "user:pass@", "@", "1.1.1.1@", "1.1.1.1#@", "1.1.1.1\\@"]),
    _hosts,
    st.sampled_from(["", "", ":80", ":0", ":65536", ":-1", ":x", ":"]),
    st.sampled_from(["", "/", "/a/../b?c#d", "\\", "/\ud83d", "/%00"]),
).map("".join)

INVENTED: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], None]]] = {
    "request": (_json | _job | _near_job, feed_request),
    "base64": (
        st.tuples(
            st.binary(max_size=100).map(bytes.hex),
            st.text(max_size=5) | st.text(st.sampled_from("=-_+/A \n")),
        ),
        feed_base64,
    ),
    "url": (_urls, feed_url),
    "address": (_addresses, feed_address),
}
DAMAGED: dict[str, Callable[[bytes, Path], None]] = {
    "video": feed_video,
    "mesh": feed_mesh,
    "animation": feed_animation,
}


def outcome(feed: Callable[[], None]) -> str:
    """``OK``, or the code of an error of ours; everything else passes through."""
    try:
        feed()
    except JobError as error:
        error.message.encode()
        if len(error.message) > 4000 or "/tmp/" in error.message:
            raise Wrong(f"a message of {len(error.message)} characters: {error.message[:200]!r}") from error
        return error.code
    return "OK"
