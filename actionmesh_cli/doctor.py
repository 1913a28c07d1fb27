"""What works on this machine, what is missing, and what to do about it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import click
import imageio_ffmpeg

from actionmesh_wrapper.contract.engines import ACTIONMESH
from actionmesh_wrapper.engines.registry import what_actionmesh_lacks
from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.export import alembic_is_installed
from actionmesh_wrapper.host import LAPTOP, Host
from actionmesh_wrapper.job.workspace import free_bytes, job_bytes
from actionmesh_wrapper.masking import saliency
from actionmesh_wrapper.service.logs import Redactor, secrets_of
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage import choose
from actionmesh_wrapper.system.contained import LimitExceeded, Limits, run
from actionmesh_wrapper.weights import SearchPath, find

State = Literal["works", "missing", "broken"]
"""Whether it works; if not, whether jobs run without it (missing) or no job does (broken)."""

LEAST_DRIVERS = {12: 570, 13: 580}  # by the image's build argument CUDA
ASK_GPU = ("--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits")
MIB = 2**20
WAIT_S = 20.0
LEAST_BLENDER = (3, 4)
_ASK_BLENDER = "import bpy, numpy; print('\\nversion', '.'.join(map(str, bpy.app.version)))"
_PROBE = Limits(
    seconds=WAIT_S, cpu_seconds=60, memory_bytes=32 << 30, output_bytes=1 << 20, file_bytes=1 << 20
)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        about: what.
        state: how it is.
        seen: what was seen, in a line.
        todo: what to do where it does not work, or not with everything.
    """

    about: str
    state: State
    seen: str
    todo: str = ""

    def __str__(self) -> str:
        line = f"{self.state:<8} {self.about:<9} {self.seen}"
        return f"{line}\n{'':18} → {self.todo}" if self.todo else line


def main() -> bool:
    """Prints each finding as it is made; whether a job can run here."""
    from handler import host_of  # noqa: PLC0415 – the SDK

    environ = os.environ  # noqa: TID251 – this is a program of its own
    redact = Redactor(secrets_of(environ))
    fit = True
    for finding in examine(environ, host_of(environ)):
        click.echo(redact(str(finding)))
        fit = fit and finding.state != "broken"
    click.echo("\nA job can run here." if fit else "\nNo job can run here until what is broken is mended.")
    return fit


def examine(environ: Mapping[str, str], host: Host = LAPTOP) -> Iterator[Finding]:
    """Looks at everything that a job needs, or may need, with these variables on this host."""
    try:
        settings = Settings.from_env(environ)
    except StartError as error:
        yield Finding("settings", "broken", str(error), "see docs/settings.md")
        return
    places = SearchPath.usual(settings.weights_dir, settings.hub_cache, host)
    yield from _engine(settings, places, host)
    yield _gpu()
    yield from _weights(places)
    yield _results(settings, host)
    yield _disk(settings)
    yield _ffmpeg()
    yield from _tools(settings)


def _engine(settings: Settings, places: SearchPath, host: Host) -> Iterator[Finding]:
    lacks = what_actionmesh_lacks(find(places))
    why = "; ".join(lack for lack in lacks if not lack.startswith("weights: ")) or "weights are missing"
    if settings.engine == "silhouette":
        yield Finding("engine", "works", "silhouette, as ENGINE says")
    elif not lacks:
        yield Finding("engine", "works", "actionmesh")
    elif settings.engine == "actionmesh" or host.is_serverless:
        yield Finding("engine", "broken", f"actionmesh: {why}", "ENGINE=silhouette runs the classical one")
    else:
        yield Finding("engine", "works", "silhouette, which runs anywhere")
        yield Finding("engine", "missing", f"actionmesh: {why}", "docs/image.md: the image has all packages")


