"""Those properties of a glTF document that the reader uses, as frozen schemas; all others are ignored.

Source: Khronos, glTF 2.0 Specification, section 5 (properties reference).
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from actionmesh_wrapper.errors import NotAMesh

T = TypeVar("T")

MAX_ATTRIBUTES = 64  # of a primitive


def _limit_attributes(attributes: object) -> object:
    """Refuses too many before each is checked: every wrong one would cost a kilobyte."""
    if isinstance(attributes, dict) and len(attributes) > MAX_ATTRIBUTES:
        raise PydanticCustomError("too_many", "At most {most} are read", {"most": MAX_ATTRIBUTES})
    return attributes


Index = Annotated[int, Field(ge=0)]
Items = Annotated[list[T], Field(max_length=65_536, fail_fast=True)]
ZeroToOne = Annotated[float, Field(ge=0, le=1)]
Vec2 = tuple[float, float]
Extensions = dict[str, Any]

COMPRESSIONS = ("KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression")
TRANSFORM, WEBP = "KHR_texture_transform", "EXT_texture_webp"
_SUPPORTED = {"KHR_mesh_quantization", TRANSFORM, WEBP}
_MATERIAL_PREFIX = "KHR_materials_"  # these change how a surface shines, not its shape


class _Property(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, allow_inf_nan=False)


class Buffer(_Property):
    uri: str | None = None


class BufferView(_Property):
    buffer: Index
    byte_offset: Index = 0
    byte_length: Index
    byte_stride: int | None = Field(None, ge=4, le=252)


class Accessor(_Property):
    buffer_view: Index | None = None
    byte_offset: Index = 0
    component_type: Literal[5120, 5121, 5122, 5123, 5125, 5126]
    normalized: bool = False
    count: int = Field(ge=1)
    type: Literal["SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4"]
    sparse: Any = None


class Primitive(_Property):
    attributes: Annotated[dict[str, Index], BeforeValidator(_limit_attributes)]
    indices: Index | None = None
    material: Index | None = None
    mode: int = Field(4, ge=0, le=6)
    targets: Items[Any] = []


class Mesh(_Property):
    primitives: Items[Primitive]


class Node(_Property):
    children: Items[Index] = []
    mesh: Index | None = None
    skin: Index | None = None
    matrix: Annotated[list[float], Field(min_length=16, max_length=16)] | None = None
    translation: tuple[float, float, float] = (0, 0, 0)
    rotation: tuple[float, float, float, float] = (0, 0, 0, 1)
    scale: tuple[float, float, float] = (1, 1, 1)


class Skin(_Property):
    joints: Items[Index]
    inverse_bind_matrices: Index | None = None


class Scene(_Property):
    nodes: Items[Index] = []


class TextureTransform(_Property):
    """KHR_texture_transform."""

    offset: Vec2 = (0, 0)
    rotation: float = 0
    scale: Vec2 = (1, 1)
    tex_coord: Index | None = None


class TextureInfo(_Property):
    index: Index
    tex_coord: Index = 0
    extensions: Extensions = {}


class MetallicRoughness(_Property):
    base_color_texture: TextureInfo | None = None
    base_color_factor: tuple[ZeroToOne, ZeroToOne, ZeroToOne, ZeroToOne] = (1, 1, 1, 1)


class Material(_Property):
    pbr_metallic_roughness: MetallicRoughness = MetallicRoughness()
    extensions: Extensions = {}


class Texture(_Property):
    source: Index | None = None
    extensions: Extensions = {}


class Image(_Property):
    buffer_view: Index | None = None


class Document(_Property):
    """The document's root object."""

    extensions_required: Items[str] = []
    scene: Index | None = None
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


P = TypeVar("P", bound=_Property)


def parse(data: object) -> Document:
    """Checks a decoded document.

    Raises:
        NotAMesh: if it breaks the schema, is compressed, or requires an extension that is not supported.
    """
    document = parse_property(Document, data)
    required = set(document.extensions_required)
    for name in COMPRESSIONS:
        if name in required:
            raise NotAMesh(f"The mesh is compressed with {name}; export it without compression.")
    if any(name not in _SUPPORTED and not name.startswith(_MATERIAL_PREFIX) for name in required):
        raise NotAMesh("The mesh requires a glTF extension that is not read; export it without extensions.")
    return document


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
        raise NotAMesh(f"The mesh is no glTF 2.0: {where}: {first['msg']}.") from None


def at(items: Sequence[T], index: int) -> T:
    """The item at an index that stands in the document.

    Raises:
        NotAMesh: if there is none.
    """
    if index >= len(items):
        raise NotAMesh("The mesh's file is broken: it refers to a part of itself that is not there.")
    return items[index]
