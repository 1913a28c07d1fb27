"""The door to ActionMesh's own code: imports it, makes its pipeline offline, and checks what it loads.

The code is that of facebookresearch/actionmesh at `COMMIT`, with its submodule VAST-AI-Research/TripoSG at
`TRIPOSG_COMMIT`, both on Python's path. What it does on its own and a worker must not have is put right here,
from outside: it downloads what it does not find below the working directory, takes weights that lack tensors,
prints, and draws bars. Of PyTorch3D it needs a few lines, which `point_sampling` has.
"""

import importlib
import importlib.util
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn

from actionmesh_wrapper.contract.engines import Mode
from actionmesh_wrapper.engines.actionmesh.accelerate import accelerate
from actionmesh_wrapper.engines.actionmesh.knobs import CONFIGS, Knobs
from actionmesh_wrapper.engines.actionmesh.loading import swift_load
from actionmesh_wrapper.engines.actionmesh.model_pool import (
    AUTOENCODER,
    DENOISER,
    IMAGE_ENCODER,
    IMAGE_TO_3D,
    SHAPE_ENCODER,
    Modules,
    PooledModel,
)
from actionmesh_wrapper.engines.actionmesh.point_sampling import in_place_of_pytorch3d
from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.weights import tensor_names

log = logging.getLogger(__name__)

COMMIT = "66db12ea7c4a2ab33a2d2bbd9fffbfd1dfdce2ce"
TRIPOSG_COMMIT = "fc5c40990181e2a756c4e0b1c2f4d6b5202faf8c"
HOST = torch.device("cpu")
DRAWN = (DENOISER, AUTOENCODER)  # whose loader draws weights by chance first; the others' do not


def missing() -> list[str]:
    """The packages of ActionMesh's code that Python does not find here."""
    return [name for name in ("actionmesh", "triposg") if importlib.util.find_spec(name) is None]


def config_dir() -> Path:
    """The folder of ActionMesh's configurations."""
    return Path(str(importlib.import_module("actionmesh.pipeline").__file__)).parent / "configs"


def read_knobs(folder: Path | None = None) -> dict[Mode, Knobs]:
    """Each mode's knobs, from ActionMesh's own presets or those in a folder of the same names."""
    load_config = importlib.import_module("actionmesh.utils").load_config
    return {mode: Knobs.of(load_config(name, str(folder or config_dir()))) for mode, name in CONFIGS.items()}


def import_code() -> None:
    """Imports ActionMesh's code and all that it needs, which takes some seconds the first time.

    Raises:
        StartError: if it, or a package it needs, cannot be imported.
    """
    try:
        with in_place_of_pytorch3d():
            for name in ("actionmesh.pipeline", "actionmesh.pipeline_with_3d"):
                importlib.import_module(name)
    except ImportError as error:
        raise StartError(f"ENGINE='actionmesh': ActionMesh's code cannot be imported: {error}") from error


def make_pipeline(
    weights: Mapping[str, Path], folder: Path | None, device: torch.device, dtype: torch.dtype
) -> Any:
    """An ``ActionMeshPipelineWithMeshInput`` that has loaded nothing yet, and looks for nothing.

    Args:
        weights: the folders of ``ActionMesh``, ``TripoSG``, ``dinov2`` and ``RMBG``.
        folder: of the configurations; None is upstream's own.
        device: on which it will run.
        dtype: of its mixed precision.

    Raises:
        StartError: if its code, or a package it needs, cannot be imported.
    """
    import_code()
    _be_still()
    module = importlib.import_module("actionmesh.pipeline")
    module.download_if_missing = _find_nothing_missing  # type: ignore[attr-defined]  # the worker is offline
    make = importlib.import_module("actionmesh.pipeline_with_3d").ActionMeshPipelineWithMeshInput
    pipe = make(CONFIGS["default"], str(folder or config_dir()), dtype=dtype, lazy_loading=True)
    pipe._triposg_weights_dir = str(weights["TripoSG"])  # noqa: SLF001 – else below the working directory
    pipe._dinov2_weights_dir = str(weights["dinov2"])  # noqa: SLF001
    pipe._rmbg_weights_dir = str(weights["RMBG"])  # noqa: SLF001
    pipe._actionmesh_weights_dir = str(weights["ActionMesh"])  # noqa: SLF001
    pipe.cfg.model.image_encoder.pretrained_dino_feature_extractor = str(weights["dinov2"])
    pipe.cfg.model.image_encoder.pretrained_dino_model = str(weights["dinov2"])
    pipe.to(device)  # only notes the device: it loads lazily
    return pipe


