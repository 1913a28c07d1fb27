"""The animation as FBX, by Blender's exporter: the rigged mesh where the job has one, else shape keys."""

from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.data.writing import WriteJob, Written
from actionmesh_wrapper.export.blender import written_by_blender

FBX = "animated_mesh.fbx"
RIGGED = "rigged_mesh.glb"


def write(job: WriteJob) -> Written:
    """Writes the kind ``fbx``; without Blender, or if it fails, it is left out with a warning."""
    rig = next((file for file in job.before.files if file.name == RIGGED), None)
    lacking = Notice("PROGRAM_MISSING", "fbx was not made: this worker lacks Blender.")
    return written_by_blender(job, (FBX,), lacking, "fbx is left out.", rig=rig)
