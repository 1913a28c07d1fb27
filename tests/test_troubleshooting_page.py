"""The troubleshooting page: each message that it quotes is one that the code can write."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import runpod

from actionmesh_wrapper.contract.engines import ACTIONMESH, Mode
from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.settings import Settings
from tests import pages

PAGE = "docs/troubleshooting.md"
SOURCES = {
    "worker": [*(pages.ROOT / "actionmesh_wrapper").rglob("*.py"), pages.ROOT / "handler.py"],
    "RunPod's SDK": [*Path(runpod.__file__).parent.glob("serverless/modules/*fitness.py")],
}
QUOTED = [
    (block.name, line.strip())
    for block in pages.blocks(PAGE)
    if block.mark == "message"
    for line in block.code.splitlines()
]
LEAST = 7  # letters that a template has of its own; a shorter one would fit anything


def templates(path: Path) -> Iterator[str]:
    """A file's texts as regular expressions, line by line: what is filled in may be anything."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            parts = [node.value]
        else:
            continue
        own = "".join(str(part) for part in parts if part is not None)
        if sum(map(str.isalpha, own)) < LEAST:
            continue
        whole = "".join("\0" if part is None else str(part) for part in parts)
        whole = re.sub(r"%[sdr]", "\0", whole)
        for line in whole.splitlines():
            if sum(map(str.isalpha, line)) >= LEAST:
                yield re.escape(line.strip()).replace("\0", ".+?").replace("\\\0", ".+?")


@cache
def known(source: str) -> re.Pattern[str]:
    return re.compile("|".join(dict.fromkeys(t for path in SOURCES[source] for t in templates(path))))


def test_the_page_quotes_messages() -> None:
    assert len(QUOTED) > 20
    assert {source for source, _ in QUOTED} >= set(SOURCES)


def told_by_the_settings(line: str) -> bool:
    """Whether it is what a wrong setting is told with: pydantic's words, so it is asked."""
    name, _, value = line.partition(":")[0].partition("=")
    with pytest.raises(StartError) as raised:
        Settings.from_env({name: ast.literal_eval(value)})
    return str(raised.value) == line


@pytest.mark.parametrize(("source", "line"), [pair for pair in QUOTED if pair[0] in SOURCES])
def test_a_quoted_message_is_the_codes(source: str, line: str) -> None:
    line = line.removeprefix("- ")  # a reason in a list of them
    assert known(source).fullmatch(line) or told_by_the_settings(line)


@pytest.mark.parametrize("line", re.findall(r"^\| `(The .+?)` \|", pages.text(PAGE), re.MULTILINE))
def test_so_is_one_in_a_table(line: str) -> None:
    assert known("worker").fullmatch(line)


def test_a_message_of_others_names_where_it_was_seen() -> None:
    for source, _ in QUOTED:
        assert source in SOURCES or "https://" in source


@pytest.mark.parametrize(
    "line", ["The worker can not start.", "mode default needs a GPU with 24 GB.", "PyTorch finds no GPUs"]
)
def test_what_the_code_does_not_say_is_found_out(line: str) -> None:
    assert not known("worker").fullmatch(line)


@pytest.mark.parametrize(
    ("mode", "needed_gb", "have_gb", "fitting"),
    re.findall(r"mode (\w+) needs a GPU with (\d+) GB; .+ has (\d+) GB: (.+) fit\.", pages.text(PAGE)),
)
def test_the_memory_that_it_names_is_the_modes(
    mode: Mode, needed_gb: str, have_gb: str, fitting: str
) -> None:
    assert ACTIONMESH.modes[mode].gpu_gb == int(needed_gb)
    modes = [name for name, facts in ACTIONMESH.modes.items() if (facts.gpu_gb or 0) <= int(have_gb)]
    assert fitting == " and ".join(modes)
