"""Texts in the place of base64."""

import base64
from collections.abc import Callable

import pytest

from tests.hostile.scene import MAX_MESH_MB, MAX_VIDEO_MB, Case, Scene, by_base64

Judge = Callable[[Case], None]

INVALID = {
    "no letters of it": "!!!!",
    "a rest of one letter": "AAAAA",
    "padding inside": "AA==AAAA",
    "padding first": "=AAAA",
    "a NUL": "AAAA\0AAA",
    "letters of another alphabet": "ＡＡＡＡ",
    "an emoji": "AAAA😀",
    "half an emoji": "AAAA\ud83d",
    "a right-to-left mark": "AAAA\u202e",
    "no-break spaces": "AAAA\u00a0\u2003AA!A",
    "a byte order mark": "\ufeffAAAA",
    "percent signs": "AAAA%2BAA",
    "a path": "/etc/passwd\n.",
    "an address": "https://server.test/video.mp4",
    "JSON": '{"data": "AAAA"}',
    "a data: URL without base64": "data:video/mp4,AAAA",
    "a data: URL without a comma": "data:video/mp4;base64",
    "a data: URL of nothing": "data:",
    "a data: URL in a data: URL": "data:video/mp4;base64,data:video/mp4;base64,AAAA",
    "a data: URL of a long kind": f"data:{'x' * 1_000_000};base64,AAAA",
    "a data: URL of many semicolons": f"data:{';base64' * 100_000}",
    "a wrong letter at the end of a megabyte": "A" * 1_000_000 + "!",
}
EMPTY = {
    "padding alone": "=",
    "much padding": "=" * 1_000_000,
    "white space": " \r\n\t",
    "much white space": " " * 1_000_000,
    "a data: URL's header": "data:video/mp4;base64,",
}
ACCEPTED: dict[str, Callable[[str], str]] = {
    "bare": lambda text: text,
    "unpadded": lambda text: text.rstrip("="),
    "padded too much": lambda text: text.rstrip("=") + "====",
    "URL-safe": lambda text: text.replace("+", "-").replace("/", "_"),
    "in lines": lambda text: "\r\n".join(text[n : n + 76] for n in range(0, len(text), 76)),
    "a space after each letter": " ".join,
    "a data: URL": lambda text: f"data:video/mp4;base64,{text}",
    "a data: URL of another kind": lambda text: f"data:text/html;charset=utf-8;base64,{text}",
    "a shouted data: URL": lambda text: f" DATA:;BASE64,\n{text}",
    "a data: URL of no kind": lambda text: f"data:;base64,{text}",
}


def good(scene: Scene) -> str:
    return base64.b64encode(scene.clips.good).decode()


@pytest.mark.parametrize("name", INVALID)
def test_invalid(judge: Judge, name: str) -> None:
    judge(Case(name, "INVALID_BASE64|INVALID_INPUT", lambda _: by_base64(INVALID[name])))


@pytest.mark.parametrize("name", EMPTY)
def test_empty(judge: Judge, name: str) -> None:
    judge(Case(name, "EMPTY_INPUT", lambda _: by_base64(EMPTY[name])))


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(judge: Judge, name: str) -> None:
    judge(Case(name, None, lambda scene: by_base64(ACCEPTED[name](good(scene)))))


@pytest.mark.parametrize("letter", "A!")
def test_too_large(judge: Judge, letter: str) -> None:
    text = letter * (MAX_VIDEO_MB * 10**6 * 4 // 3 + 4)
    judge(Case(letter, "TOO_LARGE", lambda _: by_base64(text)))
    judge(
        Case(letter, "TOO_LARGE", lambda scene: scene.good | {"mesh_base64": text[: MAX_MESH_MB * 10**6 * 2]})
    )


def test_just_not_too_large(judge: Judge) -> None:
    judge(Case("zeros", "NOT_A_VIDEO", lambda _: by_base64("A" * (MAX_VIDEO_MB * 10**6 * 4 // 3))))


@pytest.mark.parametrize(
    ("text", "code"), [("", "INVALID_INPUT"), ("!!!!", "INVALID_BASE64"), ("=", "EMPTY_INPUT")]
)
def test_a_meshs_text_is_read_alike(judge: Judge, text: str, code: str) -> None:
    judge(Case(text, code, lambda scene: scene.good | {"mesh_base64": text}))
