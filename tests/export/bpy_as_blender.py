"""Stands for the program ``blender`` where Blender is installed as PyPI's ``bpy``.

A shell script ``blender`` on PATH that runs ``python bpy_as_blender.py "$@"``, with an interpreter that has
bpy, makes the tests of Blender run with it.
"""

import runpy
import sys
import traceback
from itertools import pairwise


def main(arguments: list[str]) -> None:
    """Takes of Blender's arguments those that the worker and the tests give it."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options = dict(pairwise(arguments[:end]))
    import bpy  # noqa: F401 – makes a scene

    sys.argv = ["blender", *arguments]
    if expression := options.get("--python-expr"):
        exec(expression, {})
    if script := options.get("--python"):
        runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Exception:  # noqa: BLE001 – as Blender does with --python-exit-code 1
        traceback.print_exc()
        sys.exit(1)
