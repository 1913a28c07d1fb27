"""What a job has before it is done: masks, the anchor frame's mesh, its charts, the animation as it grows."""

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Listener, Meter, Warn
from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export import write_mesh, write_some_keys
from actionmesh_wrapper.storage import Delivery
from actionmesh_wrapper.storage.manifest import ANCHOR_MESH, SO_FAR
from actionmesh_wrapper.texture import ahead
from actionmesh_wrapper.texture.unwrap import Unwrapping

log = logging.getLogger(__name__)

TIMES = 4  # that what is there of an animation is shared after the first time, at most


class EarlyResults:
    """Keeps the masks for the export, and shares the anchor's mesh at once and the animation as it grows.

    The animation is written and shared in a thread, beside the engine: ``with`` waits for its end. So is the
    anchor's mesh laid flat for its colours, which ``with`` ends.

    Args:
        folder: an existing folder for the files.
        delivery: shares them, where it can.
        meter: tells their addresses with all progress from then on.
        extras: of the files.
        keys: that the animation will have.
        recipe: which says whether the mesh is to have the film's colours.

    Attributes:
        masks: of the subject, (T, H, W) uint8; None until there are some.
        unwrapping: of the anchor's mesh; None until there is one, and where it gets no colours.
    """

    def __init__(
        self,
        folder: Path,
        delivery: Delivery,
        meter: Meter,
        extras: Mapping[str, object],
        *,
        keys: int,
        recipe: Recipe,
    ) -> None:
        self._folder, self._delivery, self._meter, self._extras = folder, delivery, meter, extras
        self._keys, self._shared, self._recipe = keys, 0, recipe
        self._can_share = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="early")
        self._sharing: Future[None] | None = None
        self.masks: NDArray[np.uint8] | None = None
        self.unwrapping: Unwrapping | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.unwrapping:
            self.unwrapping.close()
        self._thread.shutdown()

    def listener(self, warn: Warn) -> Listener:
        """Listens to an engine."""
        shared = self._share_anchor, self._share_so_far
        return Listener(self._meter, warn, self._keep_masks, *shared, self._meter.waited)

    def _keep_masks(self, masks: NDArray[np.uint8]) -> None:
        self.masks = masks

    def _share_anchor(self, mesh: Animation) -> None:
        """Writes ``anchor_mesh.glb``, and tells where it is if the storage can share it now."""
        if self.unwrapping is None:
            self.unwrapping = ahead(mesh, self._recipe)
        file = write_mesh(mesh, self._folder / ANCHOR_MESH, extras=self._extras)
        if url := self._delivery.share(file):
            self._can_share = True
            self._meter.announce(file.stem, url)

    def _share_so_far(self, animation: Animation, keys: Sequence[int]) -> None:
        """Shares the keys that are there, if they are many more than at the last time, and that is over."""
        if not self._can_share or (self._sharing is not None and not self._sharing.done()):
            return
        if self._shared and len(keys) - self._shared < self._keys / (TIMES + 1):
            return
        self._shared = len(keys)
        self._sharing = self._thread.submit(copy_context().run, self._write_so_far, animation, list(keys))

    def _write_so_far(self, animation: Animation, keys: Sequence[int]) -> None:
        """Each time a file of its own: a link that was given out leads to the bytes that it led to.

        A file that could not be written is no reason to lose the job.
        """
        extras = {name: value for name, value in self._extras.items() if name != "source_timestamps_s"}
        path = self._folder / SO_FAR.replace("*", f"{len(keys):03d}")
        try:
            write_some_keys(animation, keys, path, extras=extras)
        except ExportFailed:
            log.warning("the animation so far could not be shared", exc_info=True)
            return
        if url := self._delivery.share(path):
            self._meter.announce("animated_mesh", url)