def pooled_models(
    pipe: Any, weights: Mapping[str, Path], on: Collection[str], dtype: torch.dtype
) -> dict[str, PooledModel]:
    """The pipeline's models, each to be loaded and dropped by itself.

    Args:
        pipe: an ``ActionMeshPipeline`` that has loaded nothing yet.
        weights: the folders of ``ActionMesh`` and ``TripoSG``.
        on: names of the changes that make it faster.
        dtype: of its mixed precision.
    """
    triposg, own = weights["TripoSG"], weights["ActionMesh"]
    loads: dict[str, tuple[Callable[[], None], Callable[[], Iterable[tuple[nn.Module, Path]]]]] = {
        IMAGE_TO_3D: (
            pipe._load_image_to_3d,  # noqa: SLF001 – `__call__` loads by these too
            lambda: (
                (pipe.image_to_3d_pipe.transformer, _file(triposg / "transformer")),
                (pipe.image_to_3d_pipe.vae, _file(triposg / "vae")),
            ),
        ),
        SHAPE_ENCODER: (
            pipe._load_vae,  # noqa: SLF001
            lambda: ((pipe.vae, _file(triposg / "vae")),),
        ),
        IMAGE_ENCODER: (pipe._load_image_encoder, lambda: ()),  # noqa: SLF001 – transformers checks its own
        DENOISER: (
            pipe._load_temporal_denoiser,  # noqa: SLF001
            lambda: ((pipe.temporal_3D_denoiser, _file(own / "denoiser")),),
        ),
        AUTOENCODER: (
            pipe._load_temporal_vae,  # noqa: SLF001
            lambda: ((pipe.temporal_3D_vae, _file(own / "autoencoder")),),
        ),
    }

    def part(name: str) -> PooledModel:
        load, files = loads[name]

        def load_checked() -> Modules:
            swift = "swift_load" in on and name in DRAWN
            with swift_load() if swift else nullcontext():
                _on_host(pipe, load)
            for module, file in files():
                check_tensors(module, file)
            accelerate(name, getattr(pipe, name), on, dtype)
            return _modules(getattr(pipe, name))

        return PooledModel(load_checked, lambda: setattr(pipe, name, None))

    return {name: part(name) for name in loads}


def image_to_3d(pipe: Any, video_input: Any, seed: int) -> Any:
    """Latent and surface of the anchor frame from its picture, as ``ActionMeshPipeline`` makes them.

    The surface is as it was extracted: cleaning it is left to `Banks.clean_anchor`.
    """
    plain = importlib.import_module("actionmesh.pipeline").ActionMeshPipeline
    process = pipe.mesh_process
    pipe.mesh_process = SimpleNamespace(process_mesh=lambda mesh, seed: mesh)  # noqa: ARG005 – its name
    try:
        return plain.init_banks_from_anchor(pipe, video_input, seed)
    finally:
        pipe.mesh_process = process


def check_tensors(module: nn.Module, file: Path) -> None:
    """Checks that a file held every parameter of a module: loading passes over those that are missing.

    Raises:
        StartError: naming the first that are missing.
    """
    lacking = sorted(set(dict(module.named_parameters())) - tensor_names(file))
    if lacking:
        names = ", ".join(lacking[:3])
        raise StartError(f"{file.parent.name}/{file.name} lacks {len(lacking)} tensors, such as {names}")


def _on_host(pipe: Any, load: Callable[[], None]) -> None:
    """Loads into host memory, wherever the pipeline runs."""
    device = pipe.device
    pipe.to(HOST)
    try:
        load()
    finally:
        pipe.to(device)


def _modules(model: Any) -> Modules:
    """The modules of a model, or of a pipeline of several."""
    if isinstance(model, nn.Module):
        return [model]
    model.set_progress_bar_config(disable=True)
    return [component for component in model.components.values() if isinstance(component, nn.Module)]


def _file(folder: Path) -> Path:
    """The folder's one file of weights."""
    [file] = folder.glob("*.safetensors")
    return file


def _find_nothing_missing(repo_id: str, local_dir: str) -> str:  # noqa: ARG001 – in ActionMesh's place
    """Stands for ActionMesh's download: the weights were found and verified before."""
    return local_dir


def _be_still() -> None:
    """Silences the bars and prints that upstream has no switch for."""
    for name in ("actionmesh.scheduler.scheduler", "actionmesh.model.temporal_autoencoder"):
        importlib.import_module(name).tqdm = _no_bar  # type: ignore[attr-defined]
    importlib.import_module("triposg.inference_utils").print = _to_log  # type: ignore[attr-defined]


def _no_bar(items: Iterable[Any], **_: object) -> Iterable[Any]:
    return items


def _to_log(*words: object) -> None:
    """Stands for ``print`` where surfaces are extracted; raises an exception that is printed."""
    for word in words:
        if isinstance(word, Exception):
            raise word
    log.debug("%s", " ".join(map(str, words)))
