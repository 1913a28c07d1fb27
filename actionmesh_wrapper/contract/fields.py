"""The types of the request's fields: what they allow, and in which words the rest is refused."""

from enum import Enum, auto
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from actionmesh_wrapper.contract import outputs as kinds
from actionmesh_wrapper.contract.engines import MAX_FRAMES, MIN_FRAMES, defaults_in_words, knobs_called

T = TypeVar("T")


class About(Enum):
    """What a field of the recipe is about: where a job has no such thing, the field has no effect."""

    CLIP = auto()
    MAKING = auto()  # the mesh and its motion
    MESH_FILES = auto()


OfClip = Annotated[T, About.CLIP]
OfMaking = Annotated[T, About.MAKING]
OfMeshFiles = Annotated[T, About.MESH_FILES]

Masks = Literal["auto", "alpha", "rmbg", "sam2"]
Texture = Literal["auto", "video", "none"]
TextureSize = Literal[1024, 2048]
if TYPE_CHECKING:
    Output = str
else:
    Output = Literal[kinds.CHOICES]

# JSON knows numbers from strings and booleans, so the schema does too.
Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict()]
Url = Annotated[AnyHttpUrl, Field(max_length=8192)]
Relative = Annotated[Number, Field(ge=0, le=1)]


def _has_an_area(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = box
    if x0 >= x1 or y0 >= y1:
        raise ValueError("must have x0 < x1 and y0 < y1")
    return box


def _not_empty(items: T) -> T:
    if not items:
        raise ValueError("name at least one")
    return items


def _as_one_problem(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    try:
        return check(value)
    except ValidationError:  # of which there is one for each of what it may be
        raise ValueError(f"must be a whole number from {MIN_FRAMES} to {MAX_FRAMES}, or auto") from None


NumFrames = Annotated[
    Annotated[Whole, Field(ge=MIN_FRAMES, le=MAX_FRAMES)] | Literal["auto"], WrapValidator(_as_one_problem)
]
Outputs = Annotated[tuple[Output, ...], Field(max_length=32), AfterValidator(_not_empty)]
Box = Annotated[tuple[Relative, Relative, Relative, Relative], AfterValidator(_has_an_area)]
Points = Annotated[
    tuple[tuple[Relative, Relative, bool], ...], Field(max_length=32), AfterValidator(_not_empty)
]


def knob(name: str, description: str, *, default: Any = None) -> Any:
    """A field with the bounds of the engines' knob of its name; unset it means the engine's own default."""
    knobs = knobs_called(name).values()
    if default is None:
        description = f"{description} Null is {defaults_in_words(name)}."
    return Field(
        default,
        ge=min(knob.least for knob in knobs),
        le=max(knob.most for knob in knobs),
        description=description,
    )


class Frozen(BaseModel):
    """A schema whose values do not change, that refuses unknown fields, NaN and infinities."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
