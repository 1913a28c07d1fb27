"""Run by Blender: an animated GLB of shape keys, compressed with Draco, in as few steps as it allows.

ActionMesh's example takes this route with a script of its own, and fills the shape keys vertex by vertex.
"""

import argparse
import sys

import bpy
import numpy as np


def main(vertices_file: str, faces_file: str, target: str) -> None:
    vertices, faces = np.load(vertices_file), np.load(faces_file)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    mesh = bpy.data.meshes.new("mesh")
    mesh.from_pydata(vertices[0].tolist(), [], faces.tolist())
    thing = bpy.data.objects.new("mesh", mesh)
    bpy.context.scene.collection.objects.link(thing)
    for index, frame in enumerate(vertices):
        key = thing.shape_key_add(name=f"frame_{index}")
        key.data.foreach_set("co", frame.ravel())
        for time in (index - 1, index, index + 1):
            key.value = float(time == index)
            key.keyframe_insert("value", frame=time)
    bpy.context.scene.frame_end = len(vertices) - 1
    bpy.ops.export_scene.gltf(
        filepath=target,
        export_format="GLB",
        export_draco_mesh_compression_enable=True,
        export_morph_normal=False,
        export_normals=False,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for option in ("--vertices_npy", "--faces_npy", "--output_glb"):
        parser.add_argument(option, required=True)
    given = parser.parse_args(sys.argv[sys.argv.index("--") + 1 :])
    main(given.vertices_npy, given.faces_npy, given.output_glb)
