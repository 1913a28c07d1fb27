"""Ways to damage a file."""

import random
import re
from collections.abc import Callable, Sequence

_EXTREMES = [
    b"\0\0\0\0",
    b"\0\0\0\1",
    b"\1\0\0\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\x80\0\0\0",
]
_NUMBER = re.compile(rb"(?<=[:,\[])-?\d[\d.e+-]*")
_NUMBERS = [
    b"0",
    b"-1",
    b"-9999",
    b"1",
    b"3",
    b"1e-310",
    b"1e-30",
    b"0.5",
    b"1e30",
    b"1e308",
    b"NaN",
    b"9" * 30,
]
_TAG = re.compile(rb"[A-Za-z][A-Za-z0-9]{2}[A-Za-z0-9 ]")  # names of boxes and chunks


def mutate(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """Damages a file once or a few times."""
    for _ in range(chance.choice([1, 1, 2, 4])):
        if data:
            data = chance.choice(_WAYS)(data, others, chance)
    return data


def _flip(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    damaged = bytearray(data)
    for bit in chance.choices(range(8), k=chance.choice([1, 1, 8, 64])):
        damaged[_place(data, chance)] ^= 1 << bit
    return bytes(damaged)


def _run(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    at, length = _place(data, chance), chance.choice([1, 4, 16, 300])
    run = chance.choice([bytes(length), b"\xff" * length, chance.randbytes(length)])
    return data[:at] + run + data[at + length :]


def _cut(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _splice(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    other = chance.choice(others)
    start = chance.randrange(len(other))
    end = chance.randrange(start, len(other)) + 1
    at = _place(data, chance)
    return data[:at] + other[start:end] + data[at + chance.choice([0, end - start]) :]


def _length(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    """Sets what stands before or behind a tag to an extreme."""
    at = _tag(data, chance) + chance.choice([-4, 4, 8, 12, 16])
    at = max(0, min(at, len(data) - 4))
    return data[:at] + chance.choice(_EXTREMES) + data[at + 4 :]


def _repeat(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _chunk(data, chance)
    return data[:end] + data[start:end] * chance.choice([1, 1, 20]) + data[end:]


def _remove(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _chunk(data, chance)
    return data[:start] + data[end:]


def _number(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """A GLB with another number in its JSON, whose lengths are right; of another file a flipped bit."""
    if data[:4] != b"glTF" or data[16:20] != b"JSON":
        return _flip(data, others, chance)
    end = 20 + int.from_bytes(data[12:16], "little")
    found = list(_NUMBER.finditer(data[20:end]))
    if not found:
        return _flip(data, others, chance)
    place = chance.choice(found)
    text = data[20 : 20 + place.start()] + chance.choice(_NUMBERS) + data[20 + place.end() : end]
    text += b" " * (-len(text) % 4)
    whole = len(text).to_bytes(4, "little") + b"JSON" + text + data[end:]
    return data[:8] + (12 + len(whole)).to_bytes(4, "little") + whole


_WAYS: list[Callable[[bytes, Sequence[bytes], random.Random], bytes]] = [
    *(_number, _number, _flip, _flip, _run, _run, _cut, _splice, _length, _length, _repeat, _remove)
]


def _place(data: bytes, chance: random.Random) -> int:
    """Somewhere; as often as not near the start or the end, where headers and indices are."""
    near = min(1000, len(data))
    start = chance.choice([0, 0, len(data) - near, None])
    return chance.randrange(len(data)) if start is None else start + chance.randrange(near)


def _tag(data: bytes, chance: random.Random) -> int:
    found = _TAG.search(data, _place(data, chance)) or _TAG.search(data)
    return found.start() if found else 0


def _chunk(data: bytes, chance: random.Random) -> tuple[int, int]:
    """A box (its length before its tag), a RIFF chunk (behind it), or else some bytes."""
    at = _tag(data, chance)
    before = int.from_bytes(data[max(0, at - 4) : at], "big")
    behind = int.from_bytes(data[at + 4 : at + 8], "little")
    if at >= 4 and 8 <= before <= len(data) - at + 4:
        return at - 4, at - 4 + before
    if 0 < behind <= len(data) - at - 8:
        return at, at + 8 + behind
    return at, min(len(data), at + chance.choice([4, 188, 1000]))
