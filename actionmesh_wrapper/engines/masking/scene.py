"""A clip as masks are judged by it: small, with its optical flow, each made when it is first asked for."""

from functools import cached_property

from actionmesh_wrapper.engines.arrays import Bytes
from actionmesh_wrapper.engines.masking.classical.clip import Clip, shrink
from actionmesh_wrapper.engines.masking.classical.flow import Flow, find_flow


class Scene:
    """One clip.

    Args:
        rgb: (T, H, W, 3) uint8 sRGB.
    """

    def __init__(self, rgb: Bytes) -> None:
        self.rgb = rgb

    @cached_property
    def clip(self) -> Clip:
        """The clip at the size at which flow is measured."""
        return shrink(self.rgb)

    @cached_property
    def flow(self) -> Flow:
        """Its optical flow."""
        return find_flow(self.clip)
