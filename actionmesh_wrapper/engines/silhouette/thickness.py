"""How thick the surface is in every frame: as each frame's own shape, inflated, would have it."""

from collections.abc import Sequence

import numpy as np

from actionmesh_wrapper.engines.arrays import Floats
from actionmesh_wrapper.engines.silhouette.arrays import averaging, sample
from actionmesh_wrapper.engines.silhouette.cage import Cage
from actionmesh_wrapper.engines.silhouette.inflate import inflate
from actionmesh_wrapper.engines.silhouette.outline import Shape

BOUNDS = (0.6, 1.6)  # of the anchor's thickness
FLOOR = (
    4.0  # crop pixels added to both half thicknesses: near the rim the ratio of two small ones says nothing
)
COARSENESS = 4  # crop pixels
SMOOTHING_STEPS = 40  # over the cage, so about 4 of its spacings: limbs that cross do not swell


def thickness_of(nodes: Floats, cage: Cage, shapes: Sequence[Shape], anchor: int) -> Floats:
    """The thickness at the cage's nodes, relative to the anchor's.

    Args:
        nodes: (T, N, 2) crop pixels.
        cage: in the anchor frame.
        shapes: T shapes.
        anchor: index of the anchor frame.

    Returns:
        (T, N) float64 within `BOUNDS`, smooth over the cage; 1 in the anchor frame.
    """
    films = (inflate(shape.mask, shape.distance, coarseness=COARSENESS) for shape in shapes)
    half = np.stack(
        [np.sqrt(np.maximum(sample(film, at), 0.0)) for film, at in zip(films, nodes, strict=True)]
    )
    ratio = np.log((half + FLOOR) / (half[anchor] + FLOOR))
    average = averaging(np.concatenate([cage.edges, cage.edges[:, ::-1]]), len(cage.nodes))
    for _ in range(SMOOTHING_STEPS):
        ratio = (ratio + ratio @ average.T) / 2
    relative: Floats = np.clip(np.exp(ratio), *BOUNDS)
    return relative
