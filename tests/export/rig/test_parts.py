import numpy as np

from actionmesh_wrapper.export.rig.bones import Bones
from actionmesh_wrapper.export.rig.parts import split_bones, welded
from tests.export.rig.toys import soup, two_bodies
from tests.export.samples import ball

STILL = np.tile(np.eye(4), (2, 1, 1, 1))


def test_a_bone_that_carries_two_bodies_becomes_two() -> None:
    animation = two_bodies(2)
    count = animation.vertices.shape[1]
    bones = split_bones(Bones(STILL, np.ones((1, count))), animation.faces.astype(np.intp))
    assert bones.transforms.shape == (2, 2, 4, 4)
    assert np.array_equal(bones.weights[:, 0], [1, 0])
    assert np.array_equal(bones.weights[:, -1], [0, 1])
    assert np.array_equal(bones.weights.sum(axis=0), np.ones(count))


def test_a_scrap_goes_to_the_bones_around_it() -> None:
    animation = ball(1, detail=3)
    count = animation.vertices.shape[1]
    low = animation.vertices[0, :, 1] < 0
    top = int(animation.vertices[0, :, 1].argmax())
    weights = np.stack([low, ~low]).astype(np.float64)
    weights[:, top] = [1, 0]  # of the lower bone, amid the upper one's
    bones = split_bones(Bones(np.tile(STILL, (1, 2, 1, 1)), weights), animation.faces.astype(np.intp))
    assert bones.weights.shape == (2, count)
    assert np.array_equal(bones.weights[:, top], [0, 1])
    assert np.array_equal(np.delete(bones.weights, top, axis=1), np.delete(weights, top, axis=1))


def test_a_vertex_of_no_face_keeps_its_bone() -> None:
    weights = np.array([[1.0, 1, 1, 1, 0], [0, 0, 0, 0, 1]])
    bones = split_bones(Bones(np.tile(STILL, (1, 2, 1, 1)), weights), np.array([[0, 1, 2], [1, 2, 3]]))
    assert np.array_equal(bones.weights, weights)


def test_faces_that_lie_apart_are_welded() -> None:
    whole = ball(3)
    apart = soup(whole)
    first, place = welded(apart.vertices)
    assert len(first) == whole.vertices.shape[1]
    assert np.array_equal(apart.vertices[:, first][:, place], apart.vertices)
    assert np.array_equal(np.sort(first), first)
