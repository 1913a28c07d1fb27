"""The profiles of ``animated_mesh.glb``: what each is, what opens it, and what they were called before."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator

from actionmesh_wrapper.data.writing import Profile


@dataclass(frozen=True)
class ProfileFacts:
    """What is known of a profile.

    Attributes:
        about: what it is, in a few words.
        extensions: of glTF, that a tool must know.
        opened: the tools that showed every vertex at every key in its place, by ``bench/open_in.py``.
    """

    about: str
    extensions: tuple[str, ...]
    opened: tuple[str, ...]

    @property
    def tools(self) -> list[str]:
        """Those tools, each once and without its version."""
        return list(dict.fromkeys(name.rpartition(" ")[0] for name in self.opened))


_WEB = ("three.js 0.187.0", "Babylon.js 9.35.0", "glTF-Transform 4.5.1")
_QUANTIZED = (*_WEB, "Blender 3.4.1", "Blender 5.0.1", "Godot 3.2.3")

PROFILES: dict[Profile, ProfileFacts] = {
    "standard": ProfileFacts(
        about="32-bit numbers, needs no extension",
        extensions=(),
        opened=(*_QUANTIZED, "Assimp 5.2.4", "Assimp 6.0.5", "VTK 9.7.2"),
    ),
    "quantized": ProfileFacts(
        about="16-bit numbers, half the size",
        extensions=("KHR_mesh_quantization",),
        opened=_QUANTIZED,
    ),
    "compact": ProfileFacts(
        about="compressed with meshopt, a quarter of the size or less",
        extensions=("KHR_mesh_quantization", "EXT_meshopt_compression"),
        opened=_WEB,
    ),
}
"""The one that most tools open first; each is smaller than the one before."""

FORMER: dict[str, Profile] = {"exact": "standard", "default": "quantized"}
"""Names of an earlier time, deprecated."""


def _by_todays_name(name: Any) -> Any:
    return FORMER.get(name, name) if isinstance(name, str) else name


ProfileName = Annotated[Profile, BeforeValidator(_by_todays_name)]
"""A profile in a request or a result, which may be an old one."""