def _gpu() -> Finding:
    """The GPU, by the tool that comes with its driver."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return Finding("GPU", "missing", "no NVIDIA driver: nvidia-smi is not there", "silhouette needs none")
    try:
        asked = subprocess.run(  # noqa: S603 – an argument list, of our own
            [tool, *ASK_GPU], capture_output=True, text=True, timeout=WAIT_S, check=True
        )
        name, memory_mib, driver = (part.strip() for part in asked.stdout.splitlines()[0].split(","))
        gigabytes, release = int(memory_mib) * MIB / 1e9, int(driver.partition(".")[0])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        return Finding("GPU", "missing", f"nvidia-smi gives no answer: {error}", "see if it runs by itself")
    seen = f"{name}, {gigabytes:.0f} GB, driver {driver}"
    todo = f"the image needs driver {LEAST_DRIVERS[13]} or newer; one built with CUDA=12, {LEAST_DRIVERS[12]}"
    if release < LEAST_DRIVERS[12]:
        return Finding("GPU", "missing", seen, todo)
    fitting = ACTIONMESH.modes_within(gigabytes)
    if not fitting:
        return Finding("GPU", "missing", seen, f"actionmesh needs {' and '.join(ACTIONMESH.needs)}")
    seen = f"{seen}; modes that fit: {', '.join(fitting)}"
    return Finding("GPU", "works", seen, "" if release >= LEAST_DRIVERS[13] else todo)


def _weights(places: SearchPath) -> Iterator[Finding]:
    found = find(places)
    for item in found.repositories:
        if path := found.paths.get(item.folder):
            yield Finding("weights", "works", f"{item} in {path}; its bytes were not compared")
    yield from _network(found.paths)
    missing = [item for item in found.missing if not item.by_name_only]
    if missing:
        names = ", ".join(item.folder + ("" if item.required else " (optional)") for item in missing)
        looked = ", ".join(map(str, (*places.folders, *places.caches)))
        first = "" if find_spec("huggingface_hub") else "`pip install 'huggingface_hub<1'`, "
        fetch = f"{first}`actionmesh-worker weights fetch FOLDER`"
        todo = f"{fetch}, then WEIGHTS_DIR=FOLDER; silhouette needs none"
        yield Finding("weights", "missing", f"{names}: not in {looked}", todo)


def _network(paths: Mapping[str, Path]) -> Iterator[Finding]:
    """Which network finds what stands out."""
    for network in saliency.installed(paths):
        if not network.can_run:
            seen = f"{network.name} needs onnxruntime"
            yield Finding("network", "missing", seen, "pip install '.[onnx]'")
    if chosen := saliency.choose(paths):
        yield Finding("network", "works", f"{chosen.name} finds what stands out, for silhouette")
    else:
        todo = "`actionmesh-worker weights fetch --only U2NETP FOLDER`, then WEIGHTS_DIR=FOLDER"
        yield Finding("network", "missing", "silhouette finds subjects by colour and motion alone", todo)


def _results(settings: Settings, host: Host) -> Finding:
    """Where they go: the bucket is tried."""
    if settings.bucket_name is not None:
        try:
            choose(settings, host).check()
        except StartError as error:
            return Finding("bucket", "broken", str(error), "see docs/settings.md, BUCKET_*")
        return Finding("bucket", "works", f"{settings.bucket_name}: a file was written and removed")
    if host.is_serverless:
        return Finding("bucket", "missing", "results go into the answer, as far as they fit", "set BUCKET_*")
    if _can_be_written(settings.output_dir):
        return Finding("results", "works", f"in {settings.output_dir.absolute()}; no bucket is set up")
    seen = f"OUTPUT_DIR={str(settings.output_dir)!r} cannot be written"
    return Finding("results", "broken", seen, "set OUTPUT_DIR to a folder of yours")


def _can_be_written(folder: Path) -> bool:
    """Whether files can be made in a folder; if it does not exist, in the nearest above it that does."""
    path = folder.absolute()
    nearest = next(each for each in (path, *path.parents) if os.path.lexists(each))
    return os.path.isdir(nearest) and os.access(nearest, os.W_OK | os.X_OK)  # noqa: PTH112 – False for an error


def _disk(settings: Settings) -> Finding:
    if not _can_be_written(settings.jobs_dir):
        seen = f"JOBS_DIR={str(settings.jobs_dir)!r} cannot be written"
        return Finding("disk", "broken", seen, "set JOBS_DIR to a folder of yours")
    needed, free = job_bytes(settings), free_bytes(settings.jobs_dir)
    seen = f"{free / 1e9:.2f} GB are free in {settings.jobs_dir}, {needed / 1e9:.2f} GB needed for a job"
    if free < needed:
        return Finding("disk", "broken", seen, "make room, or set JOBS_DIR to a folder on another disk")
    return Finding("disk", "works", seen)


def _ffmpeg() -> Finding:
    try:
        version, path = imageio_ffmpeg.get_ffmpeg_version(), imageio_ffmpeg.get_ffmpeg_exe()
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        return Finding("ffmpeg", "broken", str(error), "pip install --force-reinstall imageio-ffmpeg")
    return Finding("ffmpeg", "works", f"{version}, {path}")


def _tools(settings: Settings) -> Iterator[Finding]:
    """What some outputs need."""
    for output, module, package in (("rig", "py_dem_bones", "py-dem-bones"), ("usdz", "pxr", "usd-core")):
        if find_spec(module) is None:
            yield Finding(output, "missing", f"{package} is not installed", f"pip install {package}")
        elif (why := _why_not_imported(module)) is not None:
            again = f"pip install --force-reinstall {package}"
            yield Finding(output, "missing", f"{package} cannot be imported: {why}", again)
        else:
            yield Finding(output, "works", f"{package} is installed")
    if alembic_is_installed():
        yield Finding("alembic", "works", "alembic3d is installed")
    else:
        yield Finding("alembic", "missing", "alembic3d cannot be imported", "pip install '.[alembic]'")
    yield _blender(settings.blender_path)


def _why_not_imported(module: str) -> str | None:
    """The last that Python says where a module cannot be imported; None where it can."""
    try:
        done = run([sys.executable, "-P", "-c", f"import {module}"], limits=_PROBE, environment=os.environ)  # noqa: TID251 – as above
    except LimitExceeded as error:
        return str(error)
    return None if done.code == 0 else (done.log.splitlines() or [f"exit code {done.code}"])[-1]


def _blender(path: Path | None) -> Finding:
    """Blender, by what it says of itself when it is started."""
    if path is None:
        return Finding("Blender", "missing", "BLENDER_PATH is not set", "set it for --blender-export and fbx")
    if not path.is_file() or not os.access(path, os.X_OK):
        return Finding("Blender", "missing", f"{path} cannot be run", "mend BLENDER_PATH")
    command = [str(path.absolute()), "--background", "--factory-startup", "--python-exit-code", "1"]
    try:
        done = run([*command, "--python-expr", _ASK_BLENDER], limits=_PROBE)
    except LimitExceeded as error:
        return Finding("Blender", "missing", f"{path} gives no answer: {error}", "see if it runs by itself")
    version = re.search(rb"^version (\d+)\.(\d+)\.\d+", done.output, re.MULTILINE)
    if done.code != 0 or version is None:
        return Finding(
            "Blender",
            "missing",
            f"{path} is no Blender that has NumPy",
            "if it runs by itself, give its Python NumPy (Debian: python3-numpy)",
        )
    major, minor = map(int, version.groups())
    if (major, minor) < LEAST_BLENDER:
        return Finding("Blender", "missing", f"{path} is {major}.{minor}", "install 3.4 or newer")
    return Finding("Blender", "works", f"{major}.{minor}, {path}")
