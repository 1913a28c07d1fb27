"""Several frames' views of a surface made one."""

from dataclasses import dataclass

import numpy as np

from actionmesh_wrapper.data.arrays import Singles
from actionmesh_wrapper.texture.visibility import Sight

POWER = 8  # of the weights: nearly the best view alone, so that nothing blurs
ANCHOR = 6.0  # times as much as any other: its frame gave the shape
GAINS = (0.8, 1.25)  # of a colour channel; light changes by less, or it is not light
CLEAR = 0.2  # weight above which colours are compared
ENOUGH = 64  # texels, to compare by


@dataclass(eq=False)
class Fusion:
    """What the frames so far show of N texels; `add` takes another.

    Attributes:
        colours: (N, 3) float32, sum of weighted colours.
        total: (N,) float32, sum of weights to the eighth power.
        weights: (N,) float32, the largest weight.
    """

    colours: Singles
    total: Singles
    weights: Singles
    _differences: float = 0.0
    _compared: int = 0

    @classmethod
    def of(cls, anchor: Sight) -> "Fusion":
        """The anchor's view alone."""
        power = ANCHOR * anchor.weights**POWER
        return cls(anchor.colours * power[:, None], power, anchor.weights.copy())

    def add(self, sight: Sight) -> None:
        """Adds another key's view, its light made that of the views before."""
        both = np.flatnonzero((sight.weights > CLEAR) & (self.weights > CLEAR))
        colours = sight.colours
        if len(both) >= ENOUGH:
            before = self.colours[both] / self.total[both, None]
            means = colours[both].mean(axis=0, dtype=np.float64)
            gain = np.clip(before.mean(axis=0, dtype=np.float64) / np.maximum(means, 1), *GAINS)
            colours = colours * gain.astype(np.float32)
            self._differences += float(np.abs(colours[both] - before).mean(axis=1, dtype=np.float64).sum())
            self._compared += len(both)
        power = sight.weights**POWER
        self.colours += colours * power[:, None]
        self.total += power
        np.maximum(self.weights, sight.weights, out=self.weights)

    @property
    def mean(self) -> Singles:
        """(N, 3) float32 sRGB, 0 where nothing was seen."""
        mean: Singles = self.colours / np.where(self.total > 0, self.total, 1)[:, None]
        return mean

    @property
    def disagreement(self) -> float:
        """Mean difference of colours, 0 to 255, where several views are clear."""
        return self._differences / max(self._compared, 1)
