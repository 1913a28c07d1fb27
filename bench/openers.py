"""The tools of `bench.open_in`: how each is had, and how it is made to show a file."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.contract.profiles import PROFILES
from actionmesh_wrapper.export import write_animated_mesh
from tests.export.samples import ball

ROOT = Path(__file__).resolve().parent.parent
READERS = Path(__file__).with_name("readers")
BLENDER_DUMP = ROOT / "tests/export/blender_dump.py"
NPM = ("@babylonjs/core", "@babylonjs/loaders", "@gltf-transform/core", "@gltf-transform/extensions")
KEYS = 16
INSTALL_S, IMPORT_S, READ_S = 1800, 30, 120

Frames = list[NDArray[np.float64]]
Read = Callable[[Path], tuple[str, Frames]]
"""Opens a file: the tool's version, and every vertex at each key, or at the first alone, or nothing."""


class NotHere(Exception):
    """A tool that cannot be had on this machine, with the reason."""


class Refused(Exception):
    """A file that a tool does not open, in the tool's own words."""


class Bench:
    """The files, and the tools that open them.

    Args:
        folder: for both.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.truth = ball(KEYS, textured=True, detail=4)
        self.times = json.dumps([key / self.truth.fps for key in range(KEYS)])
        for profile in PROFILES:
            for textured in (True, False):
                write_animated_mesh(
                    self.truth if textured else ball(KEYS, detail=4),
                    self.file(profile, textured=textured),
                    extras={},
                    profile=profile,
                )

    def file(self, profile: str, *, textured: bool = True) -> Path:
        """The file of a profile."""
        return self.folder / f"{profile}{'' if textured else '_plain'}.glb"

    def run(self, command: Sequence[object], *, time_s: float = READ_S, cwd: Path | None = None) -> str:
        """What a program prints; without a name of this machine in what it says when it fails."""
        try:
            done = subprocess.run(
                [str(part) for part in command],
                capture_output=True,
                text=True,
                timeout=time_s,
                check=False,
                cwd=cwd or self.folder,
            )
        except subprocess.TimeoutExpired:
            raise Refused(f"does not end within {time_s:g} s") from None
        if done.returncode:
            lines = [line for line in (done.stdout + done.stderr).splitlines() if "Error" in line]
            why = (lines or [f"ends with {done.returncode}"])[0].replace(f"{self.folder}/", "")
            raise Refused(why.strip()[:140])
        return done.stdout

    def python(self, name: str, *packages: str) -> Path:
        """The interpreter of an environment with these packages."""
        python = self.folder / name / "bin/python"
        if not python.exists():
            self.installed(sys.executable, "-m", "venv", self.folder / name)
            self.installed(python, "-m", "pip", "install", "--quiet", "numpy", *packages)
        return python

    def node(self, script: str) -> list[object]:
        """The command of a reader for Node.js, beside its packages."""
        folder = self.folder / "npm"
        if not (folder / "node_modules").exists():
            folder.mkdir(exist_ok=True)
            self.installed("npm", "install", "--silent", "--prefix", folder, *NPM, "meshoptimizer")
        return [program("node"), shutil.copy(READERS / script, folder)]

    def installed(self, *command: object) -> None:
        try:
            self.run(command, time_s=INSTALL_S)
        except (Refused, OSError) as error:
            raise NotHere(f"cannot be installed: {error}") from None


def program(name: str) -> str:
    """The path of a program."""
    found = shutil.which(name)
    if found is None:
        raise NotHere(f"{name} is not installed")
    return found


def told(text: str) -> tuple[str, Frames]:
    """What a reader printed last."""
    content = json.loads(next(line for line in reversed(text.splitlines()) if line.startswith("{")))
    return content["version"].removeprefix("v"), [np.array(frame) for frame in content["frames"]]


def three(bench: Bench) -> Read:
    """three.js, by the tests' own player; pictures need a browser, so the files have none."""
    packages = ROOT / "frontend/node_modules"
    if not (packages / "three").exists():
        raise NotHere("npm ci has not been run in frontend")
    version = json.loads((packages / "three/package.json").read_text())["version"]

    def read(file: Path) -> tuple[str, Frames]:
        plain = bench.file(file.stem, textured=False)
        script = ROOT / "frontend/scripts/play-gltf.mjs"
        (shown,) = json.loads(bench.run([program("node"), script, bench.times, plain]))
        return version, [np.array(frame) for frame in shown["frames"]]

    return read


def by_node(script: str) -> Callable[[Bench], Read]:
    def tool(bench: Bench) -> Read:
        command = bench.node(script)
        return lambda file: told(bench.run([*command, file, bench.times]))

    return tool


def by_python(library: str, name: str, *packages: str) -> Callable[[Bench], Read]:
    def tool(bench: Bench) -> Read:
        python = bench.python(name, *packages)
        return lambda file: told(bench.run([python, READERS / "read.py", library, file, bench.times]))

    return tool


def debians_assimp(bench: Bench) -> Read:
    """The library of Debian's package, by PyPI's binding of the same version."""
    program("assimp")
    return by_python("assimp", "pyassimp", "pyassimp")(bench)


def blender(command: Callable[[Bench], list[object]]) -> Callable[[Bench], Read]:
    """Blender, by the tests' own script."""

    def tool(bench: Bench) -> Read:
        words = command(bench)
        say = "import bpy; print('Blender', bpy.app.version_string)"
        is_program = len(words) > 1
        text = bench.run([*words[:-1], "--python-expr", say] if is_program else [words[0], "-c", say])
        version = next(line for line in text.splitlines() if line.startswith("Blender ")).split()[1]

        def read(file: Path) -> tuple[str, Frames]:
            target = bench.folder / "blender.npz"
            bench.run([*words, BLENDER_DUMP, "--", file, KEYS, bench.truth.fps, target])
            x, y, z = np.moveaxis(np.load(target)["frames"], 2, 0)
            return version, list(np.stack([x, z, -y], axis=2))

        return read

    return tool


def debians_blender(_bench: Bench) -> list[object]:
    return [program("blender"), "--background", "--factory-startup", "--python-exit-code", 1, "--python"]


def pypis_blender(bench: Bench) -> list[object]:
    return [bench.python("bpy", "bpy")]


def godot(bench: Bench) -> Read:
    """Godot 3, which plays what its editor has imported."""
    server = program("godot3-server")
    project = bench.folder / "godot"
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir()
    (project / "project.godot").write_text("config_version=4\n")
    for profile in PROFILES:
        shutil.copy(bench.file(profile), project)
    with suppress(Refused):  # it does not always end when it has imported all
        bench.run([server, "--path", project, "--editor", "--quit"], time_s=IMPORT_S)
    script = shutil.copy(READERS / "godot.gd", project)
    return lambda file: told(
        bench.run([server, "--path", project, "--script", script, file.name, bench.times])
    )


TOOLS: dict[str, Callable[[Bench], Read]] = {
    "three.js": three,
    "Babylon.js": by_node("babylon.mjs"),
    "glTF-Transform": by_node("gltf-transform.mjs"),
    "Blender (Debian)": blender(debians_blender),
    "Blender (PyPI's bpy)": blender(pypis_blender),
    "Godot 3 (Debian)": godot,
    "Assimp (Debian)": debians_assimp,
    "Assimp (PyPI's cmeel-assimp)": by_python("assimp", "cmeel", "cmeel-assimp", "pyassimp"),
    "VTK": by_python("vtk", "vtk", "vtk"),
    "Open3D": by_python("open3d", "open3d", "open3d"),
    "trimesh": by_python("trimesh", "trimesh", "trimesh", "pillow"),
}
