"""Those properties of a glTF document that the reader uses, as frozen schemas; all others are ignored.

Source: Khronos, glTF 2.0 Specification, section 5 (properties reference).
"""

from collections.abc import Container, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.mesh_file.extensions import check_required

T = TypeVar("T")

MAX_ATTRIBUTES = 64  # of a primitive

_NONE = -1  # an index that some exporters write for none
_ATTRIBUTES = ("POSITION", "TEXCOORD_", "COLOR_0", "JOINTS_", "WEIGHTS_")  # that are read


def _read_attributes(attributes: object) -> object:
    """Those that are read and there; refuses too many before each is checked: wrong ones cost a kilobyte."""
    if not isinstance(attributes, dict):
        return attributes
    if len(attributes) > MAX_ATTRIBUTES:
        raise PydanticCustomError("too_many", "At most {most} are read", {"most": MAX_ATTRIBUTES})
    return {
        name: index for name, index in attributes.items() if name.startswith(_ATTRIBUTES) and index != _NONE
    }


def _present(index: object) -> object:
    """An index, or None for the -1 that stands for it."""
    return None if index == _NONE else index


def _within_one(value: float) -> float:
    """The number from 0 to 1 that is nearest; 1, the default, for NaN."""
    return min(max(value, 0.0), 1.0) if value == value else 1.0  # noqa: PLR0124 - NaN differs from itself


Index = Annotated[int, Field(ge=0)]
OptionalIndex = Annotated[Index | None, BeforeValidator(_present)]
Items = Annotated[list[T], Field(max_length=65_536, fail_fast=True)]
Share = Annotated[float, AfterValidator(_within_one)]
Vec2 = tuple[float, float]
Extensions = dict[str, Any]


class Property(BaseModel):
    """A part of a document."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)


class Buffer(Property):
    uri: str | None = None


class BufferView(Property):
    buffer: Index
    byte_offset: Index = 0
    byte_length: Index
    byte_stride: Index = 0  # which is none


class Accessor(Property):
    buffer_view: OptionalIndex = None
    byte_offset: Index = 0
    component_type: int = 0  # which is none
    normalized: bool = False
    count: Index
    type: str = ""
    sparse: Any = None  # a `Sparse` where it is read


class SparseIndices(Property):
    buffer_view: Index
    byte_offset: Index = 0
    component_type: int


class SparseValues(Property):
    buffer_view: Index
    byte_offset: Index = 0


class Sparse(Property):
    """An accessor's elements that differ from those stored in full."""

    count: Index
    indices: SparseIndices
    values: SparseValues


class Primitive(Property):
    attributes: Annotated[dict[str, Index], BeforeValidator(_read_attributes)]
    indices: OptionalIndex = None
    material: OptionalIndex = None
    mode: int = Field(4, ge=0, le=6)
    targets: Items[Any] = []


class Mesh(Property):
    primitives: Items[Primitive]


class Node(Property):
    children: Items[Index] = []
    mesh: OptionalIndex = None
    skin: OptionalIndex = None
    matrix: Annotated[list[float], Field(min_length=16, max_length=16)] | None = None
    translation: tuple[float, float, float] = (0, 0, 0)
    rotation: tuple[float, float, float, float] = (0, 0, 0, 1)
    scale: tuple[float, float, float] = (1, 1, 1)
    extensions: Extensions = {}


class NodeVisibility(Property):
    """KHR_node_visibility."""

    visible: bool = True


class Skin(Property):
    joints: Items[Index]
    inverse_bind_matrices: OptionalIndex = None


class Scene(Property):
    nodes: Items[Index] = []


class TextureTransform(Property):
    """KHR_texture_transform."""

    offset: Vec2 = (0, 0)
    rotation: float = 0
    scale: Vec2 = (1, 1)
    tex_coord: Index | None = None


class TextureInfo(Property):
    index: OptionalIndex = None
    tex_coord: Index = 0
    extensions: Extensions = {}


class MetallicRoughness(Property):
    base_color_texture: TextureInfo | None = None
    base_color_factor: Annotated[list[Share], Field(min_length=3, max_length=4)] = [1, 1, 1]


class Material(Property):
    pbr_metallic_roughness: MetallicRoughness = MetallicRoughness()
    extensions: Extensions = {}


class Texture(Property):
    source: OptionalIndex = None
    extensions: Extensions = {}


class Image(Property):
    buffer_view: OptionalIndex = None
    uri: str | None = None


class _Requirements(Property):
    extensions_required: Items[str] = []


class Document(Property):
    """The document's root object."""

    scene: OptionalIndex = None
    scenes: Items[Scene] = []
    nodes: Items[Node] = []
    meshes: Items[Mesh] = []
    skins: Items[Skin] = []
    animations: Items[Any] = []
    materials: Items[Material] = []
    textures: Items[Texture] = []
    images: Items[Image] = []
    accessors: Items[Accessor] = []
    buffer_views: Items[BufferView] = []
    buffers: Items[Buffer] = []


P = TypeVar("P", bound=Property)


def parse(data: object, *, also_read: Container[str] = ()) -> Document:
    """Checks a decoded document.

    Args:
        data: decoded JSON, of any shape.
        also_read: extensions that it may require beside those that every reader knows.

    Raises:
        NotAMesh: if it breaks the schema, is compressed, or requires an extension that is not read.
    """
    if isinstance(data, dict):  # what is required first: it may be why the rest breaks the schema
        required = parse_property(_Requirements, data).extensions_required
        check_required(name for name in required if name not in also_read)
    return parse_property(Document, data)


def parse_property(schema: type[P], data: object) -> P:
    """Checks a property of a document, such as the content of an extension.

    Raises:
        NotAMesh: naming the first property that is wrong.
    """
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(step) for step in first["loc"])[:100] or "the document"
        what = "Input should be an object" if first["type"] == "model_type" else first["msg"]
        raise NotAMesh(f"The mesh is no glTF 2.0: {where}: {what}.") from None


def at(items: Sequence[T], index: int) -> T:
    """The item at an index that stands in the document.

    Raises:
        NotAMesh: if there is none.
    """
    if index >= len(items):
        raise NotAMesh("The mesh's file is broken: it refers to a part of itself that is not there.")
    return items[index]
