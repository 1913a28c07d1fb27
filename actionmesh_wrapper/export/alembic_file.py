"""A program of its own that writes an Alembic file with alembic3d, which aborts where the disk is full.

Started as ``python alembic_file.py FOLDER``, where FOLDER is what `alembic.write_alembic` has filled; without
FOLDER it only shows that alembic3d can be imported. It imports nothing of this package.
"""

import json
import sys
from pathlib import Path
from typing import Any

import imath
import numpy as np
from alembic3d import Abc, AbcCoreAbstract, AbcGeom


def main(folder: Path) -> None:
    """Reads ``scene.json`` and the arrays beside it; writes ``animated_mesh.abc``, there."""
    facts = json.loads((folder / "scene.json").read_text())
    vertices, normals = np.load(folder / "vertices.npy"), np.load(folder / "normals.npy")
    archive = Abc.OArchive(str(folder / facts["file"]), asOgawa=True)
    timing = archive.addTimeSampling(AbcCoreAbstract.TimeSampling(1 / facts["fps"], 0.0))
    root = AbcGeom.OXform(archive.getTop(), facts["name"])
    schema = AbcGeom.OPolyMesh(root, "mesh").getSchema()
    schema.setTimeSampling(timing)
    for name, value in facts["extras"].items():
        text = value if isinstance(value, str) else json.dumps(value)
        Abc.OStringProperty(schema.getUserProperties(), name).setValue(text)
    if facts["camera"]:
        _add_camera(archive, facts["camera"])
    for key, (points, directions) in enumerate(zip(vertices, normals, strict=True)):
        sample = AbcGeom.OPolyMeshSchemaSample()
        sample.setPositions(_array(imath.V3fArray, points))
        sample.setNormals(_per_vertex(AbcGeom.ON3fGeomParamSample, imath.V3fArray, directions))
        if key == 0:  # which holds for the others, too
            faces = np.load(folder / "faces.npy")
            sample.setFaceIndices(_array(imath.IntArray, faces[:, ::-1].ravel()))  # Alembic's are clockwise
            sample.setFaceCounts(_array(imath.IntArray, np.full(len(faces), 3)))
            if facts["has_uv"]:
                upwards = np.load(folder / "uv.npy") * [1, -1] + [0, 1]
                sample.setUVs(_per_vertex(AbcGeom.OV2fGeomParamSample, imath.V2fArray, upwards))
        schema.set(sample)


def _add_camera(archive: Any, facts: Any) -> None:
    """Adds a camera that stands still; Alembic's looks along its -Z, too, and has its aperture in cm."""
    place = AbcGeom.OXform(archive.getTop(), facts["name"])
    rows = [[*axis, 0.0] for axis in facts["axes"]] + [[*facts["place"], 1.0]]
    stand, lens = AbcGeom.XformSample(), AbcGeom.CameraSample()
    stand.setMatrix(imath.M44d(*(value for row in rows for value in row)))
    place.getSchema().set(stand)
    (width, height), (right, up) = facts["aperture_mm"], facts["shift"]
    lens.setFocalLength(facts["focal_mm"])
    lens.setHorizontalAperture(width / 10)
    lens.setVerticalAperture(height / 10)
    lens.setHorizontalFilmOffset(right * width / 10)
    lens.setVerticalFilmOffset(up * width / 10)
    lens.setNearClippingPlane(facts["near"])
    lens.setFarClippingPlane(facts["far"])
    AbcGeom.OCamera(place, "camera").getSchema().set(lens)


def _array(kind: Any, values: Any) -> Any:
    """An array of imath's with the values of (N,) or (N, D)."""
    array = kind(len(values))
    np.asarray(array)[...] = values
    return array


def _per_vertex(parameter: Any, kind: Any, values: Any) -> Any:
    return parameter(_array(kind, values), AbcGeom.GeometryScope.kVertexScope)


if __name__ == "__main__" and len(sys.argv) > 1:
    main(Path(sys.argv[1]))
