"""What a job shows before it is done: the masks it took, and the anchor frame's mesh."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Meter
from actionmesh_wrapper.export import write_mesh
from actionmesh_wrapper.storage import Delivery

ANCHOR_MESH = "anchor_mesh"


class Early:
    """A `Show` that keeps the masks for the export, and shares the anchor's mesh at once.

    Args:
        folder: an existing folder for the file.
        delivery: shares it, where it can.
        meter: tells its address with all progress from then on.
        facts: become the file's extras.

    Attributes:
        taken: the masks, (T, H, W) uint8; None until there are some.
    """

    def __init__(self, folder: Path, delivery: Delivery, meter: Meter, facts: Mapping[str, object]) -> None:
        self._folder, self._delivery, self._meter, self._facts = folder, delivery, meter, facts
        self.taken: NDArray[np.uint8] | None = None

    def masks(self, masks: NDArray[np.uint8]) -> None:
        """Keeps the masks."""
        self.taken = masks

    def anchor(self, mesh: Animation) -> None:
        """Writes ``anchor_mesh.glb``, and tells where it is if the storage can share it now.

        Raises:
            ExportFailed: if it could not be written.
        """
        file = write_mesh(mesh, self._folder / f"{ANCHOR_MESH}.glb", extras=self._facts)
        if url := self._delivery.share(file):
            self._meter.announce(ANCHOR_MESH, url)
