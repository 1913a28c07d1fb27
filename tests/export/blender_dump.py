"""Run by Blender: opens a .blend, .glb, .fbx, .abc or .usdz and saves where every vertex is at each frame.

Arguments after ``--``: the file, the number of frames, frames per second, the .npz to write.
"""

import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np

if not hasattr(np, "bool"):
    np.bool = bool  # type: ignore[misc, assignment]  # Blender 3.4's importer asks for it; the NumPy that Debian gives it has it no more


def main(file: Path, num_frames: int, fps: float, target: Path) -> None:
    if file.suffix == ".blend":
        bpy.ops.wm.open_mainfile(filepath=str(file))
    else:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        scene = bpy.context.scene
        scene.render.fps = round(fps)
        if file.suffix == ".fbx":
            bpy.ops.import_scene.fbx(filepath=str(file))
        elif file.suffix == ".abc":
            scene.render.fps_base = scene.render.fps / fps
            bpy.ops.wm.alembic_import(filepath=str(file), as_background_job=False)
        elif file.suffix == ".usdz":
            bpy.ops.wm.usd_import(filepath=str(file), import_textures_mode="IMPORT_PACK")
        else:
            bpy.ops.import_scene.gltf(filepath=str(file))
    scene = bpy.context.scene
    meshes = [one for one in scene.objects if one.type == "MESH"]
    (thing,) = [one for one in meshes if not one.name.startswith("Icosphere")]  # how it shows a glTF's joints
    times = np.arange(num_frames)
    if (
        file.suffix == ".fbx"
    ):  # the importer begins at 1, and places keys by the scene's rate without its base
        times = 1 + times * (scene.render.fps / fps)
    frames = []
    for time in times:
        scene.frame_set(int(time), subframe=float(time % 1))
        mesh = thing.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
        flat = np.empty(3 * len(mesh.vertices), np.float32)
        mesh.vertices.foreach_get("co", flat)
        world = np.array(thing.matrix_world)
        frames.append(flat.reshape(-1, 3) @ world[:3, :3].T + world[:3, 3])
    corners = np.empty(len(thing.data.loops), np.int32)
    thing.data.loops.foreach_get("vertex_index", corners)
    keys = thing.data.shape_keys.key_blocks if thing.data.shape_keys else []
    np.savez(
        target,
        frames=np.stack(frames),
        faces=corners.reshape(-1, 3),
        fps=scene.render.fps / scene.render.fps_base,
        ends=[scene.frame_start, scene.frame_end],
        packed=[image.name for image in bpy.data.images if image.packed_file],
        paths=[file.filepath for image in bpy.data.images for file in image.packed_files],
        names=[thing.name, thing.data.name, *(key.name for key in keys)],
        bones=[bone.name for one in scene.objects if one.type == "ARMATURE" for bone in one.data.bones],
        uv=_uv(thing.data),
        **_colours(thing.data),
        **_camera(scene),
    )


def _colours(mesh: Any) -> dict[str, Any]:
    """What of the material's shader a picture gives, and its pixels (H, W, 3) from the top, uint8."""
    links = [link for one in mesh.materials if one and one.use_nodes for link in one.node_tree.links]
    found = [link for link in links if link.from_node.type == "TEX_IMAGE"]
    if not found:
        return {}
    image = found[0].from_node.image
    width, height = image.size
    flat = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(flat)
    picture = np.rint(flat.reshape(height, width, 4)[::-1, :, :3] * 255).astype(np.uint8)
    return {"coloured": [link.to_socket.name for link in found], "picture": picture}


def _camera(scene: Any) -> dict[str, Any]:
    """The scene's one camera, if it has one."""
    cameras = [one for one in scene.objects if one.type == "CAMERA"]
    if not cameras:
        return {}
    (one,) = cameras
    return {
        "camera": np.array(one.matrix_world),
        "angle": one.data.angle,
        "fit": one.data.sensor_fit,
        "picture_size": [scene.render.resolution_x, scene.render.resolution_y],
        "planes": [one.data.clip_start, one.data.clip_end],
        "shift": [one.data.shift_x, one.data.shift_y],
        "principal_point": list(one.data.get("principal_point", ())),
    }


def _uv(mesh: Any) -> Any:
    """(V, 2) of each vertex's last corner, v upwards; empty without uv."""
    corners, flat = np.empty(len(mesh.loops), np.int32), np.empty(2 * len(mesh.loops), np.float32)
    if not mesh.uv_layers:
        return np.empty((0, 2))
    mesh.loops.foreach_get("vertex_index", corners)
    mesh.uv_layers[0].data.foreach_get("uv", flat)
    uv = np.empty((len(mesh.vertices), 2), np.float32)
    uv[corners] = flat.reshape(-1, 2)
    return uv


if __name__ == "__main__":
    name, count, rate, out = sys.argv[sys.argv.index("--") + 1 :]
    main(Path(name), int(count), float(rate), Path(out))
