"""``python -m actionmesh_wrapper.export.rig FOLDER``: what `solver.solve_rig` starts."""

import sys
from pathlib import Path

from actionmesh_wrapper.export.rig.solver import main

if __name__ == "__main__":
    main(Path(sys.argv[1]))
