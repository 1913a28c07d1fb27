"""A rig as a file has it: joints in a tree, their motion, a skin, and morph targets that correct it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

Doubles = NDArray[np.float64]
Singles = NDArray[np.float32]

WEIGHT_ONE = 65_535  # what stands for 1 in the weights


@dataclass(frozen=True, eq=False)
class Skeleton:
    """J joints, each after its parent; the first is the root.

    Attributes:
        names: of the joints, all different.
        parents: (J,) indices; -1 of the root.
        offsets: (J, 3) float32, from each joint's parent to it in the rest pose, in which none is turned.
        rotations: (T, J, 4) float32 unit quaternions x, y, z, w at each key, from the parent's.
        translations: (T, J, 3) float32, from the parent's origin.
    """

    names: tuple[str, ...]
    parents: NDArray[np.intp]
    offsets: Singles
    rotations: Singles
    translations: Singles

    @property
    def places(self) -> Singles:
        """(J, 3) float32: where the joints are in the rest pose."""
        places = self.offsets.astype(np.float64)
        for joint in range(1, len(places)):
            places[joint] += places[self.parents[joint]]
        return places.astype(np.float32)

    def transforms(self) -> Doubles:
        """(T, J, 3, 4), what the joints do to a point of the rest pose, as a player puts it together."""
        local = np.zeros((*self.rotations.shape[:2], 4, 4))
        local[..., 3, 3] = 1
        turns = Rotation.from_quat(self.rotations.reshape(-1, 4)).as_matrix()
        local[..., :3, :3] = turns.reshape(*self.rotations.shape[:2], 3, 3)
        local[..., :3, 3] = self.translations
        for joint in range(1, len(self.names)):
            local[:, joint] = local[:, self.parents[joint]] @ local[:, joint]
        world: Doubles = local[..., :3, :]
        world[..., 3] -= (world[..., :3] @ self.places.astype(np.float64)[..., None])[..., 0]
        return world


@dataclass(frozen=True, eq=False)
class Skin:
    """Which joints carry each vertex.

    Attributes:
        joints: (V, 4) uint8, the strongest first; 0 where there are fewer.
        weights: (V, 4) uint16 in 1/65535, whose sum is exactly that.
    """

    joints: NDArray[np.uint8]
    weights: NDArray[np.uint16]

    @classmethod
    def of(cls, weights: Doubles) -> "Skin":
        """The skin of weights (J, V), the four largest of each vertex."""
        count = min(4, len(weights))
        joints = np.zeros((weights.shape[1], 4), np.intp)
        joints[:, :count] = np.argsort(-weights, axis=0, kind="stable")[:count].T
        shares = np.zeros(joints.shape)
        shares[:, :count] = np.take_along_axis(weights.T, joints[:, :count], axis=1)
        steps = np.rint(shares / shares.sum(axis=1, keepdims=True) * WEIGHT_ONE).astype(np.int64)
        steps[:, 0] += WEIGHT_ONE - steps.sum(axis=1)
        joints[steps == 0] = 0
        return cls(joints.astype(np.uint8), steps.astype(np.uint16))

    def blended(self, transforms: Doubles, vertices: slice) -> Doubles:
        """(V, 3, 4), what happens to each of some vertices by transforms (J, 3, 4)."""
        joints = self.joints[vertices]
        shares = self.weights[vertices].astype(np.float64) / WEIGHT_ONE
        mixed = shares[:, 0, None, None] * transforms[joints[:, 0]]
        for slot in range(1, shares.shape[1]):
            mixed += shares[:, slot, None, None] * transforms[joints[:, slot]]
        return mixed


@dataclass(frozen=True, eq=False)
class Rig:
    """A rigged mesh.

    Attributes:
        skeleton: its joints and their motion.
        skin: which joints carry which vertex.
        base: (V, 3) float32, the vertices that targets are added to.
        targets: (K, V, 3) float32, what each adds to the base, before the skin, at an amount of 1.
        amounts: (T, K) float32 in [0, 1].
        rest: the key whose shape the rest pose is: base and targets at that key's amounts.
        rms: the root of the mean squared distance of all vertices at all keys from where they belong, as a
            share of the diagonal of the box around all keys.
        p99: the distance within which 99 % of them are, likewise.
        max: the largest, likewise.
    """

    skeleton: Skeleton
    skin: Skin
    base: Singles
    targets: Singles
    amounts: Singles
    rest: int = 0
    rms: float = 0.0
    p99: float = 0.0
    max: float = 0.0

    def frames(self) -> Iterator[Doubles]:
        """(V, 3) at each key, as a player shows them."""
        everything = slice(None)
        for transforms, amounts in zip(self.skeleton.transforms(), self.amounts, strict=True):
            shape = self.base + np.tensordot(amounts.astype(np.float64), self.targets, 1)
            mixed = self.skin.blended(transforms, everything)
            yield np.einsum("vij,vj->vi", mixed[..., :3], shape) + mixed[..., 3]
