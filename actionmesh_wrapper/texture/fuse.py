"""Several frames' views of a surface made one."""

import numpy as np

from actionmesh_wrapper.data.arrays import Singles
from actionmesh_wrapper.texture.visibility import Sight

POWER = 8  # of the weights: nearly the best view alone, so that nothing blurs
ANCHOR = 6.0  # times as much as any other: its frame gave the shape
GAINS = (0.8, 1.25)  # of a colour channel; light changes by less, or it is not light
CLEAR = 0.2  # weight above which colours are compared
ENOUGH = 64  # texels, to compare by


class Fusion:
    """What the frames so far show of a surface; `add` takes another, the anchor's first.

    Args:
        count: N, texels of the surface.

    Attributes:
        weights: (N,) float32, the largest weight of each.
    """

    def __init__(self, count: int) -> None:
        self.weights: Singles = np.zeros(count, np.float32)
        self._colours: Singles = np.zeros((count, 3), np.float32)
        self._total: Singles = np.zeros(count, np.float32)
        self._differences, self._compared, self._views = 0.0, 0, 0

    def add(self, sight: Sight) -> None:
        """Adds a key's view, its light made that of the views before."""
        where, colours = sight.texels, np.array(sight.colours)
        clear = np.flatnonzero((sight.weights > CLEAR) & (self.weights[where] > CLEAR))
        if len(clear) >= ENOUGH:
            before = self._colours[where[clear]] / self._total[where[clear], None]
            means = colours[clear].mean(axis=0, dtype=np.float64)
            gain = np.clip(before.mean(axis=0, dtype=np.float64) / np.maximum(means, 1), *GAINS)
            colours *= gain.astype(np.float32)
            differences = np.abs(colours[clear] - before).mean(axis=1, dtype=np.float64)
            self._differences += float(differences.sum())
            self._compared += len(clear)
        power = sight.weights**POWER * np.float32(1 if self._views else ANCHOR)
        self._colours[where] += colours * power[:, None]
        self._total[where] += power
        self.weights[where] = np.maximum(self.weights[where], sight.weights)
        self._views += 1

    @property
    def mean(self) -> Singles:
        """(N, 3) float32 sRGB, 0 where nothing was seen."""
        total = np.where(self._total > 0, self._total, np.float32(1))
        return np.asarray(self._colours / total[:, None], np.float32)

    @property
    def disagreement(self) -> float:
        """Mean difference of colours, 0 to 255, where several views are clear."""
        return self._differences / max(self._compared, 1)
