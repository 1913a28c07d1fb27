"""``python -m actionmesh_cli``, and the console script ``actionmesh-worker``."""

import sys
from collections.abc import Sequence

from actionmesh_wrapper.weights.command import STOPPED_CODE


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line, and exits."""
    try:
        from actionmesh_cli.app import run  # noqa: PLC0415 – takes a moment, in which Ctrl-C may come

        code = run(sys.argv[1:] if arguments is None else list(arguments))
    except KeyboardInterrupt:
        sys.stderr.write("Stopped by Ctrl-C.\n")
        code = STOPPED_CODE
    sys.exit(code)


if __name__ == "__main__":
    main()
