import pytest

from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.mesh_file.document import at, parse


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "the document: Input should be an object."),
        ({"extensionsRequired": 7}, "extensionsRequired: Input should be a valid list."),
        (None, "the document: Input should be an object."),
        ({"nodes": {}}, "nodes: Input should be a valid list."),
        ({"nodes": [{"mesh": -2}]}, "nodes.0.mesh: Input should be greater than or equal to 0."),
        (
            {"nodes": [{"matrix": [1]}]},
            "nodes.0.matrix: List should have at least 16 items after validation, not 1.",
        ),
        ({"accessors": [{}]}, "accessors.0.count: Field required."),
        (
            {"bufferViews": [{"buffer": 0, "byteLength": 1, "byteStride": -4}]},
            "bufferViews.0.byteStride: Input should be greater than or equal to 0.",
        ),
        (
            {"nodes": ["secret"] * 1_000_000},
            "nodes.0: Input should be an object.",
        ),
        (
            {"nodes": [{}] * 65_537},
            "nodes: List should have at most 65536 items after validation, not 65537.",
        ),
    ],
)
def test_names_what_breaks_the_schema(data: object, message: str) -> None:
    with pytest.raises(NotAMesh) as error:
        parse(data)
    assert error.value.message == f"The mesh is no glTF 2.0: {message}"


def test_an_index_of_minus_one_is_none() -> None:
    document = parse(
        {
            "scene": -1,
            "nodes": [{"mesh": -1, "skin": -1}],
            "meshes": [{"primitives": [{"attributes": {"COLOR_0": -1}, "indices": -1, "material": -1}]}],
            "skins": [{"joints": [], "inverseBindMatrices": -1}],
            "textures": [{"source": -1}],
            "images": [{"bufferView": -1}],
            "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": -1}}}],
        }
    )
    [primitive] = document.meshes[0].primitives
    info = document.materials[0].pbr_metallic_roughness.base_color_texture
    assert (document.scene, document.nodes[0].mesh, document.nodes[0].skin) == (None, None, None)
    assert (primitive.attributes, primitive.indices, primitive.material) == ({}, None, None)
    assert (document.textures[0].source, document.images[0].buffer_view) == (None, None)
    assert document.skins[0].inverse_bind_matrices is None
    assert info is not None
    assert info.index is None


@pytest.mark.parametrize(
    ("stored", "meant"),
    [
        ([1.0000001192092896, 1, 1, 1], [1, 1, 1, 1]),
        ([-1e-9, 0.5, 7, 2], [0, 0.5, 1, 1]),
        ([0.5, 0.25, 0], [0.5, 0.25, 0]),
        ([float("nan"), float("inf"), float("-inf"), 1], [1, 1, 0, 1]),
    ],
)
def test_a_factor_is_held_to_what_is_allowed(stored: list[float], meant: list[float]) -> None:
    document = parse({"materials": [{"pbrMetallicRoughness": {"baseColorFactor": stored}}]})
    assert document.materials[0].pbr_metallic_roughness.base_color_factor == meant


def test_what_is_not_read_may_be_wrong() -> None:
    nan = float("nan")
    document = parse(
        {
            "accessors": [{"count": 0, "min": [nan], "max": "?", "componentType": 5130, "type": "VEC5"}],
            "nodes": [{"matrix": [nan] * 16, "weights": [nan], "camera": -1}],
            "meshes": [{"primitives": [{"attributes": {"NORMAL": -7, "_ID": "?"}, "targets": [nan]}]}],
            "materials": [{"emissiveFactor": [nan], "normalTexture": {"index": -1}}],
            "animations": [nan],
            "cameras": "?",
        }
    )
    assert (len(document.accessors), len(document.nodes), len(document.materials)) == (1, 1, 1)


def test_what_is_required_is_told_before_what_it_breaks() -> None:
    with pytest.raises(NotAMesh, match="KHR_accessor_float64"):
        parse({"extensionsRequired": ["KHR_accessor_float64"], "accessors": [{}]})


def test_an_index_must_name_something() -> None:
    assert at([1, 2], 1) == 2
    with pytest.raises(NotAMesh, match="refers to a part of itself that is not there"):
        at([1, 2], 2)
