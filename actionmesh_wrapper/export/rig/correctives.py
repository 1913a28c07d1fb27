"""Morph targets that correct a skin: what it leaves over, by a few shapes that come and go."""

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.export.rig.model import Doubles, Singles, Skeleton, Skin

_CHUNK = 4096  # vertices at a time
_ROUNDS = 5
_LEAST_CARE = 0.3  # of the mean: even the best fitting places count so much
_DAMPING = 1e-4  # where bones turned against each other flatten the skin, nothing can be made up before it
_NOTHING = 1e-10  # of the largest eigenvalue: what is below it is rounding
_TINY = 1e-12


def left_over(vertices: Singles, rest: int, skeleton: Skeleton, skin: Skin) -> Singles:
    """What is to be added to the rest pose, before the skin, so that it gives the vertices.

    Args:
        vertices: (T, V, 3).
        rest: the key of the rest pose.
        skeleton: moves the skin.
        skin: of V vertices.

    Returns:
        (T, V, 3) float32.
    """
    missing = np.empty_like(vertices)
    for key, transforms in enumerate(skeleton.transforms()):
        mixed = skin.blended(transforms, slice(None))
        turned, back = mixed[..., :3], mixed[..., :3].swapaxes(-1, -2)
        gaps = vertices[key] - mixed[..., 3] - np.einsum("vij,vj->vi", turned, vertices[rest])
        matrices = back @ turned + _DAMPING * np.eye(3)
        missing[key] = np.linalg.solve(matrices, back @ gaps[..., None])[..., 0]
    return missing


def find_correctives(missing: Singles, count: int) -> tuple[Doubles, Doubles]:
    """Shapes and their amounts whose products give what is missing, the worst places above all.

    Singular vectors first, which give the least squares; then each side is found anew for the other with
    every distance counting by its length, which gives the least cubes: the mean loses little by it, and the
    largest error much.

    Args:
        missing: (T, V, 3).
        count: K, the number of shapes; at least 1.

    Returns:
        Amounts (T, K), and shapes (K, V, 3).
    """
    num_keys = len(missing)
    flat = missing.reshape(num_keys, -1)
    gram = np.zeros((num_keys, num_keys))
    for chunk in _chunks(flat.shape[1]):
        part = flat[:, chunk].astype(np.float64)
        gram += part @ part.T
    values, vectors = np.linalg.eigh(gram)
    count = max(1, min(count, int(np.count_nonzero(values > _NOTHING * values[-1]))))
    amounts = vectors[:, -count:] * np.sqrt(np.maximum(values[-count:], 0))
    rms = np.sqrt(max(values[:-count].sum(), 0) / (missing.shape[0] * missing.shape[1]))
    amounts /= np.maximum(np.abs(amounts).max(axis=0), _TINY)
    shapes = np.concatenate(
        [_shapes(missing[:, chunk], amounts, None) for chunk in _chunks(missing.shape[1])], axis=1
    )
    size = float(np.abs(missing).max(initial=0))
    if rms <= 1e-6 * size:  # nothing is left to weigh
        return amounts, shapes
    for _ in range(_ROUNDS):
        amounts, shapes = _better(missing, amounts, shapes, rms)
    return amounts, shapes


def in_range(rest: Singles, amounts: Doubles, shapes: Doubles) -> tuple[Singles, Singles, Singles]:
    """Base, targets and amounts in [0, 1] that give the same: importers cut off what is beyond.

    Returns:
        Base (V, 3), targets (K, V, 3) and amounts (T, K), float32.
    """
    least, span = amounts.min(axis=0), np.ptp(amounts, axis=0)
    base = rest + np.tensordot(least, shapes, 1)
    scaled = (amounts - least) / np.maximum(span, _TINY)
    return (
        base.astype(np.float32),
        (span[:, None, None] * shapes).astype(np.float32),
        scaled.astype(np.float32),
    )


def _better(missing: Singles, amounts: Doubles, shapes: Doubles, rms: float) -> tuple[Doubles, Doubles]:
    """Shapes for the amounts and amounts for these, weighed by what is still missing."""
    num_keys, count = amounts.shape
    new_shapes = np.empty_like(shapes)
    squares, products = np.zeros((num_keys, count * count)), np.zeros((num_keys, count))
    for chunk in _chunks(missing.shape[1]):
        part = missing[:, chunk].astype(np.float64)
        off = np.linalg.norm(part - np.tensordot(amounts, shapes[:, chunk], 1), axis=2)
        care = off / rms + _LEAST_CARE
        new = _shapes(part, amounts, care)
        new_shapes[:, chunk] = new
        pairs = np.einsum("kvx,lvx->vkl", new, new, optimize=True)
        squares += care @ pairs.reshape(-1, count * count)
        for axis in range(3):
            products += (care * part[..., axis]) @ new[..., axis].T
    matrices = squares.reshape(-1, count, count)
    return _solved(matrices, products[..., None])[..., 0], new_shapes


def _shapes(missing: NDArray[np.floating], amounts: Doubles, care: Doubles | None) -> Doubles:
    """(K, V, 3), the shapes that fit best with amounts (T, K), each distance counted by ``care``, (T, V)."""
    count = amounts.shape[1]
    part = missing.astype(np.float64)
    if care is None:
        care = np.ones(part.shape[:2])
    pairs = (amounts[:, :, None] * amounts[:, None, :]).reshape(len(amounts), -1)
    matrices = (care.T @ pairs).reshape(-1, count, count)
    sought = np.stack([(care * part[..., axis]).T @ amounts for axis in range(3)], axis=-1)
    return _solved(matrices, sought).transpose(1, 0, 2)


def _solved(matrices: Doubles, sought: Doubles) -> Doubles:
    """The solutions of many small systems; a little is added to those that have none."""
    size = matrices.shape[-1]
    scale = np.abs(matrices).max(axis=(-1, -2), keepdims=True, initial=_TINY)
    solved: Doubles = np.linalg.solve(matrices + 1e-9 * scale * np.eye(size), sought)
    return solved


def _chunks(count: int) -> list[slice]:
    return [slice(start, start + _CHUNK) for start in range(0, count, _CHUNK)]
