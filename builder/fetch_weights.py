"""Fetches the weights into a folder, a subfolder a repository; or verifies or lists those that lie there.

    pip install "huggingface_hub<1"
    python builder/fetch_weights.py /weights [--only ActionMesh …] [--verify | --list]

A cut fetch goes on where it stopped when it is started again. Where the hub asks for a token, it is read from
``/run/secrets/hf_token`` (a build secret), else from ``HF_TOKEN``; an empty one is none.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 – said before an import fails: a Pod may have an older one
    sys.exit("fetch_weights: needs Python 3.11 or newer")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # a script finds only its own folder
from actionmesh_wrapper.weights.command import Action, run
from actionmesh_wrapper.weights.table import REPOSITORIES, Repository, chosen


def main(argv: Sequence[str] | None = None, repositories: tuple[Repository, ...] = REPOSITORIES) -> int:
    """Runs the command line; 0 if all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("folder", type=Path, help="such as /weights; the worker's WEIGHTS_DIR")
    parser.add_argument(
        "--only", nargs="+", choices=[item.folder for item in repositories], help="these alone"
    )
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--verify", action="store_true", help="hash what lies there; fetch nothing")
    instead.add_argument("--list", action="store_true", help="name what lies there; fetch nothing")
    parser.add_argument("--endpoint", help="a mirror of the hub, such as https://hub.example.org")
    wishes = parser.parse_args(argv)
    wanted = chosen(wishes.only or (), wishes.folder, repositories)

    action: Action = "verify" if wishes.verify else "list" if wishes.list else "fetch"
    environ = os.environ  # noqa: TID251 – this script is a program of its own
    return 0 if run(action, wishes.folder, wanted, environ=environ, endpoint=wishes.endpoint) else 1


if __name__ == "__main__":
    sys.exit(main())
