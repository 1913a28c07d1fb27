"""Run by Blender: opens a .blend or imports a .glb and saves where every vertex is at each frame.

Arguments after ``--``: the file, the number of frames, frames per second, the .npz to write.
"""

import sys
from pathlib import Path

import bpy
import numpy as np

if not hasattr(np, "bool"):
    np.bool = bool  # type: ignore[misc, assignment]  # Blender 3.4's importer asks for it; the NumPy that Debian gives it has it no more


def main(file: Path, num_frames: int, fps: float, target: Path) -> None:
    if file.suffix == ".blend":
        bpy.ops.wm.open_mainfile(filepath=str(file))
    else:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        bpy.context.scene.render.fps = round(fps)
        bpy.ops.import_scene.gltf(filepath=str(file))
    scene = bpy.context.scene
    (thing,) = [one for one in scene.objects if one.type == "MESH"]
    frames = []
    for frame in range(num_frames):
        scene.frame_set(frame)
        mesh = thing.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
        flat = np.empty(3 * len(mesh.vertices), np.float32)
        mesh.vertices.foreach_get("co", flat)
        world = np.array(thing.matrix_world)
        frames.append(flat.reshape(-1, 3) @ world[:3, :3].T + world[:3, 3])
    corners = np.empty(len(thing.data.loops), np.int32)
    thing.data.loops.foreach_get("vertex_index", corners)
    np.savez(
        target,
        frames=np.stack(frames),
        faces=corners.reshape(-1, 3),
        fps=scene.render.fps / scene.render.fps_base,
        ends=[scene.frame_start, scene.frame_end],
        packed=[image.name for image in bpy.data.images if image.packed_file],
        names=[thing.name, thing.data.name, *(key.name for key in thing.data.shape_keys.key_blocks)],
    )


if __name__ == "__main__":
    name, count, rate, out = sys.argv[sys.argv.index("--") + 1 :]
    main(Path(name), int(count), float(rate), Path(out))
