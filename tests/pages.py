"""The pages for people: their blocks of code, each with a mark that says what is done with it.

A block of sh, bash, python or js has one of these in the line before it:

    <!-- run: NAME -->          a test runs it: it has the code from `code(page, NAME)`
    <!-- run: by CI -->         `.ci/run` runs each of its commands
    <!-- not run: REASON -->    nothing runs it here, and why

``<!-- checked: NAME -->`` stands before a block of another language that a test reads, and
``<!-- message: WHOSE -->`` before lines of a log (tests/test_troubleshooting_page.py).
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = (
    "README.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
    "frontend/README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    *sorted(f".runpod/{path.name}" for path in (ROOT / ".runpod").glob("*.md")),
)
BY_CI = "by CI"
_BLOCK = re.compile(
    r"(?:^ *<!-- (run|not run|checked|message): ([^\n]+) -->\n\n?)?^ *```(\w*)\n(.*?)^ *```$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        mark: ``run``, ``not run``, ``checked``, ``message``, or empty.
        name: what the mark says.
        language: as the fence has it.
        code: its lines.
    """

    mark: str
    name: str
    language: str
    code: str


def text(page: str) -> str:
    """A page, by its path in the repository."""
    return (ROOT / page).read_text("utf-8")


def blocks(page: str) -> list[Block]:
    """All its blocks."""
    return [Block(*found) for found in _BLOCK.findall(text(page))]


def code(page: str, name: str) -> str:
    """The block that is marked with ``run`` or ``checked`` and this name; it is there once."""
    [found] = [
        block.code for block in blocks(page) if block.mark in {"run", "checked"} and block.name == name
    ]
    return found
