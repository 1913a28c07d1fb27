"""A program of its own, run by Blender: builds the animation as a scene, or opens a rigged GLB, and saves it.

Started as ``blender --background --python-exit-code 1 --python blender_scene.py -- FOLDER``, where FOLDER is
what `blender.write_blender` has filled. It imports nothing of this package.
"""

import json
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix


def main(folder: Path) -> None:
    """Reads ``scene.json`` and what lies beside it; writes the files that it names, there."""
    facts = json.loads((folder / "scene.json").read_text())
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    _set_rate(scene, facts["fps"], facts["num_frames"])
    if facts["is_rigged"]:
        _open_rig(folder / "rigged.glb")
        _dress(folder, facts)
    else:
        _build(folder, facts)
    if facts["camera"]:
        _add_camera(scene, facts["camera"])
    for name, value in facts["extras"].items():
        scene[name] = value
    for name in facts["files"]:
        _SAVE[Path(name).suffix](str(folder / name), facts)


def _save_blend(path: str, _facts: Any) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=path, compress=True)


def _save_glb(path: str, _facts: Any) -> None:
    bpy.ops.export_scene.gltf(
        filepath=path, export_format="GLB", export_yup=True, export_extras=True, export_morph_normal=True
    )


def _save_fbx(path: str, facts: Any) -> None:
    """Every frame a key, as it is; only what is selected, as the importer of GLBs adds shapes for bones."""
    for thing in bpy.context.scene.objects:
        for name, value in facts["extras"].items():
            thing[name] = value  # FBX has no properties of a scene
        thing.select_set(thing.type in {"MESH", "ARMATURE", "EMPTY", "CAMERA"})
    bpy.ops.export_scene.fbx(
        filepath=path,
        use_selection=True,
        use_mesh_modifiers=False,  # else it drops shape keys
        use_custom_props=True,
        add_leaf_bones=False,
        bake_anim=facts["num_frames"] > 1,
        bake_anim_step=1.0,
        bake_anim_simplify_factor=0.0,
        bake_anim_use_all_actions=False,
        bake_anim_use_nla_strips=False,
        path_mode="COPY",
        embed_textures=True,
    )


def _save_abc(path: str, facts: Any) -> None:
    if not bpy.app.build_options.alembic:
        sys.stderr.write("This Blender was built without Alembic.\n")
        return
    bpy.ops.wm.alembic_export(filepath=path, start=0, end=facts["num_frames"] - 1, as_background_job=False)


_SAVE = {".blend": _save_blend, ".glb": _save_glb, ".fbx": _save_fbx, ".abc": _save_abc}


def _open_rig(path: Path) -> None:
    """Imports a GLB whose keys lie at whole frames of the scene's rounded rate."""
    if not hasattr(np, "bool"):
        np.bool = bool  # type: ignore[misc, assignment]  # Blender 3.4's importer asks for it; newer NumPys lack it
    scene = bpy.context.scene
    base, scene.render.fps_base = scene.render.fps_base, 1.0
    options = bpy.ops.import_scene.gltf.get_rna_type().properties.keys()
    bones = {"disable_bone_shape": True} if "disable_bone_shape" in options else {}
    bpy.ops.import_scene.gltf(filepath=str(path), **bones)
    scene.render.fps_base = base
    scene.frame_set(0)


def _dress(folder: Path, facts: Any) -> None:
    """Gives meshes of a GLB the material that its importer makes something else of where it is unlit."""
    material = _material(folder, facts)
    for thing in bpy.context.scene.objects:
        if thing.type == "MESH" and len(thing.data.materials):
            thing.data.materials[0] = material


def _build(folder: Path, facts: Any) -> None:
    """Adds the mesh, with a shape key for each frame but the first."""
    vertices, faces = np.load(folder / "vertices.npy"), np.load(folder / "faces.npy")
    mesh = _mesh(facts["name"], vertices[0], faces)
    mesh.materials.append(_material(folder, facts))
    if facts["has_uv"]:
        _add_uv(mesh, np.load(folder / "uv.npy"), np.load(folder / "uv_faces.npy"))
    thing = bpy.data.objects.new(facts["name"], mesh)
    bpy.context.scene.collection.objects.link(thing)
    if len(vertices) > 1:
        _add_motion(thing, vertices)


