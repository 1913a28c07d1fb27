"""All results in one zip, with a manifest and a note for whoever receives it."""

import json
import shutil
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from actionmesh_wrapper.contract.request import Profile
from actionmesh_wrapper.system.files import whole_file

_READABLE = 0o644 << 16  # rw-r--r--, where zip keeps Unix's modes

_ABOUT = (
    ("animated_mesh.glb", "the moving mesh: a morph target per frame and an animation that plays them"),
    ("animated_mesh_blender.glb", "the moving mesh as Blender's own exporter writes it"),
    ("animated_mesh.usdz", "the moving mesh for Apple's devices and for tools that speak USD"),
    ("mesh_*.glb", "one still mesh per frame, in the same vertex order"),
    ("*.glb", "a glTF 2.0 file"),
    ("*.blend", "the moving mesh as a Blender project, its picture packed"),
    ("*.mp4", "a video to look at first"),
    ("*.webp", "a picture to look at first"),
    ("*.png", "a picture to look at first"),
    ("manifest.json", "what was made, from what and with which options"),
)

_AXES = """\
Axes are glTF's: right-handed, Y up, +Z towards the camera that filmed the subject. Lengths have no unit.
"""

_BLENDER = """\
Blender 3.4 or newer: File > Import > glTF 2.0. The moving mesh gets a shape key per frame and an action that
plays them. Set the scene's frame rate before importing: keys are placed by time.

three.js: load a file with GLTFLoader; play animations[0] of the moving mesh with an AnimationMixer.
"""

_WEB = """\
three.js: give GLTFLoader a decoder with setMeshoptDecoder, then load animated_mesh.glb and play its
animations[0] with an AnimationMixer. The mesh_*.glb files need no decoder.

Blender up to 5.0 does not open animated_mesh.glb, which is compressed for the web: import the mesh_*.glb
files.
"""

_OTHERS = """\
Python: trimesh.load("mesh_000.glb", process=False) keeps the vertex order. trimesh shows only the first frame
of the moving mesh, and nothing of a compressed one.

The animation starts at its first key and ends at its last, one key a frame. A video that does not end as it
began jumps when it is looped: play it to and fro (three.js: LoopPingPong).

Other programs: the mesh_*.glb files are plain glTF 2.0. The moving mesh needs morph targets"""

_NEEDS: dict[Profile, str] = {
    "default": " and the\nextension KHR_mesh_quantization.\n",
    "compact": " and the\nextensions KHR_mesh_quantization and EXT_meshopt_compression.\n",
    "exact": ", and no\nextension.\n",
}


def write_archive(
    files: Sequence[Path], path: Path, *, manifest: Mapping[str, object], profile: Profile = "default"
) -> Path:
    """Writes one zip of ``files``, ``manifest.json`` and ``README.txt``, without folders.

    It is stored, not compressed: meshes, pictures and videos gain little. Equal input gives equal bytes.

    Args:
        files: existing files with distinct names.
        path: the zip, in an existing folder.
        manifest: JSON values.
        profile: of ``animated_mesh.glb``; decides how the note says to open it.

    Returns:
        ``path``.

    Raises:
        ExportFailed: if a file could not be read or the zip not written.
    """
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    with whole_file(path) as target, ZipFile(target, "w") as archive:
        archive.writestr(_entry("README.txt"), _readme([file.name for file in files], profile))
        archive.writestr(_entry("manifest.json"), text)
        for file in files:
            with file.open("rb") as source, archive.open(_entry(file.name), "w") as copy:
                shutil.copyfileobj(source, copy)
    return path


def _entry(name: str) -> ZipInfo:
    """A member dated 1980-01-01, so that the same files give the same archive at any time."""
    entry = ZipInfo(name)
    entry.compress_type = ZIP_STORED
    entry.external_attr = _READABLE
    return entry


def _readme(names: Sequence[str], profile: Profile) -> str:
    """What each file is, alike ones on one line, and how to open them."""
    groups: dict[str, list[str]] = {}
    for name in [*names, "manifest.json"]:
        pattern = next((pattern for pattern, _ in _ABOUT if fnmatch(name, pattern)), name)
        groups.setdefault(pattern, []).append(name)
    about = dict(_ABOUT)
    lines = [f"{_span(group)}: {about.get(pattern, 'a result')}" for pattern, group in groups.items()]
    how = [_AXES, _WEB if profile == "compact" else _BLENDER, _OTHERS + _NEEDS[profile]]
    return "\n".join(["An animated mesh made from a video.\n", *lines, "", *how])


def _span(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]} ({len(names)} files)"
