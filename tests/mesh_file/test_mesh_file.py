import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.export import write_animated_mesh, write_mesh
from actionmesh_wrapper.mesh_file import read_mesh
from tests.export.samples import EXTRAS, ball, flawed, ring
from tests.mesh_file.files import CORNERS, FACES, Model, pack, saved, unpacked
from tests.mesh_file.test_hostile import sound

HERE = Path(__file__).parent


def read(path: Path) -> tuple[Animation, list[str]]:
    """The mesh, and the codes of the warnings."""
    notices: list[Notice] = []
    return read_mesh(path, warn=notices.append), [notice.code for notice in notices]


@pytest.mark.parametrize(
    "own",
    [ball(1), ball(1, scale=1e-6), ball(1, scale=1e6), flawed(1), ring(65_536)],
    ids=["plain", "tiny", "huge", "flawed", "many vertices"],
)
def test_what_we_write_is_read_again(tmp_path: Path, own: Animation) -> None:
    mesh, codes = read(write_mesh(own, tmp_path / "mesh.glb", extras=EXTRAS))
    np.testing.assert_array_equal(mesh.vertices[0], own.vertices[0])
    np.testing.assert_array_equal(mesh.faces, own.faces)
    assert codes == []


def test_so_are_texture_and_coordinates(tmp_path: Path) -> None:
    own = ball(1, textured=True)
    mesh, codes = read(write_mesh(own, tmp_path / "mesh.glb", extras=EXTRAS))
    assert own.uv is not None
    assert own.texture is not None
    assert mesh.uv is not None
    assert mesh.texture is not None
    np.testing.assert_array_equal(mesh.uv, own.uv)
    assert mesh.texture.shape == own.texture.shape
    assert np.abs(mesh.texture.astype(int) - own.texture).mean() < 4  # JPEG
    assert codes == []


def test_trimesh_writes_what_is_read(tmp_path: Path) -> None:
    sphere = trimesh.creation.icosphere()
    sphere.export(tmp_path / "mesh.glb")
    mesh, _ = read(tmp_path / "mesh.glb")
    np.testing.assert_array_equal(mesh.vertices[0], sphere.vertices.astype(np.float32))
    np.testing.assert_array_equal(mesh.faces, sphere.faces)
    assert mesh.texture is None


def test_a_scene_is_where_trimesh_has_it(tmp_path: Path) -> None:
    scene = trimesh.Scene()
    half = np.sqrt(0.5)
    turned = np.array([[half, -half, 0, 1], [half, half, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]])
    scene.add_geometry(trimesh.creation.box(), transform=turned @ np.diag([1, 2, -3, 1]))
    scene.add_geometry(trimesh.creation.icosphere())
    scene.export(tmp_path / "mesh.glb")  # type: ignore[no-untyped-call]
    mesh, _ = read(tmp_path / "mesh.glb")
    theirs = trimesh.load_mesh(tmp_path / "mesh.glb", process=False)
    ours = trimesh.Trimesh(mesh.vertices[0], mesh.faces, process=False)
    np.testing.assert_allclose(ours.bounds, theirs.bounds, atol=1e-6)
    assert ours.volume == pytest.approx(theirs.volume)
    assert ours.volume == pytest.approx(6 + trimesh.creation.icosphere().volume)  # mirrored, and yet outwards


def test_of_an_animation_the_first_key_is_taken_with_a_warning(tmp_path: Path) -> None:
    own = ball(4)
    write_animated_mesh(own, tmp_path / "mesh.glb", extras=EXTRAS)
    mesh, codes = read(tmp_path / "mesh.glb")
    np.testing.assert_allclose(mesh.vertices[0], own.vertices[0], atol=1e-4)
    assert codes == ["MESH_AT_REST"]


def test_bones_stand_where_blender_has_them(tmp_path: Path) -> None:
    """A cylinder on two bones, bent, its armature turned and a hundredth in size; made with Blender 3.4."""
    mesh, codes = read(HERE / "bones.glb")
    theirs = np.loadtxt(HERE / "bones_in_blender.txt")
    gaps = np.linalg.norm(mesh.vertices[0][:, None] - theirs, axis=2)
    assert gaps.min(axis=0).max() < 1e-8  # the exporter splits vertices
    assert gaps.min(axis=1).max() < 1e-8
    assert codes == ["MESH_AT_REST"]


