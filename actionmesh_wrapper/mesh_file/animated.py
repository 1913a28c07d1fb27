"""An ``animated_mesh.glb`` of an earlier result, in any profile → the `Animation` that it was made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, FiniteFloat

from actionmesh_wrapper.contract.engines import Mode
from actionmesh_wrapper.contract.recipe import MAX_SEED
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmView
from actionmesh_wrapper.data.progress import StageStep, Warn
from actionmesh_wrapper.errors import NotAMesh, TooLarge
from actionmesh_wrapper.gltf import unpack
from actionmesh_wrapper.mesh_file import LARGEST, check_surface, motion
from actionmesh_wrapper.mesh_file import document as gltf
from actionmesh_wrapper.mesh_file.accessors import Accessors
from actionmesh_wrapper.mesh_file.document import Extensions, Index, Items, OptionalIndex, Property
from actionmesh_wrapper.mesh_file.extensions import MESHOPT, UNLIT
from actionmesh_wrapper.mesh_file.film import FilmNode, Lens, film_of
from actionmesh_wrapper.mesh_file.meshopt import decode_attributes, decode_triangles
from actionmesh_wrapper.mesh_file.nodes import node_transforms
from actionmesh_wrapper.mesh_file.submeshes import Submesh, read_submeshes
from actionmesh_wrapper.mesh_file.texture import colours_of

MOST = 500_000  # vertices, and faces: more than an engine makes when asked for the most, and its seams
_MOST_ELEMENTS = 3 * MOST  # of a compressed view
_MOST_STRIDE = 8  # bytes of its elements: positions as int16, padded


class Making(Property):
    """What the file says of how it was made: extras, whose names are as they stand here."""

    model_config = ConfigDict(alias_generator=None)

    engine: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    mode: Mode
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)]
    source_timestamps_s: Annotated[list[FiniteFloat], Field(max_length=1024, default_factory=list)]
    licence: Annotated[str, Field(max_length=1000)] = ""
    loops: bool = False
    anchor: Index = 0


class _Scene(Property):
    extras: Any = None


class _Compressed(Property):
    """EXT_meshopt_compression of a buffer view."""

    buffer: Index
    byte_offset: Index = 0
    byte_length: Index
    byte_stride: Annotated[int, Field(ge=1, le=_MOST_STRIDE)]
    count: Annotated[int, Field(ge=1, le=_MOST_ELEMENTS)]
    mode: str
    filter: Literal["NONE"] = "NONE"


class _View(Property):
    extensions: Extensions = Field(default_factory=dict)


class _Material(Property):
    extensions: Extensions = Field(default_factory=dict)


class _Attributes(Property):
    normal: Annotated[OptionalIndex, Field(alias="NORMAL")] = None


class _Primitive(Property):
    attributes: _Attributes = _Attributes()


class _Mesh(motion.MeshNames):
    primitives: Items[_Primitive] = Field(default_factory=list)


class _Parts(Property):
    """What is read of a document besides what it has of a still mesh."""

    scene: OptionalIndex = None
    scenes: Items[_Scene] = Field(default_factory=list)
    nodes: Items[FilmNode] = Field(default_factory=list)
    meshes: Items[_Mesh] = Field(default_factory=list)
    materials: Items[_Material] = Field(default_factory=list)
    cameras: Items[Lens] = Field(default_factory=list)
    buffer_views: Items[_View] = Field(default_factory=list)
    animations: Items[Any] = Field(default_factory=list)


@dataclass(frozen=True, eq=False)
class StoredAnimation:
    """What the file holds.

    Attributes:
        animation: every frame, those too of which the file has no key.
        making: how it was made, as the file says.
        film: the camera that filmed the clip, where the file has it.
    """

    animation: Animation
    making: Making
    film: FilmView | None

    @property
    def extras(self) -> Mapping[str, object]:
        """What is said of its making in the files that are made of it, as in itself."""
        return {name: value for name, value in self.making.model_dump().items() if value or name == "seed"}


def read_animation(
    path: Path, *, warn: Warn = lambda _notice: None, step: StageStep = lambda _done, _of: None
) -> StoredAnimation:
    """Reads an ``animated_mesh.glb`` that a worker wrote, in the profile standard, quantized or compact.

    Vertices and faces come in the file's order. Positions are as exact as the profile has them; a frame that
    was left out as a key lies on the straight way between its neighbours.

    Args:
        path: the file, of any origin.
        warn: takes a notice of colours that are not kept, which none has as a worker wrote it.
        step: is called many times a second, with 0 of 1 until all is read; may raise `Cancelled`.

    Raises:
        NotAMesh: if it is no GLB, a broken one, or none that a worker wrote.
        TooLarge: if it has more than is taken.
    """
    alive = partial(step, 0, 1)
    alive()
    tree, binary = unpack(path.read_bytes())
    document = gltf.parse(tree, also_read={MESHOPT})
    parts = gltf.parse_property(_Parts, tree)
    accessors = _Decompressing(document, binary, parts)
    with np.errstate(all="ignore"):  # numbers may be any; what they come to is checked
        submeshes = read_submeshes(document, accessors, alive, max_vertices=MOST, max_faces=MOST)
        if len(submeshes) != 1 or not parts.animations:
            raise motion.not_ours()
        making = _making_of(parts)
        animation = _animation_of(submeshes[0], parts, accessors, warn, alive)
        film = film_of(parts.nodes, parts.cameras)
    is_closed = np.array_equal(animation.vertices[0], animation.vertices[-1])
    anchor = making.anchor if making.anchor < animation.num_frames else 0
    step(1, 1)
    return StoredAnimation(replace(animation, anchor=anchor, loops=making.loops and is_closed), making, film)


def _making_of(parts: _Parts) -> Making:
    extras = gltf.at(parts.scenes, parts.scene or 0).extras
    try:
        return gltf.parse_property(Making, extras)
    except NotAMesh:
        raise NotAMesh(
            "The file is no animated_mesh.glb of an earlier result: it does not say which engine made it."
        ) from None


def _animation_of(
    submesh: Submesh, parts: _Parts, accessors: Accessors, warn: Warn, alive: Callable[[], None]
) -> Animation:
    """The mesh as it moves, with its colours."""
    document = accessors.document
    nodes = [index for index, node in enumerate(document.nodes) if node.mesh is not None]
    mesh = gltf.at(parts.meshes, document.nodes[nodes[0]].mesh or 0)
    if len(nodes) > 1 or len(mesh.primitives) > 1 or document.nodes[nodes[0]].skin is not None:
        raise motion.not_ours()
    frames = motion.frames_of(mesh)
    moves = gltf.parse_property(motion.Motion, parts.animations[0])
    vertices = motion.vertices_of(
        submesh.primitive,
        frames,
        base=submesh.vertices,
        linear=node_transforms(document)[nodes[0]][:3, :3],
        accessors=accessors,
        step=alive,
    )
    if not (np.abs(vertices) <= LARGEST).all():  # which NaN is not either
        raise NotAMesh(f"The mesh's positions must be finite and at most {LARGEST:g}.")
    check_surface(submesh.vertices, submesh.faces)
    colours = colours_of([submesh], document, accessors, warn, alive)
    made = Animation(vertices, submesh.faces.astype(np.int32), motion.fps_of(moves, frames, accessors))
    if (
        colours is None
        or submesh.primitive.material is None
        or "TEXCOORD_0" not in submesh.primitive.attributes
    ):
        return made
    normals = mesh.primitives[0].attributes.normal
    return replace(
        made,
        uv=colours.uv,
        texture=colours.texture,
        origin=None if normals is None else _origin(vertices, accessors.raw(normals, "VEC3")),
        unlit=UNLIT in gltf.at(parts.materials, submesh.primitive.material).extensions,
    )


def _origin(vertices: NDArray[np.float32], normals: NDArray[Any]) -> NDArray[np.int32] | None:
    """Which vertices are one at seams of the uv: those with one place at all keys, and one normal.

    Args:
        vertices: (T, V, 3).
        normals: (V, 3) of key 0, as stored.

    Returns:
        `Animation.origin`; None where no two are one.
    """
    count = vertices.shape[1]
    if len(normals) != count:
        raise motion.not_ours()
    both = np.column_stack([vertices[0], normals.astype(np.float32)])
    _, first, place = np.unique(both, axis=0, return_index=True, return_inverse=True)
    same = first[place.reshape(-1)]  # the first vertex like each
    for frame in vertices:
        apart = (frame[same] != frame).any(axis=1)
        same[apart] = np.flatnonzero(apart)
    own, origin = np.unique(same, return_inverse=True)
    return origin.reshape(-1).astype(np.int32) if len(own) < count else None


class _Decompressing(Accessors):
    """Accessors whose buffer views may be compressed by meshopt."""

    def __init__(self, document: gltf.Document, binary: memoryview, parts: _Parts) -> None:
        super().__init__(document, binary)
        self._parts = parts
        self._room = (motion.MAX_PLACES + _MOST_ELEMENTS) * _MOST_STRIDE  # bytes of all views that are read

    def view(self, index: int) -> memoryview:
        """A buffer view's bytes, decompressed."""
        extensions = gltf.at(self._parts.buffer_views, index).extensions
        if MESHOPT not in extensions:
            return super().view(index)
        packed = gltf.parse_property(_Compressed, extensions[MESHOPT])
        self._room -= packed.count * packed.byte_stride
        if self._room < 0:
            raise TooLarge("The animation is too large once it is decompressed.")
        data = self.bytes_at(packed.buffer, packed.byte_offset, packed.byte_length)
        if packed.mode == "ATTRIBUTES":
            return decode_attributes(data, packed.count, packed.byte_stride).data.cast("B")
        width = {2: np.uint16, 4: np.uint32}.get(packed.byte_stride)
        if packed.mode != "TRIANGLES" or width is None:
            raise motion.not_ours()
        indices = decode_triangles(data, packed.count)
        return indices.astype(width).data.cast("B")
