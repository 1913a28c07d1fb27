import pytest

from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.mesh_file.document import parse
from actionmesh_wrapper.mesh_file.extensions import check_required

PASSED_OVER = """KHR_lights_punctual KHR_materials_unlit KHR_materials_clearcoat KHR_materials_variants
KHR_mesh_quantization KHR_texture_transform EXT_texture_webp KHR_node_visibility KHR_xmp_json_ld
KHR_animation_pointer KHR_techniques_webgl KHR_physics_rigid_bodies EXT_lights_image_based
EXT_mesh_features EXT_mesh_manifold EXT_structural_metadata EXT_instance_features EXT_bmesh_encoding
MSFT_lod FB_ngon_encoding VRMC_vrm VRM ADOBE_materials_thin_transparency CESIUM_primitive_outline
AGI_articulations ACME_of_tomorrow"""
REFUSED = """EXT_mesh_gpu_instancing KHR_texture_basisu EXT_texture_avif EXT_texture_astc MSFT_texture_dds
KHR_texture_procedurals MPEG_texture_video MPEG_accessor_timed MPEG_buffer_circular MPEG_mesh_linking
KHR_accessor_float64 KHR_gaussian_splatting EXT_primitive_voxels WEB3D_quantized_attributes
KHR_mesh_visibility ACME_mesh_of_tomorrow"""
COMPRESSED = """KHR_draco_mesh_compression EXT_meshopt_compression KHR_meshopt_compression MESHOPT_compression
KHR_gaussian_splatting_compression_spz"""


@pytest.mark.parametrize("name", PASSED_OVER.split())
def test_what_changes_neither_geometry_nor_pictures_is_passed_over(name: str) -> None:
    check_required([name])


@pytest.mark.parametrize("name", REFUSED.split())
def test_what_changes_them_is_refused_by_name(name: str) -> None:
    with pytest.raises(NotAMesh) as error:
        check_required(["KHR_lights_punctual", name])
    assert error.value.message == (
        f"The mesh requires the glTF extension {name}, which is not read; export it without."
    )


@pytest.mark.parametrize("name", COMPRESSED.split())
def test_a_compressed_mesh_is_to_be_exported_otherwise(name: str) -> None:
    with pytest.raises(NotAMesh) as error:
        parse({"extensionsRequired": [name]})
    assert error.value.message == f"The mesh is compressed with {name}; export it without compression."
    parse({"extensionsUsed": [name]})  # then it lies there plainly too


def test_a_name_is_repeated_in_safety() -> None:
    with pytest.raises(NotAMesh) as error:
        check_required(["mesh/etc/passwd\ud800\n" + "x" * 5000])
    shown = f"mesh?etc?passwd??{'x' * 43}"
    assert error.value.message == (
        f"The mesh requires the glTF extension {shown}, which is not read; export it without."
    )
