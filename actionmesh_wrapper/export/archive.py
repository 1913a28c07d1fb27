"""All results in one zip, with a manifest and a note for whoever receives it."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from pydantic import BaseModel

from actionmesh_wrapper.contract.outputs import file_of
from actionmesh_wrapper.contract.profiles import PROFILES
from actionmesh_wrapper.data.writing import Profile, WriteJob, Written
from actionmesh_wrapper.system.files import whole_file

WIDTH = 110  # characters of a line of the note
_MANIFEST, _README = "manifest.json", "README.txt"
_READABLE = 0o644 << 16  # rw-r--r--, where zip keeps Unix's modes

_AXES = """\
Axes are glTF's: right-handed, Y up, +Z towards the camera that filmed the subject. Lengths have no unit.
"""

_BLENDER = """\
Blender: File > Import > glTF 2.0. The moving mesh gets a shape key per frame and an action that
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
"""


def write(job: WriteJob) -> Written:
    """Writes the kind ``archive``, of all that was written before; see `write_archive`.

    Its manifest has the job's facts, and those of the files.
    """
    manifest = dict(job.extras)
    for name, fact in job.before.result_fields.items():
        manifest[name] = fact.model_dump(mode="json") if isinstance(fact, BaseModel) else fact
    info: Any = job.before.result_fields["animated_mesh_info"]
    path = job.folder / "archive.zip"
    return Written((write_archive(job.before.files, path, manifest=manifest, profile=info.profile),))


def write_archive(
    files: Sequence[Path], path: Path, *, manifest: Mapping[str, object], profile: Profile = "standard"
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
        archive.writestr(dateless(_README), _readme([file.name for file in files], profile))
        archive.writestr(dateless(_MANIFEST), text)
        for file in files:
            with file.open("rb") as source, archive.open(dateless(file.name), "w") as copy:
                shutil.copyfileobj(source, copy)
    return path


def dateless(name: str, compression: int = ZIP_STORED) -> ZipInfo:
    """A zip's member dated 1980-01-01, so that the same files give the same zip at any time."""
    entry = ZipInfo(name)
    entry.compress_type = compression
    entry.external_attr = _READABLE
    return entry


def _readme(names: Sequence[str], profile: Profile) -> str:
    """What each file is, alike ones on one line, and how to open them."""
    groups: dict[str, list[str]] = {}
    about = {_MANIFEST: "what was made, from what and with which options"}
    opening: list[str] = []
    for name in [*names, _MANIFEST]:
        row = file_of(name)
        pattern = name if row is None else row.pattern
        groups.setdefault(pattern, []).append(name)
        if row is not None:
            about[pattern] = row.about
            if row.opening:
                opening.append(_filled(f"{name}: {row.opening}"))
    lines = [f"{_span(group)}: {about.get(pattern, 'a result')}" for pattern, group in groups.items()]
    how = [_AXES, _WEB if profile == "compact" else _BLENDER, *opening, _OTHERS, _other_programs(profile)]
    return "\n".join(["An animated mesh made from a video.\n", *lines, "", *how])


def _other_programs(profile: Profile) -> str:
    """What a program must know to open the moving mesh, and some that do."""
    facts = PROFILES[profile]
    needed = f"glTF's {' and '.join(facts.extensions)}" if facts.extensions else "no extension"
    text = (
        "Other programs: the mesh_*.glb files are plain glTF 2.0. The moving mesh needs morph targets and "
        f"{needed}. Files like it were opened in {', '.join(facts.opened)}."
    )
    if profile != "standard":
        text += " For other programs ask for the profile standard."
    return _filled(text)


def _filled(text: str) -> str:
    return fill(text, WIDTH, break_on_hyphens=False) + "\n"


def _span(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]} ({len(names)} files)"
