"""How a Python library shows a GLB: run by an interpreter that has the library, for `bench.open_in`.

    python read.py LIBRARY FILE TIMES

TIMES is a JSON array of seconds. The last line printed is a JSON object: ``version``, and ``frames`` with
every vertex in world space at each time, or at none but the first where the library knows no motion; none at
all where it found no mesh.
"""

import ctypes
import json
import os
import sys
import sysconfig
from pathlib import Path
from typing import Any

import numpy as np


def read_vtk(file: str, times: list[float]) -> tuple[str, list[Any]]:
    """By VTK's reader, whose time step the animation follows."""
    import vtk
    from vtkmodules.util.numpy_support import vtk_to_numpy

    version = vtk.vtkVersion().GetVTKVersion()
    reader = vtk.vtkGLTFReader()
    reader.SetFileName(file)
    reader.ApplyDeformationsToGeometryOn()
    reader.UpdateInformation()
    if reader.GetNumberOfAnimations() == 0:
        return version, []
    reader.SetFrameRate(60)
    reader.EnableAnimation(0)
    reader.UpdateInformation()
    frames = []
    for time in times:
        reader.UpdateTimeStep(time)
        pieces = reader.GetOutput().NewIterator()
        frames.append(np.array(vtk_to_numpy(pieces.GetCurrentDataObject().GetPoints().GetData())))
    return version, frames


def read_open3d(file: str, _times: list[float]) -> tuple[str, list[Any]]:
    """By Open3D, which knows still meshes alone."""
    import open3d

    vertices = np.asarray(open3d.io.read_triangle_mesh(file).vertices)
    return open3d.__version__, [vertices] if len(vertices) else []


def read_trimesh(file: str, _times: list[float]) -> tuple[str, list[Any]]:
    """By trimesh, which knows still meshes alone."""
    import trimesh

    meshes: Any = trimesh.load_scene(file, process=False).dump()
    return str(trimesh.__version__), [np.asarray(mesh.vertices) for mesh in meshes]


def read_assimp(file: str, _times: list[float]) -> tuple[str, list[Any]]:
    """By Assimp's library, from its structures; it keeps keys, which are played here as it says."""
    own = Path(sysconfig.get_path("purelib")) / "cmeel.prefix/lib"
    os.environ["LD_LIBRARY_PATH"] = str(own)  # where pyassimp looks beside the system's folders
    from pyassimp import core

    library = core._assimp_lib.dll
    parts = ("Major", "Minor", "Patch")
    version = ".".join(str(getattr(library, f"aiGetVersion{part}")()) for part in parts)
    loaded = core._assimp_lib.load(file.encode(), 0x400)  # validated, as Assimp's own tool does
    if not loaded:
        return version, []
    scene = loaded.contents
    mesh, root = scene.mMeshes[0].contents, scene.mRootNode.contents.mTransformation
    matrix = np.array([getattr(root, name) for name, _ in root._fields_]).reshape(4, 4)

    def points(pointer: Any) -> Any:
        floats = ctypes.cast(pointer, ctypes.POINTER(ctypes.c_float))
        return np.ctypeslib.as_array(floats, (mesh.mNumVertices, 3)).astype(np.float64)

    base = points(mesh.mVertices)
    shapes = [points(mesh.mAnimMeshes[i].contents.mVertices) for i in range(mesh.mNumAnimMeshes)]
    channel = scene.mAnimations[0].contents.mMorphMeshChannels[0].contents
    frames = []
    for key in (channel.mKeys[i] for i in range(channel.mNumKeys)):
        named = [(key.mValues[i], key.mWeights[i]) for i in range(key.mNumValuesAndWeights)]
        shown = base + sum(weight * (shapes[index] - base) for index, weight in named)
        frames.append(shown @ matrix[:3, :3].T + matrix[:3, 3])
    return version, frames


if __name__ == "__main__":
    library, name, seconds = sys.argv[1:]
    told, found = globals()[f"read_{library}"](name, json.loads(seconds))
    print(json.dumps({"version": told, "frames": [np.asarray(frame).tolist() for frame in found]}))
