"""The kinds of output: one row a kind.

Derived from the rows are the choices of a request, the fields of a result, the names and media types of
files, what an archive holds and says of them, the docs' table and the page's list of files. A new kind is a
row here, its writer, and the writer's test.
"""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import PurePath

from actionmesh_wrapper.contract.output_kind import OutputFile, OutputKind

JSON = "application/json"
GLB = "model/gltf-binary"
ANY = "application/octet-stream"  # of a format without a registered media type

KINDS = (
    OutputKind(
        name="animated_mesh",
        about="one GLB that plays",
        files=(
            OutputFile(
                "animated_mesh.glb",
                "animated_mesh",
                GLB,
                "Animated mesh",
                "the moving mesh, with a morph target per frame and an animation that plays them",
                always=True,
            ),
        ),
        writer="actionmesh_wrapper.export.animated:write",
        priority=1,
        is_default=True,
        is_archived=True,
    ),
    OutputKind(
        name="rig",
        about="the animation by bones, for game engines and for editing",
        files=(
            OutputFile(
                "rigged_mesh.glb",
                "rigged_mesh",
                GLB,
                "Rigged mesh",
                "the moving mesh as a skin over joints, with an animation that moves these",
                opening="Import it as glTF 2.0: Blender makes an armature and an action.",
            ),
        ),
        writer="actionmesh_wrapper.export.rig:write",
        priority=3,
    ),
    OutputKind(
        name="usdz",
        about="the animation for Apple's and USD's tools",
        files=(
            OutputFile(
                "animated_mesh.usdz",
                "usdz",
                "model/vnd.usdz+zip",
                "Animated mesh, USDZ",
                "the moving mesh for Apple's Quick Look and for tools that speak USD",
                opening="Blender 5.0: File > Import > Universal Scene Description. iPhone, Mac: Quick Look.",
            ),
        ),
        writer="actionmesh_wrapper.export.usdz:write",
        priority=4,
    ),
    OutputKind(
        name="alembic",
        about="a cache of exact points for Maya, Houdini, Blender and Unreal",
        files=(
            OutputFile(
                "animated_mesh.abc",
                "alembic",
                ANY,
                "Animated mesh, Alembic",
                "the moving mesh as an Alembic cache, exact at every frame, with uv and no texture",
                opening="Blender 4.5: File > Import > Alembic. Debian's Blender is built without Alembic.",
            ),
        ),
        writer="actionmesh_wrapper.export.alembic:write",
        priority=5,
    ),
    OutputKind(
        name="fbx",
        about="for Unity, Unreal and Maya, by a worker with Blender",
        files=(
            OutputFile(
                "animated_mesh.fbx",
                "fbx",
                ANY,
                "Animated mesh, FBX",
                "the moving mesh as Blender's FBX exporter writes it, its picture inside",
                opening="Blender: File > Import > FBX.",
            ),
        ),
        writer="actionmesh_wrapper.export.fbx:write",
        priority=6,
    ),
    OutputKind(
        name="blender",
        about="a .blend, and the GLB of Blender's own exporter",
        files=(
            OutputFile(
                "animated_mesh.blend",
                "blender",
                "application/x-blender",
                "Blender",
                "the moving mesh as a Blender project, its picture packed",
                opening="Blender: File > Open.",
            ),
            OutputFile(
                "animated_mesh_blender.glb",
                "blender",
                GLB,
                "Blender",
                "the moving mesh as Blender's own exporter writes it",
            ),
        ),
        writer="actionmesh_wrapper.export.blender:write",
        priority=11,
        option="blender_export",
    ),
    OutputKind(
        name="meshes",
        about="a GLB per frame",
        files=(
            OutputFile(
                "mesh_???.glb",
                "meshes",
                GLB,
                "A mesh per frame",
                "one still mesh per frame, all in one vertex order",
                always=True,
            ),
        ),
        writer="actionmesh_wrapper.export.meshes:write",
        priority=8,
        is_default=True,
        is_archived=True,
    ),
    OutputKind(
        name="obj",
        about="a zip of an OBJ per frame, for tools that read nothing else",
        files=(
            OutputFile(
                "obj_sequence.zip",
                "obj",
                "application/zip",
                "OBJ sequence",
                "one still OBJ per frame, mesh_000.obj and so on, in one vertex order, with the texture once",
                opening="Unpack it; each OBJ opens alone.",
            ),
        ),
        writer="actionmesh_wrapper.export.obj:write",
        priority=9,
    ),
    OutputKind(
        name="preview",
        about="a video, a loop and a picture to look at first",
        files=(
            OutputFile(
                "preview.mp4",
                "preview",
                "video/mp4",
                "Preview video",
                "the input beside the mesh, from several sides",
                always=True,
            ),
            OutputFile(
                "preview.webp",
                "preview_webp",
                "image/webp",
                "Preview loop",
                "a small loop of the mesh as the camera moves about it, made with preview",
            ),
            OutputFile(
                "poster.png",
                "poster",
                "image/png",
                "Poster",
                "the mesh at its clearest, in one picture, made with preview",
            ),
        ),
        writer="actionmesh_wrapper.preview:write",
        priority=2,
        stage="preview",
        needs_clip=True,
        is_default=True,
        is_archived=True,
    ),
    OutputKind(
        name="masks",
        about="a PNG per frame: the subject; alone, they are all that is made, in seconds",
        files=(
            OutputFile(
                "mask_???.png",
                "masks",
                "image/png",
                "Masks",
                "one picture per frame, white on what was taken for the subject",
            ),
            OutputFile(
                "masks_preview.jpg",
                "masks_preview",
                "image/jpeg",
                "Masks at a glance",
                "all frames on one sheet, with the subject's outline, made with masks, and wherever a job "
                "warns that the outline is in doubt",
            ),
        ),
        writer="actionmesh_wrapper.export.masks:write",
        priority=10,
        needs_mesh=False,
        needs_clip=True,
        doubt_writer="actionmesh_wrapper.export.masks:write_sheet_alone",
    ),
    OutputKind(
        name="archive",
        about="zip of all",
        files=(
            OutputFile(
                "archive.zip",
                "archive",
                "application/zip",
                "Archive",
                "all of the above, with a manifest and a note",
                always=True,
            ),
        ),
        writer="actionmesh_wrapper.export.archive:write",
        priority=7,
        stage="preview",
    ),
)
"""In the order in which people want them, and in which they are written: the archive holds the others."""

FILES = tuple(file for kind in KINDS for file in kind.files)
CHOICES = tuple(kind.name for kind in KINDS if kind.option is None)
DEFAULTS = tuple(kind.name for kind in KINDS if kind.is_default)

_MEDIA_TYPES = {".json": JSON} | {PurePath(file.pattern).suffix: file.media_type for file in FILES}


def fields() -> dict[str, list[OutputFile]]:
    """The fields of a result's ``files`` with the files that each may hold, in order."""
    by_field: dict[str, list[OutputFile]] = {}
    for file in FILES:
        by_field.setdefault(file.field, []).append(file)
    return by_field


def holds_many(files: Sequence[OutputFile]) -> bool:
    """Whether a field of these files is a list."""
    return len(files) > 1 or files[0].is_many


def file_of(name: str) -> OutputFile | None:
    """The row of a file's name; None of a name that no kind has."""
    return next((file for file in FILES if fnmatchcase(name, file.pattern)), None)


def media_type(name: str) -> str:
    """The media type of a file by its name's ending; ``application/octet-stream`` for any other."""
    return _MEDIA_TYPES.get(PurePath(name).suffix, "application/octet-stream")
