"""What a job has before it is done: the masks that it took, and the anchor frame's mesh."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Listener, Meter, Warn
from actionmesh_wrapper.export import write_mesh
from actionmesh_wrapper.storage import Delivery
from actionmesh_wrapper.storage.manifest import ANCHOR_MESH


class EarlyResults:
    """Keeps the masks for the export, and shares the anchor's mesh at once.

    Args:
        folder: an existing folder for the file.
        delivery: shares it, where it can.
        meter: tells its address with all progress from then on.
        extras: of the file.

    Attributes:
        masks: of the subject, (T, H, W) uint8; None until there are some.
    """

    def __init__(self, folder: Path, delivery: Delivery, meter: Meter, extras: Mapping[str, object]) -> None:
        self._folder, self._delivery, self._meter, self._extras = folder, delivery, meter, extras
        self.masks: NDArray[np.uint8] | None = None

    def listener(self, warn: Warn) -> Listener:
        """Listens to an engine."""
        return Listener(self._meter, warn, self._keep_masks, self._share_anchor)

    def _keep_masks(self, masks: NDArray[np.uint8]) -> None:
        self.masks = masks

    def _share_anchor(self, mesh: Animation) -> None:
        """Writes ``anchor_mesh.glb``, and tells where it is if the storage can share it now."""
        file = write_mesh(mesh, self._folder / ANCHOR_MESH, extras=self._extras)
        if url := self._delivery.share(file):
            self._meter.announce(file.stem, url)
