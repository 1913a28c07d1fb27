"""All results in one zip, with a manifest and a note for whoever receives it."""

import json
import shutil
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from actionmesh_wrapper.export.files import whole_file

_READABLE = 0o644 << 16  # rw-r--r--, where zip keeps Unix's modes

_ABOUT = (
    ("animated_mesh.glb", "the moving mesh: a morph target per frame and an animation that plays them"),
    ("mesh_*.glb", "one still mesh per frame, in the same vertex order"),
    ("*.glb", "a glTF 2.0 file"),
    ("*.blend", "a Blender project"),
    ("*.mp4", "a video to look at first"),
    ("*.webp", "a picture to look at first"),
    ("*.png", "a picture to look at first"),
    ("manifest.json", "what was made, from what and with which options"),
)

_HOW_TO_OPEN = """\
Axes are glTF's: right-handed, Y up, +Z towards the camera that filmed the subject. Lengths have no unit.

Blender 3.4 or newer: File > Import > glTF 2.0. The moving mesh gets a shape key per frame and an action that
plays them. Set the scene's frame rate before importing: keys are placed by time.

three.js: load a file with GLTFLoader; play animations[0] of the moving mesh with an AnimationMixer.

Python: trimesh.load("mesh_000.glb", process=False) keeps the vertex order. trimesh shows only the first frame
of the moving mesh.

Other programs: the mesh_*.glb files are plain glTF 2.0. The moving mesh needs morph targets and the
extension KHR_mesh_quantization.
"""


def write_archive(files: Sequence[Path], path: Path, *, manifest: Mapping[str, object]) -> Path:
    """Writes one zip of ``files``, ``manifest.json`` and ``README.txt``, without folders.

    It is stored, not compressed: meshes, pictures and videos gain little. Equal input gives equal bytes.

    Args:
        files: existing files with distinct names.
        path: the zip, in an existing folder.
        manifest: JSON values.

    Returns:
        ``path``.

    Raises:
        ExportFailed: if a file could not be read or the zip not written.
    """
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    with whole_file(path) as target, ZipFile(target, "w") as archive:
        archive.writestr(_entry("README.txt"), _readme([file.name for file in files]))
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


def _readme(names: Sequence[str]) -> str:
    """What each file is, alike ones on one line, and how to open them."""
    groups: dict[str, list[str]] = {}
    for name in [*names, "manifest.json"]:
        pattern = next((pattern for pattern, _ in _ABOUT if fnmatch(name, pattern)), name)
        groups.setdefault(pattern, []).append(name)
    about = dict(_ABOUT)
    lines = [f"{_span(group)}: {about.get(pattern, 'a result')}" for pattern, group in groups.items()]
    return "An animated mesh made from a video.\n\n" + "\n".join(lines) + "\n\n" + _HOW_TO_OPEN


def _span(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]} ({len(names)} files)"
