"""A program of its own, run by Blender: builds the animation as a scene and saves it.

Started as ``blender --background --python-exit-code 1 --python blender_scene.py -- FOLDER``, where FOLDER is
what `blender.write_blender` has filled. It imports nothing of this package.
"""

import json
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np


def main(folder: Path) -> None:
    """Reads ``scene.json`` and the arrays beside it; writes ``out.blend`` and ``out.glb``."""
    facts = json.loads((folder / "scene.json").read_text())
    vertices, faces = np.load(folder / "vertices.npy"), np.load(folder / "faces.npy")
    bpy.ops.wm.read_factory_settings(use_empty=True)
    mesh = _mesh(facts["name"], vertices[0], faces)
    mesh.materials.append(_material(folder, facts))
    if facts["has_uv"]:
        _add_uv(mesh, np.load(folder / "uv.npy"))
    thing = bpy.data.objects.new(facts["name"], mesh)
    for name, value in facts["extras"].items():
        bpy.context.scene[name] = value
    bpy.context.scene.collection.objects.link(thing)
    _set_rate(bpy.context.scene, facts["fps"], len(vertices))
    if len(vertices) > 1:
        _add_motion(thing, vertices)
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "out.blend"), compress=True)
    bpy.ops.export_scene.gltf(
        filepath=str(folder / "out.glb"),
        export_format="GLB",
        export_yup=True,
        export_extras=True,
        export_morph_normal=True,
    )


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


def _add_uv(mesh: Any, uv: Any) -> None:
    """Adds (V, 2) of glTF's convention; Blender counts v upwards."""
    corners = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", corners)
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
    if facts["has_uv"]:
        image = bpy.data.images.load(str(folder / "texture.jpg"))
        image.name = "texture"
        image.pack()  # else the .blend would name a file that is gone
        image.filepath = "//texture.jpg"
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
    for curve in action.fcurves:
        for point in curve.keyframe_points:
            point.interpolation = "LINEAR"


if __name__ == "__main__":
    main(Path(sys.argv[sys.argv.index("--") + 1]))
