"""Which faces may show behind others, by a coarse map of the depth so far (after Greene's hierarchical z)."""

from actionmesh_wrapper.preview.arrays import Array, Arrays

TILE = 8  # pixels along each side
SURE = 1e-5  # relative difference in depth that rounding can't make


def may_be_seen(xp: Arrays, inverse_depth: Array, points: Array, faces: Array) -> Array:
    """Leaves out faces that lie behind what is drawn; most that do are found, and no others.

    Args:
        xp: the arrays' library.
        inverse_depth: (H, S, W) float32 of the picture so far, S samples a pixel; 0 where there is nothing.
        points: (3, V) float64, see `rasterise.rasterise`.
        faces: (3, F) int64.

    Returns:
        The faces that remain, (N,) int64.
    """
    height, _, width = inverse_depth.shape
    down, across = height // TILE, width // TILE
    if not down or not across:
        return xp.arange(faces.shape[1])
    farthest = xp.least(inverse_depth, 1)[: down * TILE, : across * TILE]
    tiles = xp.least(xp.least(farthest.reshape(down, TILE, across, TILE), 3), 1).reshape(-1)
    corners = xp.take(points, faces)
    low, high = xp.least(corners, 1), xp.most(corners, 1)
    left, top, right, bottom = (xp.floor(end / TILE) for end in (low[0], low[1], high[0], high[1]))
    is_within = (left >= 0) & (top >= 0) & (right < across) & (bottom < down)
    is_small = (right - left <= 1) & (bottom - top <= 1)
    left, right = (xp.cast(xp.clip(end, 0, across - 1), "int64") for end in (left, right))
    top, bottom = (xp.cast(xp.clip(end, 0, down - 1), "int64") for end in (top, bottom))
    nearer = xp.take(tiles, top * across + left)
    for row, column in ((top, right), (bottom, left), (bottom, right)):
        nearer = xp.minimum(nearer, xp.take(tiles, row * across + column))
    is_behind = high[2] * (1 + SURE) < nearer
    return xp.nonzero(~(is_within & is_small & is_behind))
