"""Imports of upstream what the engine uses, and says which versions it was imported with.

    PYTHONPATH=ActionMesh:TripoSG python builder/import_upstream.py [--need-diso]

The image's build says ``--need-diso``; elsewhere an empty module may stand in for diso, which upstream
imports before it needs it.
"""

import argparse
import importlib
import importlib.util
import sys
import types
from importlib.metadata import version

MODULES = (
    "actionmesh.external.triposg",
    "actionmesh.io.video_input",
    "actionmesh.model.image_encoder",
    "actionmesh.model.temporal_autoencoder",
    "actionmesh.model.temporal_denoiser",
    "actionmesh.pipeline",
    "actionmesh.preprocessing.background_removal",
    "triposg.inference_utils",
    "triposg.pipelines.pipeline_triposg",
)
PACKAGES = ("torch", "torchvision", "transformers", "diffusers", "numpy", "opencv-python-headless")


def main() -> None:
    """Imports each module in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--need-diso", action="store_true", help="let no stand-in do")
    needs_diso = parser.parse_args().need_diso
    if not needs_diso and importlib.util.find_spec("diso") is None:
        stand_in = types.ModuleType("diso")
        vars(stand_in)["DiffDMC"] = type("DiffDMC", (), {})
        sys.modules["diso"] = stand_in
        print("diso: a stand-in")
    for module in MODULES:
        importlib.import_module(module)
    print("upstream: imported with", ", ".join(f"{package} {version(package)}" for package in PACKAGES))


if __name__ == "__main__":
    main()
