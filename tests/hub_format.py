"""The format of a listing on RunPod's Hub, as its publishing guide has it, in JSON Schema."""

from typing import Any

Schema = dict[str, Any]

STRING: Schema = {"type": "string", "minLength": 1}
COUNT: Schema = {"type": "integer", "minimum": 1}
VERSIONS: Schema = {"type": "array", "items": {"type": "string", "pattern": r"^\d+\.\d+$"}, "minItems": 1}


def record(needed: Schema, also: Schema | None = None) -> Schema:
    """An object that has the needed keys, perhaps some of the others, and no more."""
    return {
        "type": "object",
        "properties": needed | (also or {}),
        "required": list(needed),
        "additionalProperties": False,
    }


def an_input(kind: str, default: str, also: Schema | None = None) -> Schema:
    """What the deployer is asked for: its type, the JSON type of its default, the keys that only it has."""
    needed = {"name": STRING, "type": {"const": kind}, "description": STRING}
    flags = {"advanced": {"type": "boolean"}, "required": {"type": "boolean"}}
    return record(needed, {"default": {"type": default}} | flags | (also or {}))


OPTION = record({"label": STRING, "value": {"type": "string"}})
NUMBER: Schema = {"type": "number"}
INPUT: Schema = {
    "oneOf": [
        an_input("string", "string", {"options": {"type": "array", "items": OPTION, "minItems": 1}}),
        an_input("huggingface", "string"),
        an_input("number", "number", {"min": NUMBER, "max": NUMBER}),
        an_input("boolean", "boolean", {"trueValue": STRING, "falseValue": STRING}),
    ]
}
PAIR = record({"key": STRING, "value": {"type": "string"}})
VARIABLE: Schema = {"oneOf": [PAIR, record({"key": STRING, "input": INPUT})]}
DEFAULTS: Schema = {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}}
PRESET = record({"name": STRING, "defaults": DEFAULTS})

CONFIG = record(
    {"runsOn": {"enum": ["GPU", "CPU"]}, "containerDiskInGb": COUNT},
    {
        "endpointType": {"const": "LB"},
        "cpuFlavor": STRING,
        "gpuCount": COUNT,
        "gpuIds": STRING,
        "allowedCudaVersions": VERSIONS,
        "env": {"type": "array", "items": VARIABLE},
        "presets": {"type": "array", "items": PRESET},
    },
) | {
    "oneOf": [
        {"properties": {"runsOn": {"const": "GPU"}}, "required": ["gpuCount", "gpuIds"]},
        {"properties": {"runsOn": {"const": "CPU"}}, "required": ["cpuFlavor"]},
    ]
}

HUB = record(
    {
        "title": STRING,
        "description": STRING,
        "type": {"const": "serverless"},
        "category": {"enum": ["audio", "embedding", "language", "video", "image"]},
        "config": CONFIG,
    },
    {"iconUrl": {"type": "string", "pattern": "^https://"}},
)

TEST = record({"name": STRING, "input": {"type": "object"}}, {"timeout": COUNT})
MACHINE = record(
    {},
    {
        "gpuTypeId": STRING,
        "gpuCount": COUNT,
        "cpuFlavor": STRING,
        "env": {"type": "array", "items": PAIR},
        "allowedCudaVersions": VERSIONS,
    },
) | {"oneOf": [{"required": ["gpuTypeId", "gpuCount"]}, {"required": ["cpuFlavor"]}]}

TESTS = record({"tests": {"type": "array", "items": TEST, "minItems": 1}, "config": MACHINE})

# CUDA versions that hosts report, of those that the image may need. RunPod's first API names them up to 13.0;
# public listings of the Hub have the newer ones.
CUDA_VERSIONS = ("12.8", "12.9", "13.0", "13.1", "13.2", "13.3")

# RunPod's "GPU types": the pools, and the GPUs in the large ones, with their GB of memory.
POOLS_GB = {
    "AMPERE_16": 16,
    "AMPERE_24": 24,
    "ADA_24": 24,
    "AMPERE_48": 48,
    "ADA_48_PRO": 48,
    "AMPERE_80": 80,
    "ADA_80_PRO": 80,
    "HOPPER_141": 141,
}
GPUS_GB = {
    "NVIDIA A40": 48,
    "NVIDIA L40": 48,
    "NVIDIA L40S": 48,
    "NVIDIA RTX A6000": 48,
    "NVIDIA RTX 6000 Ada Generation": 48,
    "NVIDIA A100 80GB PCIe": 80,
    "NVIDIA A100-SXM4-80GB": 80,
    "NVIDIA H100 PCIe": 80,
    "NVIDIA H100 80GB HBM3": 80,
    "NVIDIA H100 NVL": 94,
    "NVIDIA H200": 141,
}