def test_vertices_that_no_face_uses_stay_in_their_place(tmp_path: Path) -> None:
    own = flawed(1)
    mesh, _ = read(write_mesh(own, tmp_path / "mesh.glb", extras={}))
    assert mesh.vertices.shape[1] - 1 not in mesh.faces


def test_a_flat_mesh_is_a_mesh(tmp_path: Path) -> None:
    model = Model()
    model.node(
        model.primitive(attributes={"POSITION": model.attribute(CORNERS * np.array([1, 1, 0], np.float32))})
    )
    assert read(model.save(tmp_path))[0].faces.tolist() == FACES.tolist()


def _data_uris(document: Any, binary: bytes) -> None:
    """Moves the pictures, and then the buffer, out of the binary chunk into the JSON."""
    for image in document["images"]:
        view = document["bufferViews"][image.pop("bufferView")]
        data = binary[view["byteOffset"] :][: view["byteLength"]]
        image["uri"] = "data:image/png;base64," + base64.b64encode(data).decode()
    document["buffers"] = [{"byteLength": 0}, {"uri": "data:;base64," + base64.b64encode(binary).decode()}]
    for view in document["bufferViews"]:
        view["buffer"] = 1


def _loose(document: Any, _: bytes) -> None:
    """What exporters write and nobody minds."""
    document.update(extensionsUsed=["KHR_lights_punctual"], extensionsRequired=["KHR_lights_punctual"])
    document["accessors"] += [{"count": 0, "min": [float("nan")]}, {"count": 1, "componentType": 5130}]
    for view in document["bufferViews"]:
        view["byteStride"] = 0
    for material in document["materials"]:
        material["pbrMetallicRoughness"]["baseColorFactor"] = [1.0000001192092896, 1, 1, 1.5]
    for node in document["nodes"]:
        node.update(skin=-1, camera=-1, name=None, children=None)
    document["materials"].append({"pbrMetallicRoughness": {"baseColorFactor": [float("nan")] * 4}})


@pytest.mark.parametrize("loosen", [_data_uris, _loose])
@pytest.mark.parametrize("padding", [b"", b"\0" * 5])
def test_what_viewers_read_is_the_same_mesh(tmp_path: Path, loosen: Any, padding: bytes) -> None:
    plain = read(saved(sound(), tmp_path))[0]
    document, binary = unpacked(sound())
    loosen(document, binary)
    mesh, codes = read(saved(pack(json.dumps(document).encode() + padding, binary), tmp_path))
    assert codes == []
    assert mesh.texture is not None
    assert mesh.uv is not None
    for name in ("vertices", "faces", "uv", "texture"):
        np.testing.assert_array_equal(getattr(mesh, name), getattr(plain, name))


def test_a_colour_that_is_not_there_is_lost_with_a_warning(tmp_path: Path) -> None:
    for missing in ("materials", "textures", "images"):
        document, binary = unpacked(sound())
        document[missing].clear()
        mesh, codes = read(saved(pack(document, binary), tmp_path))
        assert (mesh.vertices.shape, mesh.texture, codes) == ((1, 8, 3), None, ["MESH_COLOURS_DROPPED"])


@pytest.mark.parametrize(
    ("corners", "message"),
    [
        (CORNERS * 0, "The mesh has no surface: at least 4 faces with an area are needed."),
        (
            CORNERS * np.array([1, 0, 0], np.float32),
            "The mesh has no surface: at least 4 faces with an area are needed.",
        ),
        (CORNERS * np.float32(1e-10), "The mesh is too small: its longest side must be at least 1e-09."),
        (CORNERS * np.float32(1e10), "The mesh's positions must be finite and at most 1e+09."),
        (CORNERS * np.float32(np.nan), "The mesh's positions must be finite and at most 1e+09."),
        (CORNERS * np.float32(np.inf), "The mesh's positions must be finite and at most 1e+09."),
    ],
    ids=["a point", "a line", "tiny", "huge", "NaN", "infinite"],
)
def test_what_has_no_surface_is_refused(tmp_path: Path, corners: np.ndarray[Any, Any], message: str) -> None:
    model = Model()
    model.node(model.primitive(attributes={"POSITION": model.attribute(corners)}))
    with pytest.raises(NotAMesh) as error:
        read(model.save(tmp_path))
    assert error.value.message == message
