"""An image segmenter of RMBG-1.4's kind and size, after the papers; RMBG's own code lies beside its weights.

IS-Net (Qin et al., 2022, "Highly Accurate Dichotomous Image Segmentation"): a stem, then U²-Net (Qin et al.,
2020): six stages down and five up, each of them a small U of residual blocks, with a map from each.
"""

import torch
from torch import nn
from torch.nn import functional

Stage = tuple[int, bool, int, int, int]
"""Levels of the small U, whether it widens its view instead of pooling; channels in, between, out."""

DOWN: tuple[Stage, ...] = (
    (7, False, 64, 32, 64),
    (6, False, 64, 32, 128),
    (5, False, 128, 64, 256),
    (4, False, 256, 128, 512),
    (4, True, 512, 256, 512),
    (4, True, 512, 256, 512),
)
UP: tuple[Stage, ...] = (
    (4, True, 1024, 256, 512),
    (4, False, 1024, 128, 256),
    (5, False, 512, 64, 128),
    (6, False, 256, 32, 64),
    (7, False, 128, 16, 64),
)


class Layer(nn.Sequential):  # type: ignore[misc]  # mypy has no PyTorch
    """Convolution, normalisation, rectification."""

    def __init__(self, inside: int, out: int, dilation: int = 1) -> None:
        convolution = nn.Conv2d(inside, out, 3, padding=dilation, dilation=dilation)
        super().__init__(convolution, nn.BatchNorm2d(out), nn.ReLU())


class SmallU(nn.Module):  # type: ignore[misc]
    """A residual U-block."""

    def __init__(self, levels: int, widens: bool, inside: int, between: int, out: int) -> None:
        super().__init__()
        self.pools = not widens
        views = [2**level if widens else 1 for level in range(levels)]
        views[-1] = views[-1] if widens else 2
        self.first = Layer(inside, out)
        self.down = nn.ModuleList(
            Layer(between if level else out, between, views[level]) for level in range(levels)
        )
        self.up = nn.ModuleList(
            Layer(2 * between, between if level else out, views[level])
            for level in reversed(range(levels - 1))
        )

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        first = moved = self.first(given)
        seen = []
        for level, layer in enumerate(self.down):
            if self.pools and 0 < level < len(self.down) - 1:
                moved = functional.max_pool2d(moved, 2, ceil_mode=True)
            moved = layer(moved)
            seen.append(moved)
        seen.pop()
        for layer in self.up:
            beside = seen.pop()
            moved = layer(torch.cat([_like(moved, beside), beside], dim=1))
        return first + moved


class Isnet(nn.Module):  # type: ignore[misc]
    """Answers as RMBG does: maps of each level, the finest first, then what they were made of."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 3, stride=2, padding=1)
        self.down = nn.ModuleList(SmallU(*stage) for stage in DOWN)
        self.up = nn.ModuleList(SmallU(*stage) for stage in UP)
        widths = [DOWN[-1][4], *(stage[4] for stage in UP)]
        self.sides = nn.ModuleList(nn.Conv2d(width, 1, 3, padding=1) for width in widths)

    def forward(self, picture: torch.Tensor) -> list[list[torch.Tensor]]:
        moved = self.stem(picture)
        seen = []
        for index, stage in enumerate(self.down):
            moved = stage(functional.max_pool2d(moved, 2, ceil_mode=True) if index else moved)
            seen.append(moved)
        made = [seen.pop()]
        for stage in self.up:
            beside = seen.pop()
            made.append(stage(torch.cat([_like(made[-1], beside), beside], dim=1)))
        maps = [_like(side(each), picture).sigmoid() for side, each in zip(self.sides, made, strict=True)]
        return [maps[::-1], made[::-1]]


def _like(tensor: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """Resized to the height and width of another."""
    return functional.interpolate(tensor, other.shape[2:], mode="bilinear", align_corners=False)
