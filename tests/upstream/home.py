"""A working directory for upstream's pipeline: random weights of some size, and presets that fit them."""

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from tests.upstream.sizes import Sizes

SOURCES = ("ACTIONMESH_SRC", "TRIPOSG_SRC")
MARKER = "random-weights.json"


def missing_sources(environ: Mapping[str, str] = os.environ) -> str | None:
    """Why upstream's code is not at hand, or None if it is."""
    missing = [name for name in SOURCES if not environ.get(name)]
    if not missing:
        return None
    names = "names" if len(missing) == 1 else f"and {missing.pop()} name"
    return f"ActionMesh's own code is not at hand: {missing[0]} {names} no checkout"


def find_sources(environ: Mapping[str, str] = os.environ) -> Path:
    """Puts both checkouts on Python's path, and stand-ins for what is not installed; returns the first.

    Upstream's code is imported as a worker imports it, whoever asks for it first.
    """
    from actionmesh_wrapper.engines.actionmesh.upstream import import_code
    from tests.upstream import stand_ins

    folders = [str(Path(environ[name]).resolve()) for name in SOURCES]
    sys.path[:0] = [folder for folder in folders if folder not in sys.path]
    stand_ins.install()
    import_code()
    return Path(folders[0])


def lay(home: Path, sources: Path, sizes: Sizes) -> None:
    """Writes ``pretrained_weights`` and ``configs`` under upstream's names; weights of this size are kept."""
    from tests.upstream import tiny_weights

    recipe = hashlib.sha256(Path(tiny_weights.__file__).read_bytes()).hexdigest()
    marker, text = home / MARKER, json.dumps({"recipe": recipe, **asdict(sizes)})
    if not marker.is_file() or marker.read_text() != text:
        marker.unlink(missing_ok=True)
        tiny_weights.write_tiny_weights(home / "pretrained_weights", sizes)
        marker.write_text(text)
    _write_presets(home / "configs", sources, sizes)


def _write_presets(folder: Path, sources: Path, sizes: Sizes) -> None:
    changes = {"num_tokens_nominal": {"2048": sizes.tokens}, **sizes.presets}
    folder.mkdir(exist_ok=True)
    for preset in (sources / "actionmesh/configs").glob("*.yaml"):
        text = preset.read_text()
        for key, values in changes.items():
            for large, small in values.items():
                text = text.replace(f"{key}: {large}\n", f"{key}: {small}\n")
        (folder / preset.name).write_text(text)


@contextmanager
def image_to_3d_of(sizes: Sizes, *, single: bool) -> Iterator[Any]:
    """Upstream's pipeline class, with TripoSG's parts at a size; in ``float32`` if asked, for a processor.

    So is the class that takes a mesh: upstream makes its shape encoder as large as the real one.
    """
    import torch
    from actionmesh.external.triposg import TripoSGPipelinePlus, TripoSGVAE
    from actionmesh.pipeline import ActionMeshPipeline
    from actionmesh.pipeline_with_3d import ActionMeshPipelineWithMeshInput
    from safetensors.torch import load_file

    class SizedTripoSG(TripoSGPipelinePlus):  # type: ignore[misc]
        """So many tokens, so fine a grid."""

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            sized = {"num_tokens": sizes.tokens, "flash_octree_depth": sizes.octree_depth}
            return super().__call__(*args, **sized, **kwargs)

    load, load_encoder = ActionMeshPipeline._load_image_to_3d, ActionMeshPipelineWithMeshInput._load_vae

    def load_sized(self: Any) -> None:
        load(self)
        if single:
            self.image_to_3d_pipe.to(torch.float32)
        self.image_to_3d_pipe.__class__ = SizedTripoSG

    def load_encoder_sized(self: Any) -> None:
        folder = Path(self._triposg_weights_dir) / "vae"
        config = json.loads((folder / "config.json").read_text())
        vae = TripoSGVAE(**{name: size for name, size in config.items() if not name.startswith("_")})
        vae.load_state_dict(load_file(folder / "diffusion_pytorch_model.safetensors"))
        vae._encode = partial(vae._encode, num_tokens=sizes.tokens)
        self.vae = vae.eval().to(torch.float32 if single else torch.float16)

    ActionMeshPipeline._load_image_to_3d = load_sized
    ActionMeshPipelineWithMeshInput._load_vae = load_encoder_sized
    try:
        yield ActionMeshPipeline
    finally:
        ActionMeshPipeline._load_image_to_3d = load
        ActionMeshPipelineWithMeshInput._load_vae = load_encoder