def _add_camera(scene: Any, facts: Any) -> None:
    """Adds the film's camera in place of what a GLB has, whose picture cannot be shifted."""
    for thing in [one for one in scene.objects if one.type == "CAMERA"]:
        bpy.data.objects.remove(thing)
    lens = bpy.data.cameras.new(facts["name"])
    lens.sensor_fit = "HORIZONTAL"
    lens.lens = facts["focal_mm"]
    lens.sensor_width, lens.sensor_height = facts["aperture_mm"]
    lens.shift_x, lens.shift_y = facts["shift"]
    lens.clip_start, lens.clip_end = facts["near"], facts["far"]
    thing = bpy.data.objects.new(facts["name"], lens)
    placement = np.eye(4)
    placement[:3] = np.transpose(_upright(np.array([*facts["axes"], facts["place"]])))
    thing.matrix_world = Matrix(placement)
    scene.collection.objects.link(thing)
    scene.camera = thing
    scene.render.resolution_x, scene.render.resolution_y = facts["picture"]


def _upright(vertices: Any) -> Any:
    """(V, 3) from glTF's axes (Y up) to Blender's (Z up): a turn, not a mirror."""
    x, y, z = vertices.T
    return np.ascontiguousarray(np.stack([x, -z, y], axis=1), np.float32)


def _mesh(name: str, vertices: Any, faces: Any) -> Any:
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(_upright(vertices).tolist(), [], faces.tolist())
    mesh.polygons.foreach_set("use_smooth", np.ones(len(mesh.polygons), np.bool_))
    mesh.update()
    return mesh


def _add_uv(mesh: Any, uv: Any, faces: Any) -> None:
    """Adds uv of glTF's convention at the corners (F, 3) of the faces; Blender counts v upwards."""
    corners = faces.ravel()
    flipped = np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1).astype(np.float32)
    mesh.uv_layers.new(name="UVMap").data.foreach_set("uv", flipped[corners].ravel())


def _material(folder: Path, facts: Any) -> Any:
    material = bpy.data.materials.new("surface")
    material.use_nodes = True
    material.use_backface_culling = True
    nodes = material.node_tree.nodes
    shader = next(node for node in nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Roughness"].default_value = facts["roughness"]
    shader.inputs["Metallic"].default_value = 0.0
    shader.inputs["Base Color"].default_value = facts["colour"]
    for name in ("Specular", "Specular IOR Level"):  # of Blender 3, and 4 on
        if name in shader.inputs and facts["unlit"]:
            shader.inputs[name].default_value = 0.0
    if facts["picture"]:
        content = (folder / facts["picture"]).read_bytes()
        image = bpy.data.images.new("texture", 1, 1)
        image.source = "FILE"
        image.filepath = "//" + facts["picture"]
        image.pack(data=content, data_len=len(content))  # loaded from a file, it would keep that file's path
        texture = nodes.new("ShaderNodeTexImage")
        texture.image = image
        material.node_tree.links.new(texture.outputs["Color"], shader.inputs["Base Color"])
    return material


def _set_rate(scene: Any, fps: float, num_frames: int) -> None:
    """A key a frame, from 0 on. Blender has whole numbers of frames over a base that need not be whole."""
    scene.render.fps = max(1, round(fps))
    scene.render.fps_base = scene.render.fps / fps
    scene.frame_start, scene.frame_end = 0, max(num_frames - 1, 1)
    scene.frame_set(0)


def _add_motion(thing: Any, vertices: Any) -> None:
    """Adds a shape key for each frame but the first, which is 1 at its frame and 0 at the others."""
    thing.shape_key_add(name="frame_000")
    for index, frame in enumerate(vertices[1:], 1):
        key = thing.shape_key_add(name=f"frame_{index:03d}")
        key.data.foreach_set("co", _upright(frame).ravel())
        for time, value in ((index - 1, 0.0), (index, 1.0), (index + 1, 0.0)):
            if time < len(vertices):
                key.value = value
                key.keyframe_insert("value", frame=time)
        key.value = 0.0
    action = thing.data.shape_keys.animation_data.action
    action.name = "motion"
    bag = action if hasattr(action, "fcurves") else action.layers[0].strips[0].channelbags[0]  # Blender 5
    for curve in bag.fcurves:
        for point in curve.keyframe_points:
            point.interpolation = "LINEAR"


if __name__ == "__main__":
    main(Path(sys.argv[sys.argv.index("--") + 1]))
