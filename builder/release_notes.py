"""Prints what a release's page says: its section of CHANGELOG.md.

    python builder/release_notes.py v0.1.0

Ends with an error, before anything is published, where the tag is not the version of worker and page, or the
changelog has no section of it.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def section(changelog: str, version: str) -> str:
    """The text under a version's heading, up to the next version's.

    Raises:
        ValueError: if there is none, or nothing in it.
    """
    heading = rf"^## {re.escape(version)}(?: [^\n]*)?\n"
    found = re.search(rf"{heading}(.*?)(?=^## |\Z)", changelog, re.DOTALL | re.MULTILINE)
    if not found or not found[1].strip():
        raise ValueError(f"CHANGELOG.md says nothing of {version}")
    return found[1].strip() + "\n"


def versions(root: Path) -> dict[str, str]:
    """The version as each part of the repository has it, by file."""
    worker = (root / "actionmesh_wrapper/version.py").read_text("utf-8")
    page = json.loads((root / "frontend/package.json").read_text("utf-8"))
    [of_worker] = re.findall(r'^VERSION = "(.+)"$', worker, re.MULTILINE)
    return {"actionmesh_wrapper/version.py": of_worker, "frontend/package.json": page["version"]}


def notes(root: Path, tag: str) -> str:
    """The section of a tag such as ``v0.1.0``.

    Raises:
        ValueError: if a file has another version, or the changelog no such section.
    """
    version = tag.removeprefix("v")
    for path, stated in versions(root).items():
        if stated != version:
            raise ValueError(f"the tag is {tag}, but {path} says {stated}")
    return section((root / "CHANGELOG.md").read_text("utf-8"), version)


def main() -> None:
    """Prints it."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        print(notes(ROOT, sys.argv[1]), end="")
    except ValueError as error:
        sys.exit(f"release_notes: {error}")


if __name__ == "__main__":
    main()
