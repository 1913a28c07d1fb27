"""The animation as a rigged mesh: a skin over joints in a tree, with correctives; needs py-dem-bones."""

from actionmesh_wrapper.contract.result import RiggedMeshInfo
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.data.writing import WriteJob, Written
from actionmesh_wrapper.export.program import made_or_left_out
from actionmesh_wrapper.export.rig.file import write_rig
from actionmesh_wrapper.export.rig.model import Rig
from actionmesh_wrapper.export.rig.solver import dem_bones_is_installed, solve_rig

__all__ = ["Rig", "dem_bones_is_installed", "solve_rig", "write", "write_rig"]

MOST_P99 = 0.02  # of the diagonal: a rig whose 99th percentile is farther off is not handed out


def write(job: WriteJob) -> Written:
    """Writes the kind ``rig``, ``rigged_mesh.glb``.

    It is left out, with a warning, where py-dem-bones is missing, the solver fails, or the motion is none
    that a skin could carry.
    """
    if not dem_bones_is_installed():
        job.warn(Notice("PROGRAM_MISSING", "rig was not made: this worker lacks py-dem-bones."))
        return Written()
    rig = made_or_left_out(
        job,
        lambda tick: solve_rig(job.animation, job.folder, tick=tick),
        lambda error: Notice("OUTPUT_LEFT_OUT", f"{error.message} rig is left out."),
    )
    if rig is None:
        return Written()
    if rig.p99 > MOST_P99:
        off = f"1 % of the surface would be more than {100 * rig.p99:.1f} % of the mesh's size out of place"
        job.warn(Notice("OUTPUT_LEFT_OUT", f"rig was not made: bones cannot carry this motion, {off}."))
        return Written()
    path = write_rig(rig, job.animation, job.folder / "rigged_mesh.glb", extras=job.extras, film=job.film)
    info = RiggedMeshInfo(
        bones=len(rig.skeleton.names),
        correctives=len(rig.targets),
        rms=_rounded(rig.rms),
        p99=_rounded(rig.p99),
        max=_rounded(rig.max),
    )
    return Written((path,), {"rigged_mesh_info": info})


def _rounded(error: float) -> float:
    return float(f"{error:.3g}")
