"""A moving mesh → a rig: the fewest bones and correctives that reach an error."""

from dataclasses import replace

import numpy as np

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.export.rig.bones import Ints, find_bones
from actionmesh_wrapper.export.rig.correctives import find_correctives, in_range, left_over
from actionmesh_wrapper.export.rig.model import Doubles, Rig, Singles, Skin
from actionmesh_wrapper.export.rig.parts import split_bones, welded
from actionmesh_wrapper.export.rig.skeleton import build_skeleton, motion_of_the_whole, root_alone

# Errors are shares of the diagonal of the box around all keys.
RIGID = 2e-4  # a mesh of which nothing is farther from a rigid motion is one
_RMS, _P99, _MAX = 1e-3, 3e-3, 1e-2  # correctives are added until the error is within these
_WITH_FEWER = 5e-3  # the 99th percentile at which fewer bones do
_WITH_MORE = 1e-2  # and beyond which more are tried, correctives and all
_LARGE_MOTION = 0.05  # of a smaller motion the errors are asked for in proportion
BONES, MORE_BONES = (4, 8, 16, 32), (64,)
CORRECTIVES = (4, 8)  # glTF promises eight morphed attributes


def build_rig(animation: Animation) -> Rig:
    """Finds a rig for an animation.

    The rest pose is the anchor's key, and at that key the rig is exact. Equal input gives equal bytes on one
    machine as long as NumPy and Dem Bones use one thread each.

    Args:
        animation: T frames.
    """
    vertices, rest = animation.vertices, animation.anchor
    whole = motion_of_the_whole(vertices, rest)
    still = Skin.of(np.ones((1, vertices.shape[1])))
    rigid = _measured(
        Rig(root_alone(vertices[rest], whole), still, vertices[rest], *_no_targets(vertices), rest), vertices
    )
    if rigid.max <= RIGID:
        return rigid
    fine = min(1.0, rigid.p99 / _LARGE_MOTION)
    rig = _rigged(animation, whole, BONES, fine)
    if rig.p99 > _WITH_MORE:
        more = _rigged(animation, whole, MORE_BONES, fine)
        rig = min(rig, more, key=lambda rig: rig.p99)
    return rig


def _rigged(animation: Animation, whole: Doubles, counts: tuple[int, ...], fine: float) -> Rig:
    """The rig with the first of these numbers of bones that does, or the last, and as few correctives.

    It is found on welded vertices, so that no seam of the uv ever opens.
    """
    first, place = welded(animation.vertices)
    vertices, faces, rest = animation.vertices, place[animation.faces], animation.anchor
    if len(first) < len(place):
        vertices = vertices[:, first]
    bones = split_bones(find_bones(vertices, faces, rest, counts, _WITH_FEWER * fine), faces)
    skeleton, order = build_skeleton(bones, vertices[rest], faces, whole)
    skin = Skin.of(np.vstack([np.zeros((1, len(first))), bones.weights[order]]))
    rig = Rig(skeleton, skin, vertices[rest], *_no_targets(vertices), rest)
    apart = _measured(_with_vertices(rig, place), animation.vertices)
    if _is_close(apart, fine):
        return apart
    missing = left_over(vertices, rest, skeleton, skin)
    for count in CORRECTIVES:
        base, targets, amounts = in_range(vertices[rest], *find_correctives(missing, count))
        rig = replace(rig, base=base, targets=targets, amounts=amounts)
        apart = _measured(_with_vertices(rig, place), animation.vertices)
        if _is_close(apart, fine):
            break
    return apart


def _with_vertices(rig: Rig, place: Ints) -> Rig:
    """The rig of vertices (V,) that are each one of its own."""
    skin = Skin(rig.skin.joints[place], rig.skin.weights[place])
    return replace(rig, skin=skin, base=rig.base[place], targets=np.ascontiguousarray(rig.targets[:, place]))


def _no_targets(vertices: Singles) -> tuple[Singles, Singles]:
    return np.zeros((0, *vertices.shape[1:]), np.float32), np.zeros((len(vertices), 0), np.float32)


def _is_close(rig: Rig, fine: float) -> bool:
    return rig.rms <= _RMS * fine and rig.p99 <= _P99 * fine and rig.max <= _MAX * fine


def _measured(rig: Rig, vertices: Singles) -> Rig:
    """The rig with its errors, as a player would show it: with weights and turns as they are stored."""
    low, high = vertices.min(axis=(0, 1)).astype(np.float64), vertices.max(axis=(0, 1)).astype(np.float64)
    diagonal = float(np.linalg.norm(high - low)) or 1.0
    off = np.empty(vertices.shape[:2], np.float32)
    for key, frame in enumerate(rig.frames()):
        off[key] = np.linalg.norm(frame - vertices[key], axis=1) / diagonal
    rms = float(np.sqrt(np.mean(off.astype(np.float64) ** 2)))
    return replace(rig, rms=rms, p99=float(np.percentile(off, 99)), max=float(off.max()))
