"""Prints the signatures of what the engine uses of upstream's code, as Python finds it.

python tests/upstream/signatures.py    # with upstream's packages, or the fake's, on PYTHONPATH
"""

import importlib
import inspect
import json
import sys

USED = {
    "actionmesh.pipeline": [
        "ActionMeshPipeline.__init__",
        "ActionMeshPipeline._load_image_to_3d",
        "ActionMeshPipeline._load_image_encoder",
        "ActionMeshPipeline._load_temporal_denoiser",
        "ActionMeshPipeline._load_temporal_vae",
        "ActionMeshPipeline.to",
        "ActionMeshPipeline.encode_all_frames",
        "ActionMeshPipeline.init_banks_from_anchor",
        "ActionMeshPipeline._denoise_latents",
        "ActionMeshPipeline._decode_displacement",
        "download_if_missing",
    ],
    "actionmesh.pipeline_with_3d": [
        "ActionMeshPipelineWithMeshInput.__init__",
        "ActionMeshPipelineWithMeshInput._load_vae",
        "ActionMeshPipelineWithMeshInput.init_banks_from_anchor",
    ],
    "actionmesh.preprocessing.mesh_processor": ["denormalize_mesh"],
    "actionmesh.utils": ["load_config"],
    "actionmesh.io.video_input": ["ActionMeshInput", "ActionMeshInput.get"],
    "actionmesh.model.utils.storage": [
        "LatentBank.update",
        "LatentBank.get",
        "LatentBank.get_timestep_index",
        "LatentBank.get_ordered_timesteps",
        "MeshBank.update",
        "MeshBank.get",
        "MeshBank.get_ordered",
    ],
    "actionmesh.model.temporal_denoiser": ["ActionMeshDenoiser.forward"],
    "actionmesh.model.temporal_autoencoder": [
        "ActionMeshAutoencoder.fwd_kv_cache",
        "ActionMeshAutoencoder.fwd_cross_attn",
        "ActionMeshAutoencoder.forward",
    ],
}
NAMED = {
    "actionmesh.scheduler.scheduler": ["tqdm", "SchedulerFlow"],
    "actionmesh.model.temporal_autoencoder": ["tqdm"],
    "triposg.inference_utils": ["flash_extract_geometry"],
}
"""What only has to be there."""


def found() -> dict[str, list[list[str]]]:
    """Each callable's parameters: name, kind, default."""
    signatures = {}
    for module, names in USED.items():
        for name in names:
            thing = importlib.import_module(module)
            for part in name.split("."):
                thing = getattr(thing, part)
            signatures[f"{module}.{name}"] = [
                [item.name, item.kind.name, repr(item.default)]
                for item in inspect.signature(thing).parameters.values()  # type: ignore[arg-type]
            ]
    for module, names in NAMED.items():
        for name in names:
            signatures[f"{module}.{name}"] = [[str(hasattr(importlib.import_module(module), name))]]
    return signatures


if __name__ == "__main__":
    sys.stdout.write(json.dumps(found()))
