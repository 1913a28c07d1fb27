"""An environment that sees huggingface_hub and what that needs, and nothing else."""

import re
import venv
from importlib.metadata import distribution
from pathlib import Path


def bare_environment(home: Path) -> Path:
    """Makes one in a folder, of links to this environment's packages; its Python."""
    venv.create(home, symlinks=True)
    packages = site_packages(home / "bin/python")
    for name in _needed("huggingface_hub"):
        for path in distribution(name).files or []:
            top = path.parts[0]
            if top not in {"..", "__pycache__"} and not (packages / top).exists():
                (packages / top).symlink_to(str(distribution(name).locate_file(top)))
    return home / "bin/python"


def site_packages(python: Path) -> Path:
    """Where an environment's packages lie."""
    [folder] = python.parent.parent.glob("lib/python*/site-packages")
    return folder


def _needed(name: str) -> set[str]:
    """A distribution and all that it needs where nothing extra is asked for, by name."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            wanted = [line for line in distribution(one).requires or [] if "extra ==" not in line]
            here = [
                line for line in wanted if ";" not in line or one == "huggingface_hub"
            ]  # hf_xet, by machine
            waiting += [re.split(r"[^\w.-]", line.strip())[0] for line in here]
    return seen
