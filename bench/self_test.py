"""The checks of a GPU that a worker makes at its start, without a worker.

python -m bench.self_test                 # on a GPU
python -m bench.self_test --device cpu    # whether this script works
"""

import argparse
from importlib.util import find_spec

import torch

from actionmesh_wrapper.engines.actionmesh.self_test import run_checks
from actionmesh_wrapper.errors import StartError


def main() -> None:
    """Runs them; ends with status 1 if one fails."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    device = torch.device("cuda:0" if parser.parse_args().device == "cuda" else "cpu")
    if device.type == "cuda" and not torch.cuda.is_available():
        print("bench.self_test was not run: PyTorch finds no GPU here")
        return
    has_diso = find_spec("diso") is not None and device.type == "cuda"
    try:
        passed = run_checks(device, diso=has_diso)
    except StartError as error:
        raise SystemExit(f"FAILED: {error}") from error
    print("\n".join(f"ok: {name}" for name in passed))
    if not has_diso:
        print("Left out: the extraction of a surface, as diso is not installed, or has no GPU.")


if __name__ == "__main__":
    main()
