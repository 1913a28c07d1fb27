"""Writes what RunPod's Hub and its builds from GitHub read: .runpod/Dockerfile, and hub.json's icon.

    python builder/write_hub.py [OWNER/NAME]

They take no build arguments. So .runpod/Dockerfile is Dockerfile with other defaults: the weights are baked
in. A test compares the two. OWNER/NAME is the repository on GitHub from which .runpod/icon.png is shown;
without it the address stays as it is.
"""

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEFAULTS = {"WEIGHTS": "baked"}
HEADER = """\
# The worker with its weights, for RunPod's Hub and its builds from GitHub, which take no build arguments.
# Written by builder/write_hub.py from Dockerfile, whose defaults for {names} are others; edit that one.
# The build's context is the repository's root.
"""
ICON = "https://raw.githubusercontent.com/{repository}/HEAD/.runpod/icon.png"


def dockerfile(text: str) -> str:
    """Dockerfile's text with the Hub's defaults, and a header of its own before its first argument.

    Raises:
        ValueError: if it has no such argument.
    """
    for name, value in DEFAULTS.items():
        text, count = re.subn(rf"^ARG {name}=\S*$", f"ARG {name}={value}", text, flags=re.MULTILINE)
        if count != 1:
            raise ValueError(f"Dockerfile: ARG {name} with a default stands there {count} times, not once")
        text = re.sub(rf"\$\{{{name}:-[^}}]*\}}", f"${{{name}:-{value}}}", text)
    syntax = re.match(r"# syntax=\S+\n", text)
    header = HEADER.format(names=" and ".join(DEFAULTS))
    return (syntax[0] if syntax else "") + header + text[text.index("\nARG ") + 1 :]


def listing(text: str, repository: str) -> str:
    """hub.json's text with the icon of a repository, after the category.

    Raises:
        ValueError: if the repository is not OWNER/NAME.
    """
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise ValueError(f"{repository!r} is not OWNER/NAME")
    hub = {name: value for name, value in json.loads(text).items() if name != "iconUrl"}
    config = hub.pop("config")
    icon = {"iconUrl": ICON.format(repository=repository)}
    return json.dumps(hub | icon | {"config": config}, indent=2, ensure_ascii=False) + "\n"


def main(argv: Sequence[str] | None = None, root: Path = ROOT) -> None:
    """Writes both files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("repository", nargs="?", metavar="OWNER/NAME")
    repository = parser.parse_args(argv).repository
    text = (root / "Dockerfile").read_text("utf-8")
    (root / ".runpod/Dockerfile").write_text(dockerfile(text), "utf-8")
    if repository is not None:
        hub = root / ".runpod/hub.json"
        try:
            hub.write_text(listing(hub.read_text("utf-8"), repository), "utf-8")
        except ValueError as error:
            parser.error(str(error))


if __name__ == "__main__":
    main()
