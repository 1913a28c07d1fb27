import pytest

from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.mesh_file.document import at, parse


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "the document: Input should be a valid dictionary or instance of Document."),
        (None, "the document: Input should be a valid dictionary or instance of Document."),
        ({"nodes": {}}, "nodes: Input should be a valid list."),
        ({"nodes": [{"mesh": -1}]}, "nodes.0.mesh: Input should be greater than or equal to 0."),
        (
            {"nodes": [{"matrix": [1]}]},
            "nodes.0.matrix: List should have at least 16 items after validation, not 1.",
        ),
        ({"accessors": [{}]}, "accessors.0.componentType: Field required."),
        (
            {"bufferViews": [{"buffer": 0, "byteLength": 1, "byteStride": 2}]},
            "bufferViews.0.byteStride: Input should be greater than or equal to 4.",
        ),
        (
            {"nodes": ["secret"] * 1_000_000},
            "nodes.0: Input should be a valid dictionary or instance of Node.",
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


@pytest.mark.parametrize("name", ["KHR_draco_mesh_compression", "EXT_meshopt_compression"])
def test_a_compressed_mesh_is_to_be_exported_otherwise(name: str) -> None:
    with pytest.raises(NotAMesh) as error:
        parse({"extensionsRequired": [name]})
    assert error.value.message == f"The mesh is compressed with {name}; export it without compression."
    parse({"extensionsUsed": [name]})  # then it lies there plainly too


def test_what_it_requires_must_be_known() -> None:
    parse({"extensionsRequired": ["KHR_mesh_quantization", "KHR_texture_transform", "KHR_materials_unlit"]})
    with pytest.raises(NotAMesh, match="requires a glTF extension that is not read"):
        parse({"extensionsRequired": ["KHR_texture_basisu"]})


def test_an_index_must_name_something() -> None:
    assert at([1, 2], 1) == 2
    with pytest.raises(NotAMesh, match="refers to a part of itself that is not there"):
        at([1, 2], 2)
